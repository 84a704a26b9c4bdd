/// Reads one complete request head, and nothing that could be read in two ways.
///
/// Not NIOHTTP1's decoder, for three reasons: that one decodes every pipelined request of a read at
/// once, where we want the second to wait, undecoded, for the first one's answer; its header limit
/// does not count the bytes of the block; and it makes two strings a field, most of which nobody
/// looks at. A test holds the two side by side: what is accepted here reads the same there.
///
/// Rules are those of RFC 9110 and 9112; where they leave a choice between tolerant and strict,
/// this is strict: no folded lines, no bare CR, no white space before the colon, one `Host`, one
/// `Content-Length`, `chunked` as the only coding and never beside a length.
struct HeadParser {
    /// The most fields of a head. A real client sends a dozen.
    static let fieldsMax = 100

    private var head = RequestHead()
    private var hosts = 0
    private var length: Int?
    private var hasLength = false
    private var isChunked = false
    private var connectionClose = false
    private var connectionKeepAlive = false

    /// Parses the head.
    ///
    /// - Parameter bytes: from the method to the empty line, as `HeadScanner` has found it.
    static func parse(_ bytes: UnsafeRawBufferPointer) throws(RequestFault) -> RequestHead {
        var parser = HeadParser()
        guard let firstLineFeed = bytes.firstIndex(of: UInt8(ascii: "\n"), from: 0) else {
            throw .bad("The request line does not end.")
        }
        try parser.parseRequestLine(
            UnsafeRawBufferPointer(rebasing: bytes[..<(firstLineFeed - 1)]))
        var start = firstLineFeed + 1
        let end = bytes.count - 2
        parser.head.fields = start..<end
        var count = 0
        while start < end, let lineFeed = bytes.firstIndex(of: UInt8(ascii: "\n"), from: start) {
            count += 1
            guard count <= fieldsMax else { throw .headerTooLarge }
            try parser.parseField(UnsafeRawBufferPointer(rebasing: bytes[start..<(lineFeed - 1)]))
            start = lineFeed + 1
        }
        return try parser.conclude()
    }

    // MARK: The request line

    private mutating func parseRequestLine(
        _ line: UnsafeRawBufferPointer
    ) throws(RequestFault) {
        let space = UInt8(ascii: " ")
        guard let methodEnd = line.firstIndex(of: space, from: 0), methodEnd > 0,
            let targetEnd = line.firstIndex(of: space, from: methodEnd + 1)
        else { throw .bad("The request line is not METHOD TARGET VERSION.") }
        let method = UnsafeRawBufferPointer(rebasing: line[..<methodEnd])
        let token = ByteSet.token
        guard method.allSatisfy({ token.contains($0) }) else {
            throw .bad("The method has an invalid character.")
        }
        head.method = HTTPMethod(token: method)
        try parseVersion(UnsafeRawBufferPointer(rebasing: line[(targetEnd + 1)...]))
        try parseTarget(UnsafeRawBufferPointer(rebasing: line[(methodEnd + 1)..<targetEnd]))
    }

    private mutating func parseVersion(_ version: UnsafeRawBufferPointer) throws(RequestFault) {
        guard version.count == 8, version[5].isDigit, version[6] == UInt8(ascii: "."),
            version[7].isDigit,
            UnsafeRawBufferPointer(rebasing: version[..<5]).elementsEqual("HTTP/".utf8)
        else { throw .bad("The version of the request line is malformed.") }
        switch (version[5], version[7]) {
        case (UInt8(ascii: "1"), UInt8(ascii: "1")): head.isHTTP11 = true
        case (UInt8(ascii: "1"), UInt8(ascii: "0")): head.isHTTP11 = false
        case _:
            throw .bad("Only HTTP/1.1 and HTTP/1.0 are spoken here.")
        }
    }

    /// The origin form (`/path?query`); the absolute form, which a server must take (RFC 9112,
    /// 3.2.2) and of which we drop the authority; and `*` for `OPTIONS`.
    private mutating func parseTarget(_ target: UnsafeRawBufferPointer) throws(RequestFault) {
        if target.count == 1, target[0] == UInt8(ascii: "*"), head.method == .options {
            head.path = "*"
            return
        }
        try checkTargetBytes(target)
        var pathStart = 0
        if target.first != UInt8(ascii: "/") {
            let scheme = 7
            guard target.count > scheme,
                UnsafeRawBufferPointer(rebasing: target[..<scheme]).equalsIgnoringCase("http://")
            else { throw .bad("The request target must start with a slash.") }
            guard let slash = target.firstIndex(of: UInt8(ascii: "/"), from: scheme),
                slash > scheme
            else { throw .bad("The request target has no path.") }
            pathStart = slash
        }
        let questionMark = target.firstIndex(of: UInt8(ascii: "?"), from: pathStart)
        head.path = String(
            decoding: target[pathStart..<(questionMark ?? target.count)], as: UTF8.self)
        if let questionMark {
            head.query = String(decoding: target[(questionMark + 1)...], as: UTF8.self)
        }
    }

