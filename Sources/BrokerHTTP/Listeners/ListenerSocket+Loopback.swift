import Glibc

extension ListenerSocket {
    /// Opens a TCP socket on a loopback address, for monitoring.
    ///
    /// - Parameter address: `127.0.0.1:9470` or `[::1]:9470`; port 0 takes a free one.
    /// - Throws: `notLoopback` for any other address: there is no authentication on it and no
    ///   encryption, so the network must not see it.
    package static func loopbackTCP(
        kind: ListenerKind, address text: String
    ) throws(ListenerError) -> ListenerSocket {
        guard kind == .monitoring else { throw .tcpNotAllowed(kind) }
        let address = try LoopbackAddress(text)
        let descriptor = try streamSocket(address.family, subject: text)
        do throws(ListenerError) {
            var one: CInt = 1
            let size = socklen_t(MemoryLayout<CInt>.size)
            // A restart must not wait for the former connections' TIME_WAIT.
            try check(
                setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, size), "setsockopt", text)
            try check(address.withSockaddr { bind(descriptor, $0, $1) }, "bind", text)
            try check(listen(descriptor, ListenQueue.longCount), "listen", text)
        } catch {
            close(descriptor)
            throw error
        }
        return ListenerSocket(
            kind: kind, descriptor: descriptor, isUnix: false,
            address: LoopbackAddress(ofSocket: descriptor)?.description ?? text, file: nil)
    }
}

/// An address and port that only this machine can reach.
struct LoopbackAddress: CustomStringConvertible {
    private enum Form {
        case v4(sockaddr_in)
        case v6(sockaddr_in6)
    }

    private let form: Form

    /// Reads `127.0.0.1:9470` or `[::1]:9470`; names are not looked up.
    init(_ text: String) throws(ListenerError) {
        guard let colon = text.lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...])
        else { throw .malformedAddress(text) }
        let host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            guard inet_pton(AF_INET6, String(host.dropFirst().dropLast()), &address.sin6_addr) == 1
            else { throw .malformedAddress(text) }
            form = .v6(address)
        } else {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            guard inet_pton(AF_INET, String(host), &address.sin_addr) == 1 else {
                throw .malformedAddress(text)
            }
            form = .v4(address)
        }
        guard isLoopback else { throw .notLoopback(text) }
    }

    /// The address that a socket is bound to; `nil` when it is not a loopback address.
    init?(ofSocket descriptor: CInt) {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let status = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(descriptor, $0, &length)
            }
        }
        guard status == 0 else { return nil }
        switch CInt(storage.ss_family) {
        case AF_INET:
            form = .v4(withUnsafeBytes(of: storage) { $0.load(as: sockaddr_in.self) })
        case AF_INET6:
            form = .v6(withUnsafeBytes(of: storage) { $0.load(as: sockaddr_in6.self) })
        case _:
            return nil
        }
        guard isLoopback else { return nil }
    }

    var family: CInt {
        switch form {
        case .v4: AF_INET
        case .v6: AF_INET6
        }
    }

    /// 127.0.0.0/8 (RFC 1122, 3.2.1.3) and ::1 (RFC 4291, 2.5.3).
    private var isLoopback: Bool {
        switch form {
        case .v4(let address):
            UInt32(bigEndian: address.sin_addr.s_addr) >> 24 == 127
        case .v6(let address):
            withUnsafeBytes(of: address.sin6_addr) { bytes in
                bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
            }
        }
    }

    func withSockaddr(_ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt) -> CInt {
        func call<Address>(_ address: Address) -> CInt {
            withUnsafePointer(to: address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    body($0, socklen_t(MemoryLayout<Address>.size))
                }
            }
        }
        switch form {
        case .v4(let address): return call(address)
        case .v6(let address): return call(address)
        }
    }

    var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        switch form {
        case .v4(var address):
            inet_ntop(AF_INET, &address.sin_addr, &text, socklen_t(text.count))
            return "\(Self.string(text)):\(UInt16(bigEndian: address.sin_port))"
        case .v6(var address):
            inet_ntop(AF_INET6, &address.sin6_addr, &text, socklen_t(text.count))
            return "[\(Self.string(text))]:\(UInt16(bigEndian: address.sin6_port))"
        }
    }

    private static func string(_ text: [CChar]) -> String {
        String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
