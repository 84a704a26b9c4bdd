import BrokerCore
import Testing

@testable import BrokerStore

/// Windows, dates and rules as bytes: what only they can be wrong in.
@Suite struct RotaCodingTests {
    private func bytes(_ windows: [UTCWindow]) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(windows)
        return writer.bytes
    }

    /// The bytes of windows: a count, then a gap and a length for each.
    private func bytes(_ pairs: [(gap: Int, seconds: UInt64)]) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(pairs) {
            $0.write($1.gap)
            $0.write($1.seconds)
        }
        return writer.bytes
    }

    private func windows(_ bytes: [UInt8]) throws(ByteReader.Malformed) -> [UTCWindow] {
        var reader = ByteReader(bytes)
        return try reader.readWindows()
    }

    /// Six bytes each, so that a site of many groups has a small snapshot.
    @Test func aYearOfHalfDaysIsSmall() throws {
        var year: [UTCWindow] = []
        let monday = UnixTime(seconds: 1_767_571_200)
        for week in 0..<57 {
            for (day, hour, hours) in [
                (0, 7, 5), (0, 12, 6), (1, 7, 5), (2, 12, 5), (2, 19, 4), (3, 7, 5), (4, 12, 6),
                (5, 8, 4), (5, 14, 4), (6, 8, 4), (6, 14, 4),
            ] {
                let start = monday.adding(seconds: ((week * 7 + day) * 24 + hour) * 3_600)
                let window = UTCWindow(start: start, end: start.adding(seconds: hours * 3_600))
                year.append(try #require(window))
            }
        }
        #expect(year.count == 627)
        #expect(bytes(year).count <= year.count * 6 + 8)
        #expect(try windows(bytes(year)) == year)
    }

    @Test func windowsThatNoRotaMakes() throws {
        let latest = UnixTime.latest.seconds
        let table: [(pairs: [(gap: Int, seconds: UInt64)], isGood: Bool)] = [
            ([], true), ([(0, 1)], true), ([(-5, 5)], true), ([(0, 0)], false),
            // The next may begin where the last one ended, and no earlier.
            ([(10, 5), (0, 1)], true), ([(10, 5), (-1, 1)], false),
            // The years 1 to 9999.
            ([(latest - 1, 1)], true), ([(latest - 1, 2)], false), ([(latest, 1)], false),
            ([(UnixTime.earliest.seconds, 1)], true), ([(UnixTime.earliest.seconds - 1, 1)], false),
            // Sums without a number.
            ([(.max, 1)], false), ([(.min, 1)], false), ([(0, .max)], false),
            ([(0, UInt64(Int.max))], false), ([(1, UInt64(Int.max))], false),
            ([(1, 1), (.max, 1)], false),
        ]
        for row in table {
            let bytes = bytes(row.pairs)
            #expect((try? windows(bytes)).map { $0.count } == (row.isGood ? row.pairs.count : nil))
        }
    }

    @Test func timesAndDatesOutsideTheCalendar() {
        for seconds in [UnixTime.earliest.seconds - 1, UnixTime.latest.seconds + 1, .min, .max] {
            var writer = ByteWriter()
            writer.write(seconds)
            #expect(throws: ByteReader.Malformed.self) {
                var reader = ByteReader(writer.bytes)
                _ = try reader.readUnixTime()
            }
        }
        for day in [CivilDate.earliest.dayNumber - 1, CivilDate.latest.dayNumber + 1, .min, .max] {
            var writer = ByteWriter()
            writer.write("Europe/Paris")
            writer.write(day)
            for _ in 0..<5 { writer.write(0) }
            #expect(throws: ByteReader.Malformed("a date is outside the years 1 to 9999")) {
                var reader = ByteReader(writer.bytes)
                _ = try reader.readRota()
            }
        }
    }

    /// A date that is closed is not one on which no slot is given, and no slots are not any time.
    @Test func nothingAndNoneAreTwoThings() throws {
        var samples = Samples(seed: 8)
        var rota = samples.rota()
        var group = samples.group()
        for table in [.closed, .slots([])] as [RotaException.Table] {
            rota.exceptions = [RotaException(date: samples.date(), table: table)]
            for slots in [nil, []] as [[String]?] {
                group.slots = slots
                for record in [
                    .rotaSet(rota), .rotaSet(nil), .groupPut(group),
                    .windowsSet(group.name, slots.map { _ in [] }), .turnSet(group.name, nil),
                ] as [Record] {
                    var writer = ByteWriter()
                    RecordCoding.write(record, to: &writer)
                    var reader = ByteReader(writer.bytes)
                    let decoded = try RecordCoding.read(&reader)
                    #expect(decoded == record)
                }
            }
        }
    }

    /// The journal's numbers of rules, which no later version may change.
    @Test(
        arguments: [
            (Rule.notEntitled, 1), (.outsideWindow, 2), (.poolCordoned, 3), (.poolDraining, 4),
            (.quotaExceeded, 5), (.poolExhausted, 6), (.lineFull, 7), (.waitExpired, 8),
        ] as [(Rule, UInt8)])
    func rulesKeepTheirNumbers(rule: Rule, number: UInt8) throws {
        let request = RefusedRequest(
            holder: HolderName("u"), group: nil, rule: rule, pool: nil, ttlSeconds: nil,
            waitSeconds: nil)
        var writer = ByteWriter()
        writer.write(request)
        // The name's length and letter, no group, the rule.
        #expect(writer.bytes == [1, UInt8(ascii: "u"), 0, number, 0, 0, 0])
        for other in [0, 9, 255] as [UInt8] {
            var bytes = writer.bytes
            bytes[3] = other
            #expect(throws: ByteReader.Malformed("\(other) is no rule")) {
                var reader = ByteReader(bytes)
                _ = try reader.readRefusedRequest()
            }
        }
    }

    /// A request keeps its place without the wish to wait, which its place says.
    @Test func aPlaceKeepsNoWait() throws {
        var samples = Samples(seed: 9)
        var waiter = samples.waiter()
        let plain = waiter
        waiter.request.wait = GrantCommand.Wait(seconds: 60)
        var writer = ByteWriter()
        writer.write(waiter)
        var reader = ByteReader(writer.bytes)
        let decoded = try reader.readWaiter()
        #expect(decoded == plain)
    }
}
