import BrokerAPI
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        (Int64(0), "1970-01-01T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (1_795_507_083_120, "2026-11-24T07:58:03.120Z"),
        (951_782_399_999, "2000-02-28T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (951_868_800_000, "2000-03-01T00:00:00.000Z"),
        (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"),
        (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    ])
    func isWrittenAndReadAlike(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).text == text)
        #expect(Timestamp(text: text) == Timestamp(milliseconds: milliseconds))
    }

    /// Every day of four centuries, and so every leap rule, against a count of days.
    @Test func daysFollowEachOther() {
        var previous = ""
        for day in Int64(0)..<146_097 {
            let text = Timestamp(milliseconds: day * 86_400_000).text
            #expect(text > previous)
            #expect(Timestamp(text: text)?.milliseconds == day * 86_400_000)
            previous = text
        }
        #expect(previous == "2369-12-31T00:00:00.000Z")
    }

    @Test(arguments: [
        ("1970-01-01T01:00:00+01:00", Int64(0)),
        ("1969-12-31t19:00:00-05:00", 0),
        ("1970-01-01T00:00:00.5z", 500),
        ("1970-01-01T00:00:00.12Z", 120),
        ("1970-01-01T00:00:00.1239Z", 123),
        ("1970-01-01T00:00:01Z", 1000),
    ])
    func otherSpellingsAreRead(text: String, milliseconds: Int64) {
        #expect(Timestamp(text: text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "2026", "2026-11-24", "2026-11-24T07:58:03", "2026-11-24T07:58Z",
        "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-02-29T00:00:00Z",
        "2100-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-04-00T00:00:00Z",
        "2026-01-01T24:00:00Z", "2026-01-01T23:60:00Z", "2026-01-01T23:59:60Z",
        "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+0100",
        "2026-01-01T00:00:00Z ", " 2026-01-01T00:00:00Z", "2026-01-01 00:00:00Z",
        "0000-12-31T23:59:59Z", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
        "२०२६-01-01T00:00:00Z", "2026-01-01T00:00:00.\u{0}Z",
    ])
    func anythingElseIsNot(text: String) {
        #expect(Timestamp(text: text) == nil)
    }

    @Test func whatNoYearCanWriteIsClamped() {
        #expect(Timestamp(milliseconds: .min).text == "0001-01-01T00:00:00.000Z")
        #expect(Timestamp(milliseconds: .max).text == "9999-12-31T23:59:59.999Z")
    }
}
