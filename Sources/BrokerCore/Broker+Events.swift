/// What those look up who tell what the journal's records mean.
extension Broker {
    /// A place in the line by its number; nil: there is none.
    package func waiter(_ number: UInt64) -> Waiter? { waiters[number] }
}
