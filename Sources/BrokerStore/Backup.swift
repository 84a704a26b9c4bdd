package import BrokerCore

/// A copy of the state as one file: a line that says what it is, the name of the state it was taken
/// of, the snapshot, and a checksum over all of it.
package struct Backup: Equatable, Sendable {
    private static let magic = Array("brokerd backup 1\n".utf8)

    package var instance: String
    package var image: BrokerImage

    package init(instance: String, image: BrokerImage) {
        self.instance = instance
        self.image = image
    }

    package var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.write(instance)
        var bytes = Self.magic + writer.bytes + ImageCoding.encode(image)
        let crc = CRC32C.of(bytes, number: UInt64(bytes.count))
        for shift in stride(from: 24, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: crc >> UInt32(shift)))
        }
        return bytes
    }

    /// - Throws: `damaged` for a file that is no backup, or not as it was written; `tooOld` or
    ///   `tooNew` for the state of another version.
    package init(decoding bytes: [UInt8]) throws(StoreError) {
        guard bytes.starts(with: Self.magic) else {
            throw .damaged("the file is not a backup of brokerd, or of a later version")
        }
        let body = Array(bytes.dropLast(4))
        let crc = bytes.suffix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard body.count >= Self.magic.count,
            CRC32C.of(body, number: UInt64(body.count)) == crc
        else {
            throw .damaged("the backup fails its checksum: it is cut short or was changed")
        }
        do {
            var reader = ByteReader(body[Self.magic.count...])
            instance = try reader.readString()
            image = try ImageCoding.decode(Array(reader.rest))
        } catch {
            throw StoreError(error, reading: "the backup cannot be read: ")
        }
    }

    /// The broker that it holds, with every fencing token lifted above `floor`, for what was given since
    /// the backup is not known.
    ///
    /// - Parameter floor: as `tokenFloor` gives it.
    /// - Throws: `Misfit` for a state that contradicts itself.
    package func state(tokensAbove floor: UInt64) throws(Broker.Misfit) -> Broker {
        var broker = try Broker(image: image)
        do throws(Refusal) {
            _ = try broker.decide(.raiseTokenFloor(floor), by: .system, at: broker.latest)
        } catch {
            preconditionFailure("raising tokens is never refused")
        }
        _ = broker.takePending()
        return broker
    }

    /// More tokens of one seat in a millisecond than any machine gives.
    private static let tokensPerMillisecondMax: UInt64 = 1_024
    /// More tokens than a seat can have been given since a backup, in a number that has room for a
    /// million such restores.
    private static let tokensGivenMax: UInt64 = 1 << 32

    /// Above every token that can have been given since the backup, by this state or by one that was
    /// restored from it before: those counted up from below the present time.
    ///
    /// It stays below 2^53 until the year 2248.
    ///
    /// - Parameters:
    ///   - now: Unix time in milliseconds, from a clock that is right.
    ///   - lostCount: records that are known to have come after it.
    package func tokenFloor(now: UInt64, lostCount: UInt64 = 0) -> UInt64 {
        let highest = max(
            image.tokenFloor, image.seats.map(\.token).max() ?? 0,
            image.retiredTokens.map(\.token).max() ?? 0)
        return max(
            now * Self.tokensPerMillisecondMax, highest + lostCount + Self.tokensGivenMax)
    }

    /// How far a clock is behind the last change of the state, in milliseconds; 0 for one that is not.
    /// With such a clock the present time is no floor for tokens.
    ///
    /// - Parameter now: Unix time in milliseconds.
    package func clockLagMilliseconds(now: UInt64) -> UInt64 {
        guard image.revision > 0 else { return 0 }
        let changed = image.latest.milliseconds + image.clock.wallOffsetMilliseconds
        guard changed > 0, now < UInt64(changed) else { return 0 }
        return UInt64(changed) - now
    }
}
