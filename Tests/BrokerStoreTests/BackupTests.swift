import BrokerCore
import BrokerStore
import Testing

/// Where tokens begin after a restore.
@Suite struct BackupTests {
    private static let now: UInt64 = 1_764_000_000_000

    private func backup(token: UInt64 = 0) throws -> Backup {
        var image = BrokerImage()
        image.retiredTokens = [
            BrokerImage.TokenRow(seat: SeatName("vdi-1"), token: token)
        ]
        return try Backup(decoding: Backup(instance: "name", image: image).encoded)
    }

    /// The contract of tokens: a restore begins at or above the present time in milliseconds.
    @Test func tokensBeginAboveThePresentTime() throws {
        #expect(try backup().tokenFloor(now: Self.now) >= Self.now)
    }

    /// A state that was restored from the same backup a millisecond before may have given a thousand
    /// tokens of a seat since.
    @Test func aSecondRestoreBeginsAboveWhatTheFirstGave() throws {
        let backup = try backup()
        let first = backup.tokenFloor(now: Self.now)
        #expect(backup.tokenFloor(now: Self.now + 1) >= first + 1_000)
    }

    /// Whatever the clock says, it begins above what the backup knows of, and above what is known to
    /// be lost.
    @Test func tokensBeginAboveThoseOfTheBackup() throws {
        let known: UInt64 = 1 << 52
        let floor = try backup(token: known).tokenFloor(now: Self.now)
        #expect(floor > known + 1_000_000)
        #expect(
            try backup(token: known).tokenFloor(now: Self.now, lostCount: 9_000) == floor + 9_000)
    }

    /// Programs that read JSON numbers as floating point keep them exact.
    @Test func tokensStayBelowTwoToThe53rd() throws {
        // 2200-01-01.
        #expect(try backup().tokenFloor(now: 7_258_118_400_000) < 1 << 53)
    }
}
