import NIOCore
import Testing

@testable import BrokerHTTP

@Suite struct HeadParserTests {
    private func parse(_ text: String) throws -> RequestHead {
        try Array(text.utf8).withUnsafeBytes { try HeadParser.parse($0) }
    }

    @Test(
        arguments: [
            ("GET / HTTP/1.1\r\nHost: x\r\n\r\n", "/", nil),
            ("GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n", "/a", "b=c"),
            ("GET /a? HTTP/1.1\r\nHost: x\r\n\r\n", "/a", ""),
            ("GET /a?b?c HTTP/1.1\r\nHost: x\r\n\r\n", "/a", "b?c"),
            ("GET /%41%2f HTTP/1.1\r\nHost: x\r\n\r\n", "/%41%2f", nil),
            ("GET http://h:1/a?b HTTP/1.1\r\nHost: x\r\n\r\n", "/a", "b"),
            ("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "*", nil),
            ("GET / HTTP/1.0\r\n\r\n", "/", nil),
            ("GET / HTTP/1.1\r\nhOST:\r\n\r\n", "/", nil),
            ("GET / HTTP/1.1\r\nHost: x\r\nX-Odd: \t caf\u{e9} \t\r\n\r\n", "/", nil),
            ("M-SEARCH / HTTP/1.1\r\nHost: x\r\n\r\n", "/", nil),
        ] as [(String, String, String?)])
    func accepts(text: String, path: String, query: String?) throws {
        let head = try parse(text)
        #expect(head.path == path)
        #expect(head.query == query)
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n",
        "GET / HTTP/1.1\r\n Host: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA@: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA: b\u{0}\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA: b\u{7f}\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n",
        "GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1 \r\nHost: x\r\n\r\n",
        "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET\t/ HTTP/1.1\r\nHost: x\r\n\r\n",
        "G\u{e9}T / HTTP/1.1\r\nHost: x\r\n\r\n",
        " / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.2\r\nHost: x\r\n\r\n",
        "GET / HTTP/2.0\r\nHost: x\r\n\r\n",
        "GET / http/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.10\r\nHost: x\r\n\r\n",
        "GET /\r\n\r\n",
        "GET a HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET * HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET http:///a HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET http://h HTTP/1.1\r\nHost: x\r\n\r\n",
        "CONNECT h:1 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /% HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /%4 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /%4g HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /?a=%zz HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /#a HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /caf\u{e9} HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /\u{1} HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length:\t1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\t\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999999999999999\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: identity\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost:\r\nTransfer-Encoding:chunked\r\nTransfer-Encoding:chunked\r\n\r\n",
        "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nExpect: 200-ok\r\n\r\n",
    ])
    func refuses(text: String) {
        #expect(throws: RequestFault.self) { try parse(text) }
    }

    @Test(arguments: [
        ("HTTP/1.1\r\nHost: x", true), ("HTTP/1.1\r\nHost: x\r\nConnection: close", false),
        ("HTTP/1.1\r\nHost: x\r\nConnection: a, CLOSE ,b", false),
        ("HTTP/1.1\r\nHost: x\r\nConnection: enclose", true), ("HTTP/1.0\r\nHost: x", false),
        ("HTTP/1.0\r\nHost: x\r\nConnection: Keep-Alive", true),
        ("HTTP/1.0\r\nHost: x\r\nConnection: keep-alive, close", false),
    ])
    func keepsAlive(rest: String, expected: Bool) throws {
        #expect(try parse("GET / \(rest)\r\n\r\n").keepsAlive == expected)
    }

    @Test func framing() throws {
        func framing(_ fields: String) throws -> RequestHead.Framing {
            try parse("POST / HTTP/1.1\r\nHost: x\r\n\(fields)\r\n").framing
        }
        #expect(try framing("") == .none)
        #expect(try framing("Content-Length: 0\r\n") == .none)
        #expect(try framing("Content-Length: 007\r\n") == .length(7))
        #expect(try framing("content-length:12\r\n") == .length(12))
        #expect(try framing("TRANSFER-ENCODING: Chunked\r\n") == .chunked)
    }

    @Test func fieldsAreFoundWhateverTheirCase() throws {
        let text =
            "GET / HTTP/1.1\r\nHost: x\r\nIdempotency-KEY: \t k 1 \r\naccept:a\r\nAccept: b\r\n\r\n"
        let head = try parse(text)
        let bytes = Array(text.utf8)[head.fields]
        let fields = HeaderFields(block: .init(bytes: bytes))
        #expect(fields["idempotency-key"] == "k 1")
        #expect(fields["accept"] == "a")
        #expect(fields.values(of: "accept") == ["a", "b"])
        #expect(fields["key"] == nil)
        #expect(HeaderFields(block: .init())["host"] == nil)
    }

    @Test func aHundredFieldsAndNoMore() throws {
        func text(_ count: Int) -> String {
            "GET / HTTP/1.1\r\nHost: x\r\n" + String(repeating: "a: b\r\n", count: count - 1)
                + "\r\n"
        }
        #expect(throws: Never.self) { try parse(text(100)) }
        #expect(throws: RequestFault.self) { try parse(text(101)) }
    }
}

@Suite struct HeadScannerTests {
    @Test(arguments: [
        ("GET / HTTP/1.1\r\n\r\nrest", 18), ("A\r\n\r\n", 5),
        ("GET / HTTP/1.1\r\na: b\r\n\r\n", 24),
    ])
    func findsTheEndInAnyPieces(text: String, length: Int) throws {
        let bytes = Array(text.utf8)
        for step in [1, 2, 3, 7, bytes.count] {
            var scanner = HeadScanner(lengthMax: 100)
            var found: Int?
            for end in stride(from: step, through: bytes.count + step - 1, by: step) {
                let result = try bytes[..<min(end, bytes.count)].withUnsafeBytes {
                    try scanner.scan($0)
                }
                if case .complete(let length) = result {
                    found = length
                    break
                }
            }
            #expect(found == length, "in steps of \(step)")
        }
    }

    @Test(arguments: [
        "GET / HTTP/1.1\n\n", "GET / HTTP/1.1\r\na: b\n\r\n", "\n", "\u{16}\u{3}\u{1}", " GET",
    ])
    func refusesAtOnce(text: String) {
        var scanner = HeadScanner(lengthMax: 100)
        #expect(throws: RequestFault.self) {
            try Array(text.utf8).withUnsafeBytes { try scanner.scan($0) }
        }
    }

    @Test(arguments: [(99, true), (100, true), (101, false)])
    func limitIsExact(length: Int, accepted: Bool) throws {
        let text = "GET /" + String(repeating: "a", count: length - 9) + "\r\n\r\n"
        #expect(text.utf8.count == length)
        var scanner = HeadScanner(lengthMax: 100)
        let result = Result {
            try Array(text.utf8).withUnsafeBytes { try scanner.scan($0) }
        }
        #expect((try? result.get()) == (accepted ? .complete(length: length) : nil))
    }
}
