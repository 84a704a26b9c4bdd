package import BrokerCore

/// A snapshot as bytes: a byte for the form (3), then the rows of the image. In form 2 the actors of
/// those who wait have no sockets.
package enum ImageCoding {
    static let form: UInt8 = 3
    /// What the version before has written.
    static let formBefore: UInt8 = 2

    package static func encode(_ image: BrokerImage) -> [UInt8] {
        var writer = ByteWriter(capacity: 4_096 + image.seats.count * 48 + image.ended.count * 160)
        writer.write(byte: form)
        writer.write(image.revision)
        writer.write(image.latest)
        writer.write(image.clock)
        writer.write(image.seatLimit) { $0.write($1) }
        writer.write(image.hasSite)
        writer.write(image.siteRevision)
        writer.write(image.tokenFloor)
        writer.write(image.historyStart)
        writer.write(image.pools) {
            $0.write($1.spec)
            $0.write($1.revision)
            $0.write($1.mode)
        }
        writer.write(image.groups) { $0.write($1) }
        writer.write(image.goneGroups) { $0.write($1) }
        writer.write(image.seats) { write($1, to: &$0) }
        writer.write(image.leases) { write($1, to: &$0) }
        writer.write(image.ended) { write($1, to: &$0) }
        writer.write(image.keys) {
            $0.write($1.scope)
            $0.write($1.key)
        }
        writer.write(image.lastSeats) {
            $0.write($1.holder)
            $0.write($1.pool)
            $0.write($1.seat)
            $0.write($1.revision)
        }
        writer.write(image.retiredTokens) {
            $0.write($1.seat)
            $0.write($1.token)
        }
        writeTimes(of: image, to: &writer)
        return writer.bytes
    }

    /// Who may enter when, and who waits for it.
    private static func writeTimes(of image: BrokerImage, to writer: inout ByteWriter) {
        writer.write(image.rota) { $0.write($1) }
        writer.write(image.windowsReach) { $0.write($1) }
        writer.write(image.zones)
        writer.write(image.windows) {
            $0.write($1.group)
            $0.write($1.windows)
            $0.write($1.turn) { $0.write($1) }
        }
        writer.write(image.subjects) {
            $0.write($1.holder)
            $0.write($1.unixGroups) { $0.write($1) }
        }
        writer.write(image.waiters) { $0.write($1) }
        writer.write(image.accounts) {
            $0.write($1.key.holder)
            $0.write($1.key.group)
            $0.write($1.account)
        }
    }

    /// The image that the bytes hold; throws for all that `encode` does not write.
    package static func decode(_ bytes: [UInt8]) throws(ByteReader.Malformed) -> BrokerImage {
        var reader = ByteReader(bytes)
        _ = try reader.readForm(form, orEarlier: formBefore)
        var image = BrokerImage()
        image.revision = try reader.readUInt64()
        image.latest = try reader.readInstant()
        image.clock = try reader.readClock()
        image.seatLimit = try reader.readOptionalInt()
        image.hasSite = try reader.readBool()
        image.siteRevision = try reader.readUInt64()
        image.tokenFloor = try reader.readUInt64()
        image.historyStart = try reader.readUInt64()
        image.pools = try reader.readArray { reader throws(ByteReader.Malformed) in
            BrokerImage.PoolRow(
                spec: try reader.readPoolSpec(), revision: try reader.readUInt64(),
                mode: try reader.readPoolMode())
        }
        image.groups = try reader.readArray { reader throws(ByteReader.Malformed) in
            try reader.readGroupSpec()
        }
        image.goneGroups = try reader.readGroupNames()
        image.seats = try reader.readArray(readSeat)
        image.leases = try reader.readArray(readLease)
        image.ended = try reader.readArray(readEnded)
        image.keys = try reader.readArray { reader throws(ByteReader.Malformed) in
            BrokerImage.KeyRow(scope: try reader.readScope(), key: try reader.readKey())
        }
        image.lastSeats = try reader.readArray { reader throws(ByteReader.Malformed) in
            BrokerImage.LastSeatRow(
                holder: try reader.readHolderName(), pool: try reader.readPoolName(),
                seat: try reader.readSeatName(), revision: try reader.readUInt64())
        }
        image.retiredTokens = try reader.readArray { reader throws(ByteReader.Malformed) in
            BrokerImage.TokenRow(seat: try reader.readSeatName(), token: try reader.readUInt64())
        }
        try readTimes(of: &image, &reader)
        guard reader.isAtEnd else { throw ByteReader.Malformed("bytes are left over") }
        return image
    }

    private static func readTimes(
        of image: inout BrokerImage, _ reader: inout ByteReader
    ) throws(ByteReader.Malformed) {
        image.rota = try reader.readOptionalRota()
        image.windowsReach = try reader.readOptional { reader throws(ByteReader.Malformed) in
            try reader.readUnixTime()
        }
        image.zones = try reader.readString()
        image.windows = try reader.readArray { reader throws(ByteReader.Malformed) in
            BrokerImage.WindowRow(
                group: try reader.readGroupName(), windows: try reader.readWindows(),
                turn: try reader.readOptionalTurn())
        }
        image.subjects = try reader.readArray { reader throws(ByteReader.Malformed) in
            BrokerImage.SubjectRow(
                holder: try reader.readHolderName(), unixGroups: try reader.readUnixGroupNames())
        }
        image.waiters = try reader.readArray { reader throws(ByteReader.Malformed) in
            try reader.readWaiter()
        }
        image.accounts = try reader.readArray { reader throws(ByteReader.Malformed) in
            BrokerImage.AccountRow(
                key: AccountKey(
                    holder: try reader.readHolderName(), group: try reader.readGroupName()),
                account: try reader.readAccount())
        }
    }

    // MARK: Rows

    private static func write(_ seat: BrokerImage.SeatRow, to writer: inout ByteWriter) {
        writer.write(seat.name)
        writer.write(seat.pool)
        writer.write(UInt64(seat.rank))
        writer.write(seat.token)
        writer.write(seat.freeRevision)
        writer.write(seat.keptFor) { $0.write($1) }
        writer.write(seat.cordon) { $0.write($1) }
        writer.write(seat.isRetiring)
        writer.write(seat.isOrphaned)
        writer.write(seat.address) { $0.write($1) }
    }

    private static func readSeat(
        _ reader: inout ByteReader
    ) throws(ByteReader.Malformed) -> BrokerImage.SeatRow {
        let name = try reader.readSeatName()
        let pool = try reader.readInt()
        guard let rank = UInt32(exactly: try reader.readUInt64()) else {
            throw ByteReader.Malformed("a seat's rank is too large")
        }
        return BrokerImage.SeatRow(
            name: name, pool: pool, rank: rank, token: try reader.readUInt64(),
            freeRevision: try reader.readUInt64(),
            keptFor: try reader.readOptionalHolderName(),
            cordon: try reader.readOptionalCordon(), isRetiring: try reader.readBool(),
            isOrphaned: try reader.readBool(),
            address: try reader.readOptional { reader throws(ByteReader.Malformed) in
                try reader.readAddress()
            })
    }

    private static func write(_ lease: BrokerImage.LeaseRow, to writer: inout ByteWriter) {
        writer.write(lease.grant)
        writer.write(lease.grantedAt)
        writer.write(lease.grantRevision)
        writer.write(lease.revocationDeadline) { $0.write($1) }
        writer.write(lease.revocationReason) { $0.write($1) }
        writer.write(lease.retireDeadline) { $0.write($1) }
        writer.write(lease.seatDrainDeadline) { $0.write($1) }
    }

    private static func readLease(
        _ reader: inout ByteReader
    ) throws(ByteReader.Malformed) -> BrokerImage.LeaseRow {
        BrokerImage.LeaseRow(
            grant: try reader.readGrant(), grantedAt: try reader.readInstant(),
            grantRevision: try reader.readUInt64(),
            revocationDeadline: try reader.readOptionalInstant(),
            revocationReason: try reader.readOptionalString(),
            retireDeadline: try reader.readOptionalInstant(),
            seatDrainDeadline: try reader.readOptionalInstant())
    }

    private static func write(_ lease: EndedLease, to writer: inout ByteWriter) {
        writer.write(lease.id)
        writer.write(lease.token)
        writer.write(lease.pool)
        writer.write(lease.group)
        writer.write(lease.holder)
        writer.write(lease.seat)
        writer.write(lease.grantedAt)
        writer.write(lease.grantRevision)
        writer.write(lease.expiresAt)
        writer.write(lease.endedAt)
        writer.write(byte: lease.reason.rawValue)
        writer.write(lease.detail) { $0.write($1) }
        writer.write(lease.grantedBy) { $0.write($1) }
    }

    private static func readEnded(
        _ reader: inout ByteReader
    ) throws(ByteReader.Malformed) -> EndedLease {
        EndedLease(
            id: try reader.readLeaseID(), token: try reader.readUInt64(),
            pool: try reader.readPoolName(), group: try reader.readGroupName(),
            holder: try reader.readHolderName(), seat: try reader.readAddress(),
            grantedAt: try reader.readInstant(), grantRevision: try reader.readUInt64(),
            expiresAt: try reader.readInstant(), endedAt: try reader.readInstant(),
            reason: try reader.readRaw(EndReason.self), detail: try reader.readOptionalString(),
            grantedBy: try reader.readOptionalString())
    }
}
