/// Finds the end of a request head in bytes that arrive piece by piece, each looked at once.
///
/// Only CRLF ends a line. RFC 9112 (2.2) would allow a bare LF too, and that is how two parsers
/// come to see different requests in the same bytes.
struct HeadScanner {
    /// What the bytes so far hold.
    enum Result: Equatable {
        case incomplete
        /// The head is complete and so many bytes long, its last empty line included.
        case complete(length: Int)
    }

    /// The most bytes of a head: request line, fields, and the empty line at the end.
    let lengthMax: Int
    /// How many bytes have been looked at.
    private var scanned = 0
    /// Where the line that `scanned` is in has started.
    private var lineStart = 0

    init(lengthMax: Int) {
        self.lengthMax = lengthMax
    }

    /// Looks at the bytes that are new since the last call.
    ///
    /// - Parameter bytes: everything that has arrived of this head so far, from its first byte on.
    /// - Throws: a fault as soon as it is certain, so that a client that speaks another protocol
    ///   gets its answer at once and not at the deadline.
    mutating func scan(_ bytes: UnsafeRawBufferPointer) throws(RequestFault) -> Result {
        if scanned == 0, let first = bytes.first, !ByteSet.token.contains(first) {
            throw .bad("The request does not start with a method.")
        }
        while let lineFeed = bytes.firstIndex(of: UInt8(ascii: "\n"), from: scanned) {
            guard lineFeed < lengthMax else { throw .headerTooLarge }
            guard lineFeed > 0, bytes[lineFeed - 1] == UInt8(ascii: "\r") else {
                throw .bad("A line of the head does not end in CR LF.")
            }
            scanned = lineFeed + 1
            if lineFeed - 1 == lineStart { return .complete(length: scanned) }
            lineStart = scanned
        }
        // A head of exactly the limit needs its last byte within it: at the limit, it is too late.
        guard bytes.count < lengthMax else { throw .headerTooLarge }
        scanned = bytes.count
        return .incomplete
    }
}
