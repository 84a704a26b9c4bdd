import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import BrokerHTTP

/// The parser against NIOHTTP1's, over mutations of real requests: whatever ours accepts, the other
/// one must accept too and read alike. Ours may refuse more.
@Suite struct ParserAgreementTests {
    private static let seeds = [
        "GET /v1/leases?pool=telework&limit=10 HTTP/1.1\r\nHost: broker\r\nAccept: */*\r\n\r\n",
        "POST /v1/leases HTTP/1.1\r\nHost: b\r\nContent-Length: 12\r\n"
            + "Idempotency-Key: \"k\"\r\n\r\n{\"pool\": \"a\"",
        "PUT /v1/site?dry_run=true HTTP/1.1\r\nHost: b\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "5;x=y\r\nhello\r\n3\r\nabc\r\n0\r\n\r\n",
        "DELETE /v1/leases/%41b HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        "HEAD http://h/a HTTP/1.1\r\nHost: h\r\nConnection: close, x\r\nX:  \r\n\r\n",
    ]
    /// What tends to matter to parsers.
    private static let pieces: [[UInt8]] = [
        "\r", "\n", "\r\n", " ", "\t", ":", ";", "0", "1", "%", "\0", "\u{7f}", "\u{80}", ",",
        "Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n", "Host: x\r\n", "/", "?",
        "chunked",
        "\r\n\r\n", "HTTP/1.1", "+", "-", "_", "(", "a: b\r\n",
    ].map { Array($0.utf8) }

    struct Message: Equatable {
        var method = ""
        var target = ""
        var fields: [String] = []
        var body: [UInt8] = []
    }

    @Test(arguments: 0..<5)
    func readsAlike(seed: Int) {
        var random = Random(state: UInt64(seed) + 1)
        var accepted = 0
        for _ in 0..<4_000 {
            var bytes = Array(Self.seeds[seed].utf8)
            for _ in 0..<random.below(4) { mutate(&bytes, &random) }
            guard let ours = readByOurs(bytes) else { continue }
            accepted += 1
            let theirs = readByTheirs(bytes)
            #expect(ours == theirs, "\(String(decoding: bytes, as: UTF8.self).debugDescription)")
            if ours != theirs { return }
        }
        // The mutations must leave enough that is valid for the comparison to mean something.
        #expect(accepted > 800)
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout Random) {
        let place = random.below(bytes.count)
        switch random.below(4) {
        case 0: bytes[place] = UInt8(random.below(256))
        case 1: bytes.insert(contentsOf: Self.pieces[random.below(Self.pieces.count)], at: place)
        case 2: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random.below(3)))
        case _: bytes.insert(bytes[random.below(bytes.count)], at: place)
        }
        if bytes.isEmpty { bytes = [0x20] }
    }

    private func readByOurs(_ bytes: [UInt8]) -> Message? {
        try? bytes.withUnsafeBytes { raw -> Message? in
            var scanner = HeadScanner(lengthMax: 8_192)
            guard case .complete(let length) = try scanner.scan(raw) else { return nil }
            let head = try HeadParser.parse(UnsafeRawBufferPointer(rebasing: raw[..<length]))
            // NIOHTTP1 knows a list of methods, and refuses all others.
            if case .other = head.method { return nil }
            var message = Message(method: head.method.name)
            message.target = head.path + (head.query.map { "?\($0)" } ?? "")
            message.fields = String(decoding: raw[head.fields], as: UTF8.self)
                .split(separator: "\r\n", omittingEmptySubsequences: true)
                .map { line in
                    let parts = line.split(
                        separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                    return "\(parts[0]):\(trim(parts[1]))"
                }
            var rest = ByteBuffer(bytes: raw[length...])
            switch head.framing {
            case .none: break
            case .length(let count):
                guard let body = rest.readBytes(length: count) else { return nil }
                message.body = body
            case .chunked:
                var chunked = ChunkedBody(lengthMax: 1_000, overheadMax: 1_000, allocator: .init())
                guard try chunked.consume(&rest) == .complete else { return nil }
                message.body = Array(buffer: chunked.body)
            }
            return message
        }
    }

    private func readByTheirs(_ bytes: [UInt8]) -> Message? {
        let channel = EmbeddedChannel(handler: ByteToMessageHandler(HTTPRequestDecoder()))
        defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
        // What follows the first message may well be no request; that is not compared.
        _ = try? channel.writeInbound(ByteBuffer(bytes: bytes))
        var message: Message?
        while let part = try? channel.readInbound(as: HTTPServerRequestPart.self) {
            switch part {
            case .head(let head):
                message = Message(method: head.method.rawValue, target: pathOf(head.uri))
                message?.fields = head.headers.map { "\($0.name):\(trim($0.value[...]))" }
            case .body(let body): message?.body += Array(buffer: body)
            case .end: return message
            }
        }
        return nil
    }

    private func pathOf(_ target: String) -> String {
        guard target.lowercased().hasPrefix("http://") else { return target }
        return String(target.dropFirst(7).drop { $0 != "/" })
    }

    private func trim(_ text: Substring) -> Substring {
        var text = text
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }

    /// xorshift64*: the same mutations on every run.
    private struct Random {
        var state: UInt64

        mutating func below(_ limit: Int) -> Int {
            state ^= state >> 12
            state ^= state << 25
            state ^= state >> 27
            return Int((state &* 2_685_821_657_736_338_717) >> 33) % limit
        }
    }
}
