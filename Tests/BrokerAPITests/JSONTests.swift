import BrokerAPI
import Testing

@Suite struct JSONParserTests {
    private func parse(_ text: String, depthMax: Int = 16) throws -> JSONValue? {
        try JSONParser.parse(Array(text.utf8), depthMax: depthMax)
    }

    @Test(arguments: [
        "null", "true", "false", "0", "-0", "10", "-1.5e+3", "1E5", #""""#, "[]", "{}", "[1,[2]]",
        #"{"a":{"b":[null]}}"#, #""é\u00e9\ud83d\ude00\n\/""#, " [ 1 , 2 ]\r\n\t",
    ])
    func goodDocumentsAreRead(text: String) throws {
        #expect(try parse(text) != nil)
    }

    @Test(arguments: [
        "nul", "tru", "01", "-", "1.", ".5", "1e", "+1", "NaN", "Infinity", "'a'", #""a"#,
        "\"a\n\"",
        #""\x""#, #""\u12""#, #""\ud83d""#, #""\ud83dx""#, #""\ude00""#, #""\u0000""#, "[", "[1",
        "[1,",
        "[1,]", "[,1]", "{", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, "{a:1}", #"{"a":1 "b":2}"#, "1 2",
        "[] []", #"{"a":1,"a":2}"#, "\u{FEFF}1", "//", "\u{0}",
    ])
    func badDocumentsAreRefused(text: String) {
        #expect(throws: JSONError.self) { try parse(text) }
    }

    @Test func bytesThatAreNoUTF8AreRefused() {
        for bytes: [UInt8] in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82], [0x80]] {
            #expect(throws: JSONError.self) { try JSONParser.parse([0x22] + bytes + [0x22]) }
        }
    }

    @Test func depthEndsAtTheLimit() throws {
        let deepest = String(repeating: "[", count: 16) + String(repeating: "]", count: 16)
        #expect(try parse(deepest) != nil)
        #expect(throws: JSONError.self) { try parse("[\(deepest)]") }
        #expect(throws: JSONError.self) { try parse(String(repeating: "[", count: 1_000_000)) }
        #expect(throws: JSONError.self) {
            try parse(
                String(repeating: #"{"a":"#, count: 17) + "1" + String(repeating: "}", count: 17))
        }
    }

    @Test(arguments: [11, 12, 13, 14, 2000])
    func aNameGivenTwiceIsFoundAmongMany(count: Int) throws {
        let names = (0..<count).map { "\"n\($0)\":1" }
        #expect(try parse("{\(names.joined(separator: ","))}") != nil)
        #expect(throws: JSONError.self) {
            try parse("{\(names.joined(separator: ",")),\"n0\":1}")
        }
    }

    @Test func whatIsWrittenIsReadBack() throws {
        let text = String(String.UnicodeScalarView((1..<0x300).compactMap(Unicode.Scalar.init)))
        let value = JSONValue.object([
            JSONMember(
                name: text, value: .array([.string(text), .number("1.50"), .bool(true), .null]))
        ])
        #expect(try JSONParser.parse(WireJSON.encode(value)) == value)
    }

    @Test func numbersKeepTheirDigits() throws {
        let text = #"{"b":1.50,"a":12345678901234567890}"#
        #expect(String(decoding: WireJSON.encode(try parse(text)!), as: UTF8.self) == text)
    }
}

@Suite struct StrictJSONTests {
    private func message<Body: WireObject>(_ type: Body.Type, _ text: String) -> String? {
        do {
            _ = try StrictJSON.decode(type, from: Array(text.utf8))
            return nil
        } catch {
            return error.message
        }
    }

    @Test func anEmptyBodyHasNoFields() throws {
        #expect(try StrictJSON.decode(GrantRequest.self, from: []) == GrantRequest())
        #expect(try StrictJSON.decode(GrantRequest.self, from: Array(" \n".utf8)) == GrantRequest())
        #expect(message(RevokeRequest.self, "") == "Field \"reason\" is missing.")
    }

