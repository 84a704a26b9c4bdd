import NIOCore

/// The header fields of a request, left where they arrived and looked up when somebody asks.
///
/// A request carries five fields on average and a handler asks for one or none, so reading them all
/// into strings beforehand would cost more than looking twice. The parser has checked the form:
/// each line is `name ":" OWS value OWS CRLF` with valid characters.
package struct HeaderFields: Sendable {
    private let block: ByteBuffer

    /// - Parameter block: the field lines of one head, without the empty line that ends it.
    init(block: ByteBuffer) {
        self.block = block
    }

    /// The value of the first field of this name, without the white space around it.
    ///
    /// - Parameter name: the field's name in lower case.
    /// - Returns: `nil` when there is no such field; bytes that are no UTF-8 become U+FFFD.
    package subscript(name: String) -> String? {
        var found: String?
        forEach(named: name) { value in
            found = String(decoding: value, as: UTF8.self)
            return false
        }
        return found
    }

    /// The values of all fields of this name, in order; for fields where a second one is an error.
    ///
    /// - Parameter name: the field's name in lower case.
    package func values(of name: String) -> [String] {
        var found: [String] = []
        forEach(named: name) { value in
            found.append(String(decoding: value, as: UTF8.self))
            return true
        }
        return found
    }

    /// Calls `body` for each value of the name until it answers false.
    private func forEach(named name: String, _ body: (UnsafeRawBufferPointer) -> Bool) {
        block.withUnsafeReadableBytes { bytes in
            var rest = Substring(name)
            rest.withUTF8 { wanted in
                var start = 0
                while let field = FieldLine(bytes, at: start) {
                    if field.isNamed(wanted), !body(field.value(in: bytes)) { return }
                    start = field.end
                }
            }
        }
    }

    /// One line of a block that the parser has accepted, as offsets into it.
    private struct FieldLine {
        let name: UnsafeRawBufferPointer
        let valueStart: Int
        let valueEnd: Int
        /// Where the next line starts.
        let end: Int

        init?(_ bytes: UnsafeRawBufferPointer, at start: Int) {
            guard start < bytes.count,
                let colon = bytes.firstIndex(of: UInt8(ascii: ":"), from: start),
                let lineFeed = bytes.firstIndex(of: UInt8(ascii: "\n"), from: colon)
            else { return nil }
            name = UnsafeRawBufferPointer(rebasing: bytes[start..<colon])
            let trimmed = bytes.trimmed(from: colon + 1, to: lineFeed - 1)
            valueStart = trimmed.lowerBound
            valueEnd = trimmed.upperBound
            end = lineFeed + 1
        }

        func isNamed(_ wanted: UnsafeBufferPointer<UInt8>) -> Bool {
            name.equalsIgnoringCase(UnsafeRawBufferPointer(wanted))
        }

        func value(in bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
            UnsafeRawBufferPointer(rebasing: bytes[valueStart..<valueEnd])
        }
    }
}
