import BrokerCore
import Testing

@testable import BrokerStore

/// Records, batches, snapshots and backups as bytes.
@Suite struct CodingTests {
    // MARK: Round trips

    @Test func everyKindOfRecordComesBack() throws {
        var samples = Samples(seed: 1)
        for kind in 0..<Samples.recordKindCount {
            for _ in 0..<50 {
                let record = samples.record(kind)
                var writer = ByteWriter()
                RecordCoding.write(record, to: &writer)
                var reader = ByteReader(writer.bytes)
                let decoded = try RecordCoding.read(&reader)
                #expect(decoded == record)
                #expect(reader.isAtEnd)
            }
        }
    }

    @Test func batchesAndImagesComeBack() throws {
        var samples = Samples(seed: 2)
        for _ in 0..<300 {
            let batch = samples.batch(after: samples.number())
            let bytes = JournalCoding.encode(batch)
            #expect(try JournalCoding.decode(bytes, revision: batch.revision) == batch)
            let image = samples.image(revision: samples.number())
            #expect(try ImageCoding.decode(ImageCoding.encode(image)) == image)
            let backup = Backup(instance: samples.text(), image: image)
            #expect(try Backup(decoding: backup.encoded) == backup)
        }
        #expect(try ImageCoding.decode(ImageCoding.encode(BrokerImage())) == BrokerImage())
    }

    // MARK: What is refused

