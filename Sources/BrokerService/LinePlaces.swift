import BrokerCore

/// How many are before each place of the line, counted for all at once.
struct LinePlaces: Sendable {
    /// A line of a thousand is counted twice a second instead of two thousand times.
    private static let freshMilliseconds: Int64 = 500

    private var countedAt = Instant.distantPast
    private var ahead: [UInt64: Int] = [:]

    mutating func view(of number: UInt64, _ broker: borrowing Broker, at now: Instant) -> WaitView?
    {
        let age = now.milliseconds - countedAt.milliseconds
        if !(0..<Self.freshMilliseconds).contains(age) || ahead[number] == nil {
            countedAt = now
            ahead.removeAll(keepingCapacity: true)
            for place in broker.placesAhead { ahead[place.number] = place.ahead }
        }
        return broker.waitView(number, ahead: ahead[number], at: now)
    }
}
