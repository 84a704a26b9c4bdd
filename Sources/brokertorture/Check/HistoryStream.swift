/// The records of several histories of one daemon's state as one, in the order of their ends.
///
/// Each record has a number, by which it is found again: the streams of one list of files are the
/// same every time.
final class HistoryStream {
    private let files: [HistoryFile]
    let words = WordTable()

    init(paths: [String]) throws(HistoryError) {
        var files: [HistoryFile] = []
        for path in paths { files.append(try HistoryFile(path: path)) }
        self.files = files
    }

    var fileCount: Int { files.count }

    /// Where a record comes from.
    struct Place {
        /// From 1 on; 0 is no record.
        var number: UInt32
        var file: Int
        /// Unique over the files.
        var client: UInt32
    }

    private struct Source {
        var reader: HistoryReader
        var next: HistoryEvent?
        var endsAt: Int64
    }

    /// Calls `body` for every record.
    ///
    /// - Throws: when a file is damaged or cut off in the middle of a record.
    func forEach(_ body: (Place, inout HistoryEvent) throws -> Void) throws {
        var sources: [Source] = []
        for file in files {
            var source = Source(reader: try HistoryReader(file), next: nil, endsAt: .max)
            try advance(&source)
            sources.append(source)
        }
        var number: UInt32 = 0
        while true {
            var file = 0
            for other in sources.indices where sources[other].endsAt < sources[file].endsAt {
                file = other
            }
            guard var event = sources[file].next else { return }
            number += 1
            var place = Place(number: number, file: file, client: 0)
            switch event {
            case .call(var call):
                place.client = UInt32(file) << 16 | call.client
                if call.key != 0 { call.key |= UInt64(file) << 40 }
                event = .call(call)
            case .audit(let audit): place.client = UInt32(file) << 16 | audit.client
            case .clock, .end: break
            }
            try body(place, &event)
            try advance(&sources[file])
        }
    }

    private func advance(_ source: inout Source) throws {
        source.next = try source.reader.next(words)
        switch source.next {
        case .clock(let at, _): source.endsAt = at
        case .call(let call): source.endsAt = call.returnedAt
        case .audit(let audit): source.endsAt = audit.statusRead.returnedAt
        case .end(let at): source.endsAt = at
        case nil: source.endsAt = .max
        }
    }
}
