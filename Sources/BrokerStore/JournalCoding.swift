import BrokerCore

/// One row of the journal as bytes.
///
/// A byte says the form (3), then the revision before the batch and the entries. A later form gets
/// another first byte; an unknown one is refused. Form 2 has no verbs, and its actors no sockets.
package enum JournalCoding {
    static let form: UInt8 = 3
    /// What the version before has written.
    static let formBefore: UInt8 = 2

    package static func encode(_ batch: JournalBatch) -> [UInt8] {
        var writer = ByteWriter(capacity: 64 + batch.entries.count * 128)
        writer.write(byte: form)
        writer.write(batch.after)
        writer.write(batch.entries) { writer, entry in
            writer.write(entry.at)
            writer.write(entry.actor)
            writer.write(byte: entry.verb?.rawValue ?? 0)
            writer.write(entry.records) { RecordCoding.write($1, to: &$0) }
        }
        return writer.bytes
    }

    /// - Parameter revision: that of the row; it must be the batch's own.
    package static func decode(
        _ bytes: [UInt8], revision: UInt64
    ) throws(ByteReader.Malformed) -> JournalBatch {
        var reader = ByteReader(bytes)
        let form = try reader.readForm(Self.form, orEarlier: Self.formBefore)
        let after = try reader.readUInt64()
        let entries = try reader.readArray { reader throws(ByteReader.Malformed) in
            JournalEntry(
                at: try reader.readInstant(), actor: try reader.readActor(),
                verb: form == Self.formBefore ? nil : try reader.readVerb(),
                records: try reader.readArray { reader throws(ByteReader.Malformed) in
                    try RecordCoding.read(&reader)
                })
        }
        guard reader.isAtEnd else { throw ByteReader.Malformed("bytes are left over") }
        let batch = JournalBatch(after: after, entries: entries)
        // No row stands so high that counting its records on overflows.
        guard after <= revision, batch.revision == revision else {
            throw ByteReader.Malformed("a batch after revision \(after) stands at \(revision)")
        }
        return batch
    }
}
