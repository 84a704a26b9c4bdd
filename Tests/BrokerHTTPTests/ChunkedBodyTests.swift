import NIOCore
import Testing

@testable import BrokerHTTP

@Suite struct ChunkedBodyTests {
    /// Feeds the text in pieces of a size, and says what came of it.
    private func read(
        _ text: String, pieces: Int, lengthMax: Int = 20
    ) throws(RequestFault) -> (result: ChunkedBody.Result, body: String, left: String) {
        var body = ChunkedBody(lengthMax: lengthMax, overheadMax: 10, allocator: .init())
        var rest = ByteBuffer(string: text)
        var waiting = ByteBuffer()
        var result = ChunkedBody.Result.incomplete
        while result == .incomplete,
            var piece = rest.readSlice(length: min(pieces, rest.readableBytes)),
            piece.readableBytes > 0
        {
            waiting.writeBuffer(&piece)
            result = try body.consume(&waiting)
        }
        return (result, String(buffer: body.body), String(buffer: waiting) + String(buffer: rest))
    }

    @Test(arguments: [
        ("0\r\n\r\n", "", ""), ("5\r\nhello\r\n0\r\n\r\n", "hello", ""),
        ("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\nGET", "hello world", "GET"),
        ("00a\r\n0123456789\r\n0\r\n\r\n", "0123456789", ""),
        ("A\r\n0123456789\r\n00\r\n\r\n", "0123456789", ""),
        ("1;a=b;c\r\nx\r\n0;c\r\n\r\n", "x", ""),
        ("2\r\n\r\n\r\n0\r\n\r\n", "\r\n", ""),
    ])
    func complete(text: String, body: String, left: String) throws {
        for pieces in [1, 2, 3, 1000] {
            let read = try read(text, pieces: pieces)
            #expect(read.result == .complete)
            #expect(read.body == body)
            #expect(read.left == left)
        }
    }

    @Test(arguments: [
        "\r\n", "g\r\n", "-1\r\n", "+1\r\n", " 1\r\nx\r\n", "1 \r\nx\r\n", "1\nx\r\n",
        "1\r\nxy\r\n", "1\r\nx\n0\r\n\r\n", "1\r\nx\r0\r\n\r\n", "0x1\r\nx\r\n",
        "1;\u{0}\r\nx\r\n", "1;\r\nx\r\n", "1;a=\r\nx\r\n", "1;a=b=c\r\nx\r\n", "1; a\r\nx\r\n",
        "0\r\n\n", "0\r\nA: b\r\n\r\n", "1;01234567890\r\nx\r\n",
    ])
    func malformed(text: String) {
        for pieces in [1, 1000] {
            #expect(throws: RequestFault.self) { try read(text, pieces: pieces) }
        }
    }

    @Test(arguments: [(19, true), (20, true), (21, false)])
    func limitIsExact(length: Int, accepted: Bool) throws {
        let one =
            "\(String(length, radix: 16))\r\n\(String(repeating: "x", count: length))\r\n0\r\n\r\n"
        let many = String(repeating: "1\r\nx\r\n", count: length) + "0\r\n\r\n"
        for text in [one, many] {
            let read = try read(text, pieces: 1000)
            #expect(read.result == (accepted ? .complete : .tooLarge))
        }
    }
}