    @Test(arguments: [
        (#"{"ttl":60}"#, #"Unknown field "ttl"; did you mean "ttl_seconds"?"#),
        (#"{"tll_seconds":60}"#, #"Unknown field "tll_seconds"; did you mean "ttl_seconds"?"#),
        (#"{"Pool":"a"}"#, #"Unknown field "Pool"; did you mean "pool"?"#),
        (
            #"{"priority":0}"#,
            #"Unknown field "priority"; known are pool, group, ttl_seconds, wait_seconds, "#
                + "holder, holder_groups."
        ),
        (#"{"pool":"a","pool":"a"}"#, #"Field "pool" is given twice."#),
        (#"{"pool":1}"#, #"Field "pool" must be a string, not a number."#),
        (#"{"ttl_seconds":"60"}"#, #"Field "ttl_seconds" must be a whole number, not a string."#),
        (#"{"ttl_seconds":60.0}"#, #"Field "ttl_seconds" must be a whole number."#),
        (#"{"ttl_seconds":6e1}"#, #"Field "ttl_seconds" must be a whole number."#),
        (#"{"ttl_seconds":0}"#, #"Field "ttl_seconds" must be at least 1."#),
        (#"{"ttl_seconds":9007199254740992}"#, #"Field "ttl_seconds" is out of range."#),
        (#"{"ttl_seconds":99999999999999999999}"#, #"Field "ttl_seconds" is out of range."#),
        (
            #"{"holder_groups":["a"]}"#,
            #"Field "holder_groups" needs the field "holder" beside it."#
        ),
        (
            #"{"holder":"a","holder_groups":["a",1]}"#,
            #"Field "holder_groups[1]" must be a string, not a number."#
        ),
        ("[]", "The body must be an object, not an array."),
        ("{} x", "Not valid JSON at byte 3: there is more after the end of the document."),
    ])
    func mistakesAreNamed(text: String, expected: String) {
        #expect(message(GrantRequest.self, text) == expected)
    }

    @Test func nullIsTheSameAsAbsent() {
        #expect(message(GrantRequest.self, #"{"pool":null,"ttl_seconds":1}"#) == nil)
        #expect(message(ResizeRequest.self, #"{"size":null}"#) == "Field \"size\" is missing.")
    }

    @Test(arguments: [
        (#"{"size":0}"#, true), (#"{"size":-1}"#, false), (#"{"size":2000000}"#, true),
        (#"{"size":2000001}"#, false), (#"{"size":1,"if_revision":-1}"#, false),
        (#"{"size":1,"dry_run":1}"#, false),
    ])
    func boundsAreKept(text: String, passes: Bool) {
        #expect((message(ResizeRequest.self, text) == nil) == passes)
    }

    @Test(arguments: [
        (" ", false), ("x", true), (String(repeating: "x", count: 1000), true),
        (String(repeating: "x", count: 1001), false), ("a\nb", false), ("a\u{9B}b", false),
    ])
    func aReasonIsALineOfText(reason: String, passes: Bool) {
        let body = WireJSON.encode(CordonRequest(reason: reason))
        #expect(
            (message(CordonRequest.self, String(decoding: body, as: UTF8.self)) == nil) == passes)
    }

    @Test func placesInsideAreNamed() {
        let text = #"{"name":"a","seats":[{"name":"s"},{"name":"t","port":65536}]}"#
        #expect(
            message(PoolCreateRequest.self, text)
                == #"Field "seats[1].port" must be from 1 to 65535."#)
        #expect(
            message(PoolCreateRequest.self, #"{"name":"a","seats":[{"name":"s","x":1}]}"#)
                == #"Unknown field "seats[0].x"; known are name, host, port, url, agent."#)
        #expect(
            message(PoolCreateRequest.self, #"{"name":"a","driver":"seats"}"#)
                == #"Field "driver" must be "none"."#)
    }
}
