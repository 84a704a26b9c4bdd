/// Puts instants to the beginnings and ends of leases, seat by seat.
///
/// A seat is a lock, and its tokens order the grants of it totally. So the question whether there are
/// points within all intervals such that at most one lease is live at every instant is
/// decided exactly: in the order of tokens, each beginning and each end takes the earliest point that
/// it can; where that lies behind the end of its interval, no choice of points exists. Two that
/// touch are no overlap.
///
/// The end of a lease can be: a release or a revocation of it, from its invocation on; its time to
/// live, from the acknowledged deadline on; a drain of its pool, from the deadline on; nothing else.
/// It comes after the start of every call whose answer shows the lease live, and before the end of
/// every call whose answer shows that it is over (which includes a list without it).
///
/// What it gives to the counts: from the greedy pass the earliest ends, and from a second pass
/// against the order of tokens the latest beginnings and ends.
struct SeatOrder {
    /// Of one lease.
    struct Bounds {
        /// Not before its call: not moved by the order of tokens.
        var grantLo: Int64
        var grantHi: Int64
        var endLo: Int64
        var endHi: Int64

        /// Live for certain from here on, up to `endLo`, which is excluded.
        var certainFrom: Int64 { grantHi == .max ? .max : grantHi + 1 }
        var isEverCertain: Bool { certainFrom < endLo }
    }

    private(set) var bounds: [Bounds] = []
    /// Leases of each seat in the order of their tokens.
    private(set) var bySeat: [Name: [Int32]] = [:]
    private let survey: Survey
    private let leases: [LeaseTrack]

    init(_ observer: Observer, _ findings: inout Findings) {
        survey = observer.survey
        leases = observer.table.leases
        bounds.reserveCapacity(leases.count)
        for lease in leases { bounds.append(ownBounds(lease, &findings)) }
        for (index, lease) in leases.enumerated() {
            bySeat[lease.seat, default: []].append(Int32(index))
        }
        for seat in bySeat.keys.sorted(by: { $0.number < $1.number }) {
            var order = bySeat.removeValue(forKey: seat)!
            order.sort { leases[Int($0)].token < leases[Int($1)].token }
            forward(order, &findings)
            backward(order, observer.graceMicroseconds)
            bySeat[seat] = order
        }
        checkHolders(&findings)
    }

    // MARK: One lease

    private func ownBounds(_ lease: LeaseTrack, _ findings: inout Findings) -> Bounds {
        if lease.grantLo == .min && !survey.inherited.contains(lease.id) {
            findings.add(.nobodyAsked, "a lease that nobody asked for", lease.grantRecord)
        }
        if lease.grantLo > lease.grantHi {
            findings.add(
                .contradiction, "a lease is seen before it was asked for", lease.grantRecord,
                lease.liveRecord)
        }
        let from = max(lease.grantLo, lease.liveLo)
        var expiry = lease.ttlLo
        if survey.mayShrink(lease.pool, from: lease.grantLo, to: lease.endHi) {
            expiry = min(expiry, lease.activeTTLLo)
        }
        let drain = survey.drainEnd(of: lease.pool, from: from)
        let cause = min(lease.releaseLo, lease.revokeLo, expiry, drain)
        let bounds = Bounds(
            grantLo: lease.grantLo, grantHi: max(lease.grantHi, lease.grantLo),
            endLo: max(from, cause), endHi: lease.endHi)
        if lease.liveLo > lease.endHi {
            findings.add(
                .cameBack, "a lease is there after it was over", lease.grantRecord,
                lease.endRecord, lease.liveRecord)
        } else if bounds.endLo > lease.endHi {
            findings.add(
                .lostLease, "a lease is over and nothing can have ended it by then",
                lease.grantRecord, lease.liveRecord, lease.endRecord)
        }
        checkReason(lease, drain: drain, &findings)
        return bounds
    }