    @Test func everyTruncationIsRefused() {
        var samples = Samples(seed: 3)
        for _ in 0..<30 {
            let batch = samples.batch(after: samples.number())
            let bytes = JournalCoding.encode(batch)
            for count in bytes.indices {
                #expect(throws: ByteReader.Malformed.self) {
                    try JournalCoding.decode(Array(bytes[..<count]), revision: batch.revision)
                }
            }
            #expect(throws: ByteReader.Malformed.self) {
                try JournalCoding.decode(bytes + [0], revision: batch.revision)
            }
        }
        let image = ImageCoding.encode(samples.image(revision: 9))
        for count in image.indices {
            #expect(throws: ByteReader.Malformed.self) {
                try ImageCoding.decode(Array(image[..<count]))
            }
        }
        #expect(throws: ByteReader.Malformed.self) { try ImageCoding.decode(image + [0]) }
    }

    /// Any bytes are refused or read, and never stop the program; what is read can be written.
    @Test func mutatedBytesNeverTrap() {
        var samples = Samples(seed: 4)
        var refused = 0
        let count = 100_000
        var batch: [UInt8] = []
        var image: [UInt8] = []
        var revision: UInt64 = 0
        for step in 0..<count {
            if step % 100 == 0 {
                let next = samples.batch(after: UInt64(step))
                revision = next.revision
                batch = JournalCoding.encode(next)
                image = ImageCoding.encode(samples.image(revision: revision))
            }
            do throws(ByteReader.Malformed) {
                if step % 4 == 0 {
                    let decoded = try ImageCoding.decode(mutated(image, &samples.random))
                    _ = ImageCoding.encode(decoded)
                } else {
                    let decoded = try JournalCoding.decode(
                        mutated(batch, &samples.random), revision: revision)
                    _ = JournalCoding.encode(decoded)
                }
            } catch {
                refused += 1
            }
        }
        // Both happen: a changed letter is still a text, a changed length is nothing.
        #expect(refused > count / 10 && refused < count)
    }

    private func mutated(_ bytes: [UInt8], _ random: inout Random) -> [UInt8] {
        var bytes = bytes
        for _ in 0...Int(random.next() % 3) {
            let position = Int(random.next() % UInt64(bytes.count))
            switch random.next() % 6 {
            case 0: bytes[position] ^= 1 << (random.next() % 8)
            case 1: bytes[position] = UInt8(truncatingIfNeeded: random.next())
            case 2: bytes[position] = 0xFF
            case 3: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: position)
            case 4: if bytes.count > 1 { bytes.remove(at: position) }
            default:
                // A number that is as large as one can be.
                let most = [UInt8](repeating: 0xFF, count: 9) + [1]
                bytes.replaceSubrange(position..<min(position + 2, bytes.count), with: most)
            }
        }
        return bytes
    }

    @Test func aBatchStandsAtItsOwnRevision() {
        var samples = Samples(seed: 5)
        let batch = samples.batch(after: 100)
        let bytes = JournalCoding.encode(batch)
        for revision in [0, 99, 100, batch.revision - 1, batch.revision + 1, .max] {
            #expect(throws: ByteReader.Malformed.self) {
                try JournalCoding.decode(bytes, revision: revision)
            }
        }
        // Counting on from here would overflow.
        var writer = ByteWriter()
        writer.write(byte: JournalCoding.form)
        writer.write(UInt64.max)
        writer.write([batch.entries[0]]) { writer, entry in
            writer.write(entry.at)
            writer.write(entry.actor)
            writer.write(byte: 0)
            writer.write(entry.records) { RecordCoding.write($1, to: &$0) }
        }
        #expect(throws: ByteReader.Malformed.self) {
            try JournalCoding.decode(writer.bytes, revision: 0)
        }
    }

    @Test func otherFormsAreRefused() {
        var samples = Samples(seed: 6)
        let batch = samples.batch(after: 0)
        var bytes = JournalCoding.encode(batch)
        var image = ImageCoding.encode(BrokerImage())
        for (form, error) in [
            (1, StoreError.tooOld(found: 1, known: 3)), (4, .tooNew(found: 4, known: 3)),
        ] as [(UInt8, StoreError)] {
            bytes[0] = form
            image[0] = form
            for read in [
                { _ = try JournalCoding.decode(bytes, revision: batch.revision) },
                { _ = try ImageCoding.decode(image) },
            ] {
                let malformed = #expect(throws: ByteReader.Malformed.self) { try read() }
                #expect(malformed?.message == "unknown form \(form)")
                #expect(malformed.map { StoreError($0) } == error)
            }
        }
    }

    @Test func anyChangeOfABackupIsFound() throws {
        var samples = Samples(seed: 7)
        let bytes = Backup(instance: "i", image: samples.image(revision: 5)).encoded
        for position in bytes.indices {
            var changed = bytes
            changed[position] ^= 1 << UInt8(position % 8)
            #expect(throws: StoreError.self) { try Backup(decoding: changed) }
            #expect(throws: StoreError.self) { try Backup(decoding: Array(bytes[..<position])) }
        }
        #expect(throws: StoreError.self) { try Backup(decoding: bytes + [0]) }
    }

    /// A backup that another version made is told from a damaged one.
    @Test func backupsOfOtherVersions() {
        var bytes = Backup(instance: "i", image: BrokerImage()).encoded.dropLast(4)
        // The form of the image stands behind the file's first line and the name.
        let position = bytes.count - ImageCoding.encode(BrokerImage()).count
        for (form, error) in [
            (1, StoreError.tooOld(found: 1, known: 3)), (4, .tooNew(found: 4, known: 3)),
        ] as [(UInt8, StoreError)] {
            bytes[position] = form
            let body = Array(bytes)
            let crc = CRC32C.of(body, number: UInt64(body.count))
            let sum = (0..<4).map { UInt8(truncatingIfNeeded: crc >> (24 - 8 * $0)) }
            #expect(throws: error) { try Backup(decoding: body + sum) }
        }
    }

    /// A restore counts tokens up from the present time, so a clock that is behind the state is found.
    @Test(
        arguments: [
            (now: 9_999, offset: 0, lag: 1), (10_000, 0, 0), (10_001, 0, 0), (10_000, 500, 500),
            (9_500, -500, 0), (9_499, -500, 1), (0, -20_000, 0),
        ] as [(now: UInt64, offset: Int64, lag: UInt64)])
    func aClockBehindTheBackup(row: (now: UInt64, offset: Int64, lag: UInt64)) throws {
        var image = BrokerImage()
        image.latest = Instant(milliseconds: 10_000)
        image.clock.wallOffsetMilliseconds = row.offset
        #expect(Backup(instance: "i", image: image).clockLagMilliseconds(now: row.now) == 0)
        image.revision = 1
        #expect(Backup(instance: "i", image: image).clockLagMilliseconds(now: row.now) == row.lag)
    }

    // MARK: Bytes

    @Test(arguments: [0, 1, 127, 128, 16_383, 16_384, 1 << 63, UInt64.max - 1, UInt64.max])
    func numbersComeBack(number: UInt64) throws {
        var writer = ByteWriter()
        writer.write(number)
        writer.write(Int64(bitPattern: number))
        var reader = ByteReader(writer.bytes)
        let first = try reader.readUInt64()
        let second = try reader.readInt64()
        #expect(first == number && second == Int64(bitPattern: number))
        #expect(reader.isAtEnd)
    }

    @Test func smallNumbersAreShort() {
        for (number, count) in [(0, 1), (-64, 1), (63, 1), (64, 2), (-65, 2)] as [(Int, Int)] {
            var writer = ByteWriter()
            writer.write(number)
            #expect(writer.bytes.count == count)
        }
    }

    @Test func malformedBytes() {
        let tables: [([UInt8], (inout ByteReader) throws -> Void)] = [
            ([], { _ = try $0.readByte() }),
            ([0x80], { _ = try $0.readUInt64() }),
            // One bit more than a number has.
            (Array(repeating: 0xFF, count: 9) + [2], { _ = try $0.readUInt64() }),
            (Array(repeating: 0xFF, count: 11), { _ = try $0.readUInt64() }),
            ([2], { _ = try $0.readBool() }),
            ([2, 0x61], { _ = try $0.readString() }),
            ([1, 0xFF], { _ = try $0.readString() }),
            ([2, 0xC3, 0x28], { _ = try $0.readString() }),
            ([0xFF, 0xFF, 0xFF, 0xFF, 0x7F], { _ = try $0.readString() }),
            (
                [0xFF, 0xFF, 0xFF, 0xFF, 0x7F],
                {
                    _ = try $0.readArray { reader throws(ByteReader.Malformed) in
                        try reader.readByte()
                    }
                }
            ),
            ([9], { _ = try $0.readRaw(EndReason.self) }),
        ]
        for (bytes, read) in tables {
            #expect(throws: ByteReader.Malformed.self, "\(bytes)") {
                var reader = ByteReader(bytes)
                try read(&reader)
            }
        }
    }

    // MARK: CRC

    @Test func knownChecksums() {
        let table: [(bytes: [UInt8], crc: UInt32)] = [
            (Array("123456789".utf8), 0xE306_9283), ([], 0),
            // RFC 3720 B.4
            (Array(repeating: 0, count: 32), 0x8A91_36AA),
            (Array(repeating: 0xFF, count: 32), 0x62A8_AB43),
            (Array(0..<32), 0x46DD_794E), (Array((0..<32).reversed()), 0x113F_DB5C),
        ]
        for row in table {
            var whole = CRC32C()
            whole.update(row.bytes)
            #expect(whole.value == row.crc)
            var parts = CRC32C()
            parts.update(Array(row.bytes.prefix(5)))
            parts.update(Array(row.bytes.dropFirst(5)))
            #expect(parts.value == row.crc)
        }
        #expect(CRC32C.of([1], number: 1) != CRC32C.of([1], number: 2))
    }
}
