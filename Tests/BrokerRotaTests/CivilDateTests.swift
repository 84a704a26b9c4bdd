import BrokerCore
import Testing

@Suite struct CivilDateTests {
    @Test(arguments: [
        ("1970-01-01", 0, Weekday.thursday), ("1969-12-31", -1, .wednesday),
        ("2000-02-29", 11_016, .tuesday), ("2000-03-01", 11_017, .wednesday),
        ("2026-01-05", 20_458, .monday), ("2026-11-24", 20_781, .tuesday),
        ("0001-01-01", -719_162, .monday), ("9999-12-31", 2_932_896, .friday),
    ])
    func daysAndTexts(text: String, dayNumber: Int, weekday: Weekday) {
        let day = CivilDate(text: text)
        #expect(day?.dayNumber == dayNumber)
        #expect(day?.weekday == weekday)
        #expect(CivilDate(dayNumber: dayNumber).description == text)
    }

    @Test(arguments: [
        "", "2026", "2026-1-5", "2026-02-29", "1900-02-29", "2026-13-01", "2026-00-01",
        "2026-04-31", "2026-04-00", "0000-01-01", "2026/01/05", "2026-01-05 ", "+026-01-05",
        "２０２６-01-05", "20260105", "2026-01-0a",
    ])
    func noDates(text: String) {
        #expect(CivilDate(text: text) == nil)
    }

    /// Every day from 1 to 9999 follows the one before, by a calendar that only counts.
    @Test func theWholeCalendar() {
        var (year, month, day) = (1, 1, 1)
        var wrong = 0
        for number in CivilDate.earliest.dayNumber...CivilDate.latest.dayNumber {
            if number % 7 == 0 {
                let made = CivilDate(dayNumber: number)
                let same = CivilDate(year: year, month: month, day: day)
                if (made.year, made.month, made.day) != (year, month, day) || same != made {
                    wrong += 1
                }
            }
            let isLeap = year % 4 == 0 && year % 100 != 0 || year % 400 == 0
            let length = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
            day += 1
            if day > length { (month, day) = (month + 1, 1) }
            if month > 12 { (year, month) = (year + 1, 1) }
        }
        #expect(wrong == 0)
        #expect((year, month, day) == (10_000, 1, 1))
    }

    @Test func sumsStopAtTheEnds() {
        #expect(CivilDate.latest.adding(days: 1) == .latest)
        #expect(CivilDate.latest.adding(days: .max) == .latest)
        #expect(CivilDate.earliest.adding(days: .min) == .earliest)
        #expect(UnixTime.latest.adding(seconds: .max) == .latest)
        #expect(UnixTime(seconds: .min) == .earliest)
        #expect(UnixTime.latest.description == "9999-12-31T23:59:59Z")
        #expect(UnixTime.earliest.description == "0001-01-01T00:00:00Z")
        #expect(UnixTime(seconds: -1).description == "1969-12-31T23:59:59Z")
    }

    @Test func mondays() {
        #expect(date("2026-11-24").monday == date("2026-11-23"))
        #expect(date("2026-11-23").monday == date("2026-11-23"))
        #expect(date("2026-11-29").monday == date("2026-11-23"))
    }

    @Test func windowsAreNeverEmpty() {
        let instant = utc("2026-01-05T08:00Z")
        #expect(UTCWindow(start: instant, end: instant) == nil)
        #expect(UTCWindow(start: instant.adding(seconds: 1), end: instant) == nil)
        let window = UTCWindow(start: instant, end: instant.adding(seconds: 1))
        #expect(window?.contains(instant.adding(seconds: -1)) == false)
        #expect(window?.contains(instant) == true)
        #expect(window?.contains(instant.adding(seconds: 1)) == false)
    }
}
