/// How to reach the seat of a lease: the body of `GET /v1/leases/{id}/connection`.
package struct Connection: WireObject {
    package var lease: String
    package var token: Int
    /// The seat's name.
    package var seat: String
    package var host: String?
    package var port: Int?
    package var seatProtocol: SeatProtocolName
    package var url: String?
    package var expiresAt: Timestamp

    package init(
        lease: String, token: Int, seat: String, host: String?, port: Int?,
        seatProtocol: SeatProtocolName, url: String?, expiresAt: Timestamp
    ) {
        self.lease = lease
        self.token = token
        self.seat = seat
        self.host = host
        self.port = port
        self.seatProtocol = seatProtocol
        self.url = url
        self.expiresAt = expiresAt
    }

    package init(_ lease: Lease) {
        self.init(
            lease: lease.id, token: lease.token, seat: lease.seat.name, host: lease.seat.host,
            port: lease.seat.port, seatProtocol: lease.seat.seatProtocol, url: lease.seat.url,
            expiresAt: lease.expiresAt)
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        lease = try object.required("lease")
        token = try object.required("token")
        seat = try object.required("seat")
        host = try object.optional("host")
        port = try object.optional("port", in: WireLimits.ports)
        seatProtocol = try object.required("protocol")
        url = try object.optional("url")
        expiresAt = try object.required("expires_at")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("lease", lease)
        writer.field("token", token)
        writer.field("seat", seat)
        writer.field("host", host)
        writer.field("port", port)
        writer.field("protocol", seatProtocol)
        writer.field("url", url)
        writer.field("expires_at", expiresAt)
    }
}

/// Why there is no `.rdp` file for a connection.
package enum RDPFileError: Error, Equatable {
    /// The seat is reached in another way.
    case otherProtocol(SeatProtocolName)
    /// The host is missing, or holds what would begin another line of the file.
    case unusableHost
}

extension Connection {
    package static let rdpContentType = "application/x-rdp"

    /// The text of an `.rdp` file that Remote Desktop clients open.
    ///
    /// It holds no password and no user name: the client asks. Drives, ports and smart cards stay
    /// with the agent's own machine unless the agent turns them on; the clipboard and sound work.
    package func rdpFile() throws(RDPFileError) -> String {
        guard seatProtocol == .rdp else { throw .otherProtocol(seatProtocol) }
        // A line break in the host would let a seat's name set any other option of the client.
        guard let host, !host.isEmpty,
            host.unicodeScalars.allSatisfy({
                $0.properties.generalCategory != .control && !$0.properties.isWhitespace
            })
        else { throw .unusableHost }
        let isBareIPv6 = host.contains(":") && !host.hasPrefix("[")
        let address = (isBareIPv6 ? "[\(host)]" : host) + ":\(port ?? 3389)"
        let lines = [
            "full address:s:\(address)",
            "prompt for credentials:i:1",
            "authentication level:i:2",
            "enablecredsspsupport:i:1",
            "autoreconnection enabled:i:1",
            "screen mode id:i:2",
            "use multimon:i:0",
            "smart sizing:i:1",
            "dynamic resolution:i:1",
            "session bpp:i:32",
            "compression:i:1",
            "networkautodetect:i:1",
            "bandwidthautodetect:i:1",
            "redirectclipboard:i:1",
            "audiomode:i:0",
            "redirectprinters:i:0",
            "redirectcomports:i:0",
            "redirectsmartcards:i:0",
            "drivestoredirect:s:",
        ]
        return lines.map { $0 + "\r\n" }.joined()
    }
}
