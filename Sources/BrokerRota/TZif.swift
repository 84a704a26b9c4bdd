/// Why bytes are no time zone that can be used.
package enum TZifError: Error, Hashable, Sendable {
    /// They do not begin as a TZif file does.
    case notTZif
    /// A version that is not known here; versions 1 to 4 are.
    case version(UInt8)
    /// They end before what the header announces, or go on after the footer.
    case length
    /// The numbers of the header do not fit each other.
    case counts
    /// Transitions are not in ascending order, or lie further away than the universe is old.
    case transitions
    /// A type of local time has an offset beyond what RFC 9636 recommends, is neither standard nor
    /// daylight-saving time, or has no name; or a transition leads to a type that is not there.
    case localTimeType
    /// The file counts leap seconds, as those in `right/` do. Unix time does not.
    case leapSeconds
    /// The rule for times after the last transition is not what RFC 9636 allows.
    case footer
    /// The rule says otherwise than the last transition about the moment of that transition.
    case footerDisagrees
}

/// The contents of a TZif file (RFC 9636): when a zone's offset from UTC has changed, and by which
/// rule it goes on changing.
///
/// Names and daylight-saving flags are checked and then left out: the rota needs offsets alone.
struct TZif: Equatable, Sendable {
    /// When the offset changes, in seconds since 1970, ascending.
    var times: [Int] = []
    /// The offset from each of them on, in seconds east of Greenwich.
    var offsets: [Int] = []
    /// The offset before the first of them.
    var initialOffset = 0
    /// What holds after the last of them, or always where there are none; nil: the last offset.
    var rule: PosixRule?

    /// The offsets that RFC 9636 (section 3.2) recommends: more than -25 and less than 26 hours.
    static let offsetsAllowed = -89_999...93_599
    /// Older than the universe; `zic` writes no transition beyond. Sums below stay far from overflow.
    static let timeMax = 1 << 59

    /// Reads a whole file.
    static func parse(_ bytes: [UInt8]) throws(TZifError) -> TZif {
        var reader = TZifReader(bytes)
        let first = try reader.readHeader()
        guard first.version != 0 else {
            let result = try reader.readBlock(first, timeBytes: 4)
            guard reader.isAtEnd else { throw .length }
            return result
        }
        // The first block repeats in 32 bits what the second says in 64.
        try reader.skip(first.blockBytes(timeBytes: 4))
        let second = try reader.readHeader()
        guard second.version == first.version else { throw .version(second.version) }
        var result = try reader.readBlock(second, timeBytes: 8)
        result.rule = try reader.readFooter()
        guard reader.isAtEnd else { throw .length }
        try result.checkFooter()
        return result
    }

    /// RFC 9636, section 3.3: the rule must agree with the last transition.
    private func checkFooter() throws(TZifError) {
        if let rule, let time = times.last, let offset = offsets.last,
            rule.offset(at: time) != offset
        {
            throw .footerDisagrees
        }
    }
}

/// A place in the bytes of a file, which it never leaves.
private struct TZifReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func skip(_ count: Int) throws(TZifError) {
        guard count >= 0, count <= bytes.count - position else { throw .length }
        position += count
    }

    private mutating func read(_ count: Int) throws(TZifError) -> ArraySlice<UInt8> {
        let start = position
        try skip(count)
        return bytes[start..<position]
    }

    /// A big-endian number in two's complement, of 4 or 8 bytes.
    private mutating func readInteger(bytes count: Int) throws(TZifError) -> Int {
        var value: UInt64 = 0
        for byte in try read(count) { value = value << 8 | UInt64(byte) }
        return count == 4
            ? Int(Int32(truncatingIfNeeded: value)) : Int(Int64(bitPattern: value))
    }

    /// Section 3.1: what a header announces.
    struct Header {
        var version: UInt8
        var utIndicators: Int
        var standardIndicators: Int
        var leapSeconds: Int
        var transitions: Int
        var types: Int
        var nameBytes: Int

        /// Counts have 32 bits, so this cannot overflow.
        func blockBytes(timeBytes: Int) -> Int {
            transitions * (timeBytes + 1) + types * 6 + nameBytes + leapSeconds * (timeBytes + 4)
                + standardIndicators + utIndicators
        }
    }

    mutating func readHeader() throws(TZifError) -> Header {
        guard bytes.count - position >= 5, try read(4).elementsEqual("TZif".utf8) else {
            throw .notTZif
        }
        let versionByte = try read(1)
        let version = versionByte[versionByte.startIndex]
        guard version == 0 || (UInt8(ascii: "2")...UInt8(ascii: "4")).contains(version) else {
            throw .version(version)
        }
        try skip(15)
        var counts: [Int] = []
        for _ in 0..<6 { counts.append(Int(UInt32(truncatingIfNeeded: try readInteger(bytes: 4)))) }
        return Header(
            version: version, utIndicators: counts[0], standardIndicators: counts[1],
            leapSeconds: counts[2], transitions: counts[3], types: counts[4], nameBytes: counts[5])
    }

    /// Section 3.2: one data block, to its end.
    mutating func readBlock(_ header: Header, timeBytes: Int) throws(TZifError) -> TZif {
        guard header.blockBytes(timeBytes: timeBytes) <= bytes.count - position else {
            throw .length
        }
        guard (1...256).contains(header.types), header.nameBytes > 0,
            header.utIndicators == 0 || header.utIndicators == header.types,
            header.standardIndicators == 0 || header.standardIndicators == header.types
        else { throw .counts }
        guard header.leapSeconds == 0 else { throw .leapSeconds }

        var result = TZif()
        for _ in 0..<header.transitions {
            let time = try readInteger(bytes: timeBytes)
            guard (-TZif.timeMax...TZif.timeMax).contains(time), time > result.times.last ?? .min
            else { throw .transitions }
            result.times.append(time)
        }
        let indexes = try read(header.transitions)
        let types = try readTypes(header)
        result.initialOffset = types[0]
        for index in indexes {
            guard Int(index) < types.count else { throw .localTimeType }
            result.offsets.append(types[Int(index)])
        }
        // How the transitions were once given; only a TZ text without rules would ask for it.
        try skip(header.standardIndicators + header.utIndicators)
        return result
    }

    /// The offsets of the types of local time, which with their names are checked.
    private mutating func readTypes(_ header: Header) throws(TZifError) -> [Int] {
        var offsets: [Int] = []
        var nameIndexes: [UInt8] = []
        for _ in 0..<header.types {
            let offset = try readInteger(bytes: 4)
            let flags = try read(2)
            guard TZif.offsetsAllowed.contains(offset), flags[flags.startIndex] <= 1 else {
                throw .localTimeType
            }
            offsets.append(offset)
            nameIndexes.append(flags[flags.startIndex + 1])
        }
        let names = try read(header.nameBytes)
        for index in nameIndexes {
            guard Int(index) < names.count,
                names[(names.startIndex + Int(index))...].contains(0)
            else { throw .localTimeType }
        }
        return offsets
    }

    /// Section 3.3: a rule between two line feeds; nil when there is nothing between them.
    mutating func readFooter() throws(TZifError) -> PosixRule? {
        let lineFeed = UInt8(ascii: "\n")
        guard position < bytes.count, bytes[position] == lineFeed,
            let end = bytes[(position + 1)...].firstIndex(of: lineFeed)
        else { throw .footer }
        let text = bytes[(position + 1)..<end]
        position = end + 1
        guard !text.isEmpty else { return nil }
        guard let rule = PosixRule(text) else { throw .footer }
        return rule
    }
}
