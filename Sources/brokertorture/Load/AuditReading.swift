import BrokerAPI
import BrokerLoad

/// Reads all that the daemon shows, one page after another.
struct AuditReading {
    private enum Part: Int {
        case leases, seats, pools, groups, status
    }

    private(set) var audit = Audit()
    /// The groups as the API has them, for who wants to send them back.
    private(set) var site: [BrokerAPI.Group] = []
    private var part = Part.leases
    private var after: String?
    private var partInvokedAt: Int64 = 0
    private var isPartBegun = false
    private let answers: Answers
    private let history: HistoryWriter
    private let pools: Set<String>

    /// - Parameter pools: what is read of others is left out, for others work there; empty: all.
    init(client: UInt32, pools: [String], _ history: HistoryWriter) {
        self.history = history
        self.pools = Set(pools)
        answers = Answers(history: history)
        audit.client = client
    }

    /// The next page.
    mutating func request(at now: Int64) -> [UInt8] {
        if !isPartBegun { partInvokedAt = now }
        isPartBegun = true
        let path =
            switch part {
            case .leases: "/v1/leases"
            case .seats: "/v1/seats"
            case .pools: "/v1/pools"
            case .groups: "/v1/groups"
            case .status: "/v1/status"
            }
        guard part != .status else { return Requests.get(path) }
        return Requests.get("\(path)?limit=1000" + (after.map { "&after=\($0)" } ?? ""))
    }

    /// Takes a page in; true when it was the last.
    ///
    /// - Throws: when the daemon does not give it; the reading is to be given up then.
    mutating func take(
        _ answer: UnixConnection.Answer, at now: Int64
    ) throws(JSONError) -> Bool {
        guard answer.status == 200 else {
            throw JSONError(verbatim: "A page was answered with \(answer.status).")
        }
        let read = Interval(invokedAt: partInvokedAt, returnedAt: now)
        after = nil
        switch part {
        case .leases:
            let list = try WireJSON.decode(LeaseList.self, from: answer.body)
            for lease in list.leases where isOurs(lease.pool) {
                audit.leases.append(try answers.facts(lease))
            }
            audit.leasesRead = read
            after = list.next
        case .seats:
            let list = try WireJSON.decode(SeatList.self, from: answer.body)
            for seat in list.seats where isOurs(seat.pool) {
                audit.seats.append(try facts(seat))
            }
            audit.seatsRead = read
            after = list.next
        case .pools:
            let list = try WireJSON.decode(PoolList.self, from: answer.body)
            audit.pools += list.pools.filter { isOurs($0.name) }.map { facts($0) }
            audit.poolsRead = read
            after = list.next
        case .groups:
            let list = try WireJSON.decode(GroupList.self, from: answer.body)
            audit.groups += list.groups.filter { $0.pools.contains { isOurs($0) } }
                .map { facts($0) }
            site += list.groups
            audit.groupsRead = read
            after = list.next
        case .status:
            audit.process = answers.facts(try WireJSON.decode(Status.self, from: answer.body))
            audit.statusRead = read
            return true
        }
        if after == nil {
            part = Part(rawValue: part.rawValue + 1)!
            isPartBegun = false
        }
        return false
    }

    private func isOurs(_ pool: String) -> Bool { pools.isEmpty || pools.contains(pool) }

    private func facts(_ seat: Seat) throws(JSONError) -> SeatFacts {
        var facts = SeatFacts(
            name: history.name(seat.name), pool: history.name(seat.pool),
            isCordoned: seat.cordoned, token: Int64(seat.token))
        guard let lease = seat.lease else { return facts }
        facts.lease = LeaseKey(text: lease)
        guard facts.lease != nil else {
            throw JSONError(verbatim: "\"\(lease)\" is no lease's id.")
        }
        return facts
    }

    private func facts(_ pool: Pool) -> PoolFacts {
        let seats = pool.seats
        return PoolFacts(
            name: history.name(pool.name), size: pool.size, targetSize: pool.targetSize,
            isOpen: pool.state == .open, leased: seats.leased,
            total: seats.available + seats.leased + seats.cleaning + seats.starting
                + seats.offline + seats.quarantined + seats.cordoned,
            kept: pool.seatsListed.count { $0.agent != nil },
            ttlSeconds: pool.leaseTTLSeconds, ttlSecondsMax: pool.leaseTTLSecondsMax)
    }

    private func facts(_ group: BrokerAPI.Group) -> GroupFacts {
        let reserve =
            switch group.reserve {
            case .seats(let seats): seats
            case .byPool(let entries): entries.reduce(0) { $0 + $1.seats }
            }
        return GroupFacts(
            name: history.name(group.name), quota: group.quota ?? -1, used: group.used,
            reserve: reserve, isWhole: group.pools.allSatisfy { isOurs($0) })
    }
}