    private func checkTargetBytes(_ target: UnsafeRawBufferPointer) throws(RequestFault) {
        let allowed = ByteSet.target
        for index in target.indices {
            guard allowed.contains(target[index]) else {
                throw .bad("The request target has a character that must be percent-encoded.")
            }
            guard target[index] == UInt8(ascii: "%") else { continue }
            guard index + 2 < target.count, target[index + 1].hexValue != nil,
                target[index + 2].hexValue != nil
            else { throw .bad("The request target has an invalid percent-encoding.") }
        }
    }

    // MARK: Fields

    private mutating func parseField(_ line: UnsafeRawBufferPointer) throws(RequestFault) {
        if line.first == 0x20 || line.first == 0x09 {
            throw .bad("A field is folded over two lines.")
        }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":"), from: 0), colon > 0 else {
            throw .bad("A field has no name.")
        }
        let token = ByteSet.token
        for index in 0..<colon where !token.contains(line[index]) {
            throw .bad("A field name has an invalid character.")
        }
        let allowed = ByteSet.fieldValue
        for index in colon + 1..<line.count where !allowed.contains(line[index]) {
            throw .bad("A field value has an invalid character.")
        }
        let value = UnsafeRawBufferPointer(
            rebasing: line[line.trimmed(from: colon + 1, to: line.count)])
        let name = UnsafeRawBufferPointer(rebasing: line[..<colon])
        if try note(name: name, value: value), line.contains(UInt8(ascii: "\t")) {
            throw .bad("A tab stands beside a value that decides about framing.")
        }
    }

    /// Takes note of the five fields that matter here; the length sorts out all others.
    ///
    /// - Returns: whether it is one that says where the body ends, on which all parsers must agree.
    private mutating func note(
        name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer
    ) throws(RequestFault) -> Bool {
        switch name.count {
        case 4 where name.equalsIgnoringCase("host"):
            hosts += 1
        case 6 where name.equalsIgnoringCase("expect"):
            guard value.equalsIgnoringCase("100-continue") else {
                throw .bad("Only 100-continue can be expected.")
            }
            head.expectsContinue = true
        case 10 where name.equalsIgnoringCase("connection"):
            noteConnection(value)
        case 14 where name.equalsIgnoringCase("content-length"):
            guard !hasLength else { throw .bad("There is more than one Content-Length.") }
            hasLength = true
            length = try parseLength(value)
            return true
        case 17 where name.equalsIgnoringCase("transfer-encoding"):
            guard !isChunked else { throw .bad("There is more than one Transfer-Encoding.") }
            guard value.equalsIgnoringCase("chunked") else {
                throw .bad("The only transfer coding is chunked.")
            }
            isChunked = true
            return true
        case _:
            break
        }
        return false
    }

    private mutating func noteConnection(_ value: UnsafeRawBufferPointer) {
        for option in value.split(separator: UInt8(ascii: ",")) {
            let bytes = UnsafeRawBufferPointer(rebasing: option)
            let word = UnsafeRawBufferPointer(
                rebasing: bytes[bytes.trimmed(from: 0, to: bytes.count)])
            if word.equalsIgnoringCase("close") { connectionClose = true }
            if word.equalsIgnoringCase("keep-alive") { connectionKeepAlive = true }
        }
    }

    /// Digits alone. Fifteen hold any length that makes sense, and no sum of them can overflow.
    private func parseLength(_ value: UnsafeRawBufferPointer) throws(RequestFault) -> Int {
        guard (1...15).contains(value.count), value.allSatisfy(\.isDigit) else {
            throw .bad("The Content-Length is not a number.")
        }
        return value.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    // MARK: All together

    private consuming func conclude() throws(RequestFault) -> RequestHead {
        guard hosts <= 1 else { throw .bad("There is more than one Host.") }
        guard hosts == 1 || !head.isHTTP11 else { throw .bad("The Host field is missing.") }
        if isChunked {
            guard !hasLength else {
                throw .bad("Content-Length and Transfer-Encoding exclude each other.")
            }
            guard head.isHTTP11 else { throw .bad("HTTP/1.0 knows no transfer coding.") }
            head.framing = .chunked
        } else if let length, length > 0 {
            head.framing = .length(length)
        }
        head.keepsAlive = !connectionClose && (head.isHTTP11 || connectionKeepAlive)
        // RFC 9110, 10.1.1: the expectation of an HTTP/1.0 client is to be ignored.
        head.expectsContinue = head.expectsContinue && head.isHTTP11 && head.framing != .none
        return head
    }
}
