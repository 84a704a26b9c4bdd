import BrokerCore
import Testing

@testable import BrokerStore

/// What the version before has written is read: bytes of a daemon of that time.
@Suite struct FormTwoTests {
    /// A site of one pool of two seats and a group with a quota of one, a lease, its renewal, a
    /// cordon and its end, somebody who waits, and a revocation that serves them.
    private static let rows: [(revision: UInt64, crc: UInt32, hex: String)] = [
        (
            2, 657684505,
            """
            020002f4e5ccecc1680762726f6b657264000601020114f4e5ccecc1680762726f6b65726400\
            06010100c781cdf5bebfca948c01d0d188b8b2fd9ef9a301faa3b3cac168
            """
        ),
        (
            5, 3020830129,
            """
            020201aef0ccecc16804726f6f740005030a0874656c65776f726b04000000000372647080c2\
            0380a3050001140874656c65776f726b02040d0766696e616e63650204726f6f74066461656d\
            6f6e010874656c65776f726b01020000
            """
        ),
        (
            7, 3110390817,
            """
            020501f0f0ccecc16804726f6f740001022904726f6f740104726f6f741e01a20ec99c382d0d\
            f3c5b6f1d0662657010766696e616e63650d74656c65776f726b2d3030303104726f6f74f0c0\
            8888c2680000000000
            """
        ),
        (
            8, 1899990808,
            """
            020701e4f4ccecc16804726f6f740001011f01a20ec99c382d0df3c5b6f1d0662657e4c48888\
            c268
            """
        ),
        (
            9, 2361818069,
            """
            0208019cf5ccecc16804726f6f740005010b0874656c65776f726b0201096e657720696d6167\
            650104726f6f749cf5ccecc168000002
            """
        ),
        (
            10, 2147627248,
            """
            020901c4f5ccecc16804726f6f740005010b0874656c65776f726b010104646f6e650104726f\
            6f74c4f5ccecc168000003
            """
        ),
        (
            11, 563316774,
            """
            020a01e2f5ccecc16804726f6f740005013c0b0be2f5ccecc168a29fd4ecc16800000766696e\
            616e636504726f6f74000501a20ec99d71d1eeb0c76e4ebc87a5dc066461656d6f6e00010000\
            0001026b31bbf2eeffd7a9def13d
            """
        ),
        (
            15, 389602199,
            """
            020b02daffccecc16804726f6f740005012101a20ec99c382d0df3c5b6f1d066265703010a73\
            656174206661696c73daffccecc1680762726f6b6572640006031e01a20ec99d71d1eeb0c76e\
            4ebc87a5dc010766696e616e63650d74656c65776f726b2d30303032066461656d6f6edacf88\
            88c2680104726f6f7401000000002804726f6f74066461656d6f6e026b31bbf2eeffd7a9def1\
            3d01a20ec99d71d1eeb0c76e4ebc87a5dc01daffccecc1683f0b0b0100
            """
        ),
    ]

    /// `brokerctl backup` while somebody waited.
    private static let backup = """
        62726f6b657264206261636b757020310a1a366279317a776631713433337a32727972793062\
        6331397a766e020be2f5ccecc16800c781cdf5bebfca948c01d0d188b8b2fd9ef9a301faa3b3\
        cac168011401050000010874656c65776f726b04000000000372647080c20380a30500030101\
        04646f6e650104726f6f74c4f5ccecc1680000010766696e616e63650204726f6f7406646165\
        6d6f6e010874656c65776f726b0102000000020d74656c65776f726b2d303030310081808080\
        04010400000000000d74656c65776f726b2d30303032008280808004000400000000000101a2\
        0ec99c382d0df3c5b6f1d0662657010766696e616e63650d74656c65776f726b2d3030303104\
        726f6f74e4c48888c2680000000000f0f0ccecc168070000000000000104726f6f740874656c\
        65776f726b0d74656c65776f726b2d303030310700000000000104726f6f740104726f6f7401\
        0b0be2f5ccecc168a29fd4ecc16800000766696e616e636504726f6f74000501a20ec99d71d1\
        eeb0c76e4ebc87a5dc066461656d6f6e000100000001026b31bbf2eeffd7a9def13d00f5a238\
        9d
        """

    private static func bytes(_ hex: String) -> [UInt8] {
        let digits = Array(hex.utf8).map { UInt8($0 > 0x60 ? $0 - 0x57 : $0 - 0x30) }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    @Test func journal() throws {
        var broker = Broker()
        var entries: [JournalEntry] = []
        for row in Self.rows {
            let bytes = Self.bytes(row.hex)
            #expect(CRC32C.of(bytes, number: row.revision) == row.crc)
            let batch = try JournalCoding.decode(bytes, revision: row.revision)
            #expect(batch.after == broker.revision)
            for entry in batch.entries {
                for record in entry.records { try broker.apply(record, at: entry.at) }
            }
            broker.settle()
            entries += batch.entries
            // Written anew, in the present form, it is the same.
            let again = JournalCoding.encode(batch)
            #expect(again.first == JournalCoding.form)
            #expect(try JournalCoding.decode(again, revision: row.revision) == batch)
        }
        #expect(entries.allSatisfy { $0.verb == nil && $0.actor.channel == .none })
        #expect(entries.contains { $0.actor.name == "root" && $0.actor.role == .admin })
        #expect(broker.revision == 15 && broker.leaseCount == 1)
    }

    @Test func backupWithAWaiter() throws {
        let backup = try Backup(decoding: Self.bytes(Self.backup))
        #expect(backup.image.revision == 11)
        let waiter = try #require(backup.image.waiters.first)
        #expect(waiter.actor == Actor(name: "root", uid: 0, role: .admin, channel: .none))
        #expect(try Broker(image: backup.image).leaseCount == 1)
        // In the present form it is the same state.
        #expect(try Backup(decoding: backup.encoded) == backup)
    }

    /// A verb costs a byte of an entry, and the socket none.
    @Test func aGrantTakesOneByteMore() throws {
        let grant = try #require(Self.rows.first { $0.revision == 7 })
        let old = Self.bytes(grant.hex)
        var batch = try JournalCoding.decode(old, revision: grant.revision)
        #expect(batch.entries.count == 1)
        batch.entries[0].verb = .grant
        batch.entries[0].actor.channel = .agent
        #expect(JournalCoding.encode(batch).count == old.count + 1)
    }
}