    /// Whether what an answer gives as the reason can have ended the lease by then.
    private func checkReason(_ lease: LeaseTrack, drain: Int64, _ findings: inout Findings) {
        let kind: ViolationKind
        switch lease.reason {
        case .none: return
        case .released where lease.releaseLo <= lease.reasonHi: return
        case .revoked where lease.revokeLo <= lease.reasonHi: return
        case .expired where lease.ttlLo <= lease.reasonHi: return
        case .drained where drain <= lease.reasonHi: return
        case .drained
        where survey.mayShrink(lease.pool, from: lease.grantLo, to: lease.reasonHi)
            && lease.activeTTLLo <= lease.reasonHi:
            return
        case .expired: kind = .endedEarly
        case .released, .revoked, .drained, .windowClosed, .seatFailed: kind = .contradiction
        }
        findings.add(
            kind, "a lease ended as \(lease.reason) though it cannot have by then",
            lease.grantRecord, lease.reasonRecord)
    }

    // MARK: One seat

    private mutating func forward(_ order: [Int32], _ findings: inout Findings) {
        var instant = Int64.min
        var previous: Int?
        for index in order.lazy.map({ Int($0) }) {
            let lease = leases[index]
            if let previous, leases[previous].token == lease.token {
                findings.add(
                    .tokenTwice, "two leases of a seat have the token \(lease.token)",
                    leases[previous].grantRecord, lease.grantRecord)
            }
            var begin = max(instant, bounds[index].grantLo)
            if begin > bounds[index].grantHi {
                findings.add(
                    .seatOverlap,
                    "a seat is granted while, by the order of tokens, it is another's",
                    previous.map { leases[$0].grantRecord } ?? 0,
                    previous.map { leases[$0].liveRecord } ?? 0,
                    previous.map { leases[$0].endRecord } ?? 0, lease.grantRecord)
                begin = bounds[index].grantHi
            }
            bounds[index].endLo = max(begin, bounds[index].endLo)
            // One that is over without a cause has been reported.
            instant = min(bounds[index].endLo, bounds[index].endHi)
            previous = index
        }
    }

    private mutating func backward(_ order: [Int32], _ grace: Int64) {
        var latest = Int64.max
        for index in order.reversed().lazy.map({ Int($0) }) {
            let lease = leases[index]
            var end = min(bounds[index].endHi, latest)
            let due = min(lease.ttlHi, lease.revokeHi)
            if due != .min { end = min(end, survey.limit(of: due, grace: grace)) }
            // What contradicts itself has been reported.
            bounds[index].endHi = max(end, lease.liveLo, bounds[index].grantLo)
            bounds[index].grantHi = max(
                min(bounds[index].grantHi, bounds[index].endHi), bounds[index].grantLo)
            latest = bounds[index].grantHi
        }
    }

    // MARK: One holder

    /// A holder has one live lease in a pool: no two are live for certain at one instant. (Necessary,
    /// not exact: nothing orders leases of different seats.)
    private func checkHolders(_ findings: inout Findings) {
        var order = bounds.indices.filter { bounds[$0].isEverCertain }.map { Int32($0) }
        order.sort { a, b in
            let (a, b) = (Int(a), Int(b))
            let (x, y) = (leases[a], leases[b])
            if x.holder != y.holder { return x.holder.number < y.holder.number }
            if x.pool != y.pool { return x.pool.number < y.pool.number }
            return bounds[a].certainFrom < bounds[b].certainFrom
        }
        var last: Int?
        for index in order.lazy.map({ Int($0) }) {
            if let last, leases[last].holder == leases[index].holder,
                leases[last].pool == leases[index].pool
            {
                if bounds[index].certainFrom < bounds[last].endLo {
                    findings.add(
                        .holderOverlap, "a holder has two leases in a pool",
                        leases[last].grantRecord, leases[last].liveRecord,
                        leases[index].grantRecord)
                }
                if bounds[last].endLo >= bounds[index].endLo { continue }
            }
            last = index
        }
    }
}
