import BrokerCore
import BrokerRota
import Testing

/// Where a date begins.
@Suite struct ZoneDaysTests {
    @Test(arguments: [
        ("Europe/Paris", "2026-11-24", "2026-11-23T23:00:00Z"),
        ("Europe/Paris", "2026-03-29", "2026-03-28T23:00:00Z"),
        ("Europe/Paris", "2026-03-30", "2026-03-29T22:00:00Z"),
        ("Europe/Paris", "2026-10-25", "2026-10-24T22:00:00Z"),
        ("Europe/Paris", "2026-10-26", "2026-10-25T23:00:00Z"),
        ("Asia/Kathmandu", "2026-11-24", "2026-11-23T18:15:00Z"),
        ("Pacific/Kiritimati", "2026-11-24", "2026-11-23T10:00:00Z"),
        ("Pacific/Pago_Pago", "2026-11-24", "2026-11-24T11:00:00Z"),
        // The clock goes from midnight to one: there is no midnight.
        ("America/Santiago", "2026-09-06", "2026-09-06T04:00:00Z"),
        // The clock goes back to midnight's hour before: the date begins when it first shows it.
        ("America/Havana", "2026-11-01", "2026-11-01T04:00:00Z"),
        // The day that Samoa left out is where the next one begins.
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z"),
        ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z"),
    ])
    func aDateBegins(zone: String, date: String, start: String) throws {
        let zone = try ZoneDirectory.system().zone(named: zone)
        let date = try #require(CivilDate(text: date))
        #expect(zone.start(of: date).description == start)
    }
}
