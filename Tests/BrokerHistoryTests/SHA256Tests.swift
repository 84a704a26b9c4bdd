import Testing

@testable import BrokerHistory

/// Against the examples of the standards.
@Suite struct SHA256Tests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
    func digests(text: String, hex: String) {
        #expect(SHA256.digest(Array(text.utf8)).hex == hex)
        #expect([UInt8](hex: hex) == SHA256.digest(Array(text.utf8)))
    }

    /// RFC 4231, cases 1 and 2.
    @Test(arguments: [
        (
            [UInt8](repeating: 0x0B, count: 20), "Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
    ])
    func authenticates(key: [UInt8], text: String, hex: String) {
        #expect(SHA256.authenticate(Array(text.utf8), key: key).hex == hex)
    }

    @Test(arguments: ["0", "0g", "AB", " 00"]) func isNoHex(text: String) {
        #expect([UInt8](hex: text) == nil)
    }
}
