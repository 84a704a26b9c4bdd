import BrokerCore

/// How every place of the line stands, worked out for all at once.
struct LinePlaces: Sendable {
    /// A line of a thousand is counted twice a second instead of two thousand times.
    private static let freshMilliseconds: Int64 = 500

    private struct Place {
        var ahead: Int
        var seat: Instant?
    }

    private var countedAt = Instant.distantPast
    private var places: [UInt64: Place] = [:]

    mutating func view(
        of number: UInt64, _ broker: borrowing Broker, at now: Instant
    ) -> WaitView? {
        let age = now.milliseconds - countedAt.milliseconds
        if !(0..<Self.freshMilliseconds).contains(age) || places[number] == nil {
            countedAt = now
            places.removeAll(keepingCapacity: true)
            for (number, ahead, seat) in broker.estimates(at: now) {
                places[number] = Place(ahead: ahead, seat: seat)
            }
        }
        guard let place = places[number] else { return nil }
        return broker.waitView(number, ahead: place.ahead, estimate: place.seat)
    }
}
