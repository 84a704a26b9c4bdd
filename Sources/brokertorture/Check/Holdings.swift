/// Who certainly had a lease in a pool, and when.
struct Holdings {
    private struct Place: Hashable {
        var holder: Name
        var pool: Name
    }

    /// By the instant from which on each is live for certain. Those of one holder in one pool do not
    /// overlap, or that has been reported.
    private var byPlace: [Place: [Int32]] = [:]
    private let bounds: [SeatOrder.Bounds]

    init(_ leases: [LeaseTrack], _ bounds: [SeatOrder.Bounds]) {
        self.bounds = bounds
        for (index, lease) in leases.enumerated() where bounds[index].isEverCertain {
            byPlace[Place(holder: lease.holder, pool: lease.pool), default: []].append(
                Int32(index))
        }
        for place in Array(byPlace.keys) {
            byPlace[place]!.sort {
                bounds[Int($0)].certainFrom < bounds[Int($1)].certainFrom
            }
        }
    }

    /// A lease of the holder of a call that was live for certain from its start to its end, in the pool
    /// asked for; where none was, in any of `pools`.
    func lease(of call: Call, in pools: some Sequence<Name>) -> Int? {
        guard call.pool == .none else { return lease(of: call, in: call.pool) }
        return pools.lazy.compactMap { lease(of: call, in: $0) }.min()
    }

    private func lease(of call: Call, in pool: Name) -> Int? {
        guard let order = byPlace[Place(holder: call.holder, pool: pool)] else { return nil }
        let next = order.partitioningIndex { bounds[Int($0)].certainFrom > call.invokedAt }
        guard next > 0 else { return nil }
        let last = Int(order[next - 1])
        // One that is over without a cause has been reported.
        let end = min(bounds[last].endLo, bounds[last].endHi)
        return end > call.returnedAt ? last : nil
    }
}
