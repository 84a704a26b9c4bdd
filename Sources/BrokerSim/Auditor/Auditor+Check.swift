package import BrokerCore

/// The state of the broker against what the rules say it is.
extension Auditor {
    /// All of the state: leases, seats with tokens and cordons, pools, groups, counts, keys, ended
    /// leases, and the next deadline.
    package func check(_ broker: Broker) throws(Finding) {
        let image = broker.image
        try checkLeases(broker)
        try checkOwnDeadlines(image.leases)
        try checkSeats(broker)
        try checkPools(broker)
        try checkCalendars(image)
        try checkLine(image.waiters)
        try checkAccounts(image.accounts, at: broker.latest.milliseconds)
        try checkSubjects(image.subjects)
        try checkEnded(image.ended)
        try checkKeys(image.keys, at: broker.latest)
        try checkTokens(image)
        try checkNextDeadline(broker)
        guard broker.seatLimit == world.seatLimit, broker.clock == world.clock,
            broker.tokenFloor == world.tokenFloor, broker.hasSite == world.hasSite
        else {
            throw Finding(
                "settings",
                "limit \(String(describing: broker.seatLimit)), clock \(broker.clock), floor "
                    + "\(broker.tokenFloor), site \(broker.hasSite), where the rules say "
                    + "\(String(describing: world.seatLimit)), \(world.clock), "
                    + "\(world.tokenFloor), \(world.hasSite)")
        }
    }

    // MARK: Leases

    private func checkLeases(_ broker: Broker) throws(Finding) {
        let views = broker.leases(Broker.LeaseFilter(), limit: .max)
        var seats: Set<String> = []
        var revision: UInt64 = 0
        for view in views {
            // At most one live lease a seat, at every instant.
            guard seats.insert(view.seat.name.value).inserted else {
                throw Finding("two-leases-a-seat", "\(view.seat.name.value) is leased twice")
            }
            guard view.grantRevision > revision else {
                throw Finding("grant-order", "\(view) is not in the order of grants")
            }
            revision = view.grantRevision
            guard let place = world.known[view.id] else {
                throw Finding("lease-unknown", "\(view) was never granted")
            }
            guard place >= 0 else {
                let end = world.ended[~place]
                let rule =
                    switch end.reason {
                    case .released: "lost-release"
                    case .revoked: "lost-revocation"
                    case .expired, .drained, .windowClosed, .seatFailed: "outlives-its-deadline"
                    }
                throw Finding(rule, "\(view) is live, but it ended as \(end)")
            }
            try expect(view, live: place)
            try checkVouched(broker, place)
        }
        guard views.count == world.leaseCount, broker.leaseCount == world.leaseCount else {
            for place in world.leases.indices where world.leases[place].isThere {
                let id = world.leases[place].id
                if let view = broker.lease(id), view.state != .ended { continue }
                throw Finding(
                    "lost-lease",
                    "\(world.leases[place]) is not live, but "
                        + String(describing: broker.lease(id)))
            }
            throw Finding(
                "lease-count", "\(broker.leaseCount) leases, of which \(views.count) are listed")
        }
    }

    /// What a lease would have if nothing cut it short: it counts again once a drain is called off.
    private func checkOwnDeadlines(_ rows: [BrokerImage.LeaseRow]) throws(Finding) {
        for row in rows {
            guard let place = world.known[row.grant.id], place >= 0 else { continue }
            let lease = world.leases[place]
            guard row.grant.ttlDeadline.milliseconds == lease.ttlEnd,
                (row.revocationDeadline?.milliseconds ?? never) == lease.revokeEnd
            else { throw Finding("own-deadline", "\(row), where the rules say \(lease)") }
        }
    }

    private func checkVouched(_ broker: Broker, _ place: Int) throws(Finding) {
        let vouched = broker.vouchedGroups(world.leases[place].id)?.map(\.value)
        let expected = world.vouched[place]?.map { names.unixGroups[$0] }
        guard vouched == expected else {
            throw Finding(
                "vouched",
                "\(String(describing: vouched)), where the rules say "
                    + String(describing: expected))
        }
    }

    /// Tells grants that nobody was told of their revisions.
    mutating func learnRevisions(_ broker: Broker) {
        for view in broker.leases(Broker.LeaseFilter(), limit: .max) {
            guard let place = world.known[view.id], place >= 0 else { continue }
            if world.leases[place].revision == 0 {
                world.leases[place].revision = view.grantRevision
                lastGrantRevision = max(lastGrantRevision, view.grantRevision)
            }
        }
        for number in world.ended.numbers.suffix(1_024) where world.ended[number].revision == 0 {
            guard let end = broker.endedLease(world.ended[number].id) else { continue }
            world.ended[number].revision = end.grantRevision
            lastGrantRevision = max(lastGrantRevision, end.grantRevision)
        }
    }

    /// What nobody was told, and the rules leave open.
    mutating func learn(_ broker: Broker) {
        let revision = broker.revision
        notes = AuditNotes([], revision: revision)
        let image = broker.image
        world.siteRevision = (image.siteRevision, image.siteRevision)
        guard !world.waiters.isEmpty else { return }
        let order = world.waiters.indices.sorted {
            world.waiters[$0].event < world.waiters[$1].event
        }
        for (place, row) in zip(order, image.waiters) {
            world.waiters[place].number = row.ticket.number
            world.waiters[place].connection = row.ticket.connection
        }
    }

    private func checkEnded(_ given: [EndedLease]) throws(Finding) {
        guard given.count == world.ended.count else {
            throw Finding(
                "ended-count", "\(given.count) are remembered, of \(world.ended.count)")
        }
        // In the order of their ends; which pool goes first at one instant is not determined.
        var lasts = Array(repeating: Int.min, count: names.pools.count)
        for (lease, number) in zip(given, world.ended.numbers) {
            guard let place = world.known[lease.id], place < 0 else {
                throw Finding("ended-unknown", "\(lease) is not one that ended")
            }
            let end = world.ended[~place]
            if let field = difference(LeaseView(ended: lease), end) {
                throw Finding("ended-\(field)", "\(lease), where the rules say \(end)")
            }
            guard world.ended[number].endedAt == end.endedAt, lasts[Int(end.pool)] < ~place else {
                throw Finding("ended-order", "\(lease), where the rules say \(end)")
            }
            lasts[Int(end.pool)] = ~place
        }
    }

    // MARK: Seats

    private func checkSeats(_ broker: Broker) throws(Finding) {
        let views = broker.seats(pool: nil, after: nil, limit: .max) { _ in true }.seats
        var count = 0
        for place in world.poolOrder {
            for seat in world.pools[place].seats {
                guard count < views.count else {
                    throw Finding("seat-missing", "\(world.seats[seat]) is not there")
                }
                try expect(views[count], seat)
                count += 1
            }
        }
        guard count == views.count, broker.seatCount == count, world.seatCount == count else {
            throw Finding("seat-count", "\(broker.seatCount) seats of \(world.seatCount)")
        }
    }

    /// Tokens of names only grow, also of those that no pool has at present.
    private func checkTokens(_ image: BrokerImage) throws(Finding) {
        var found: [String: UInt64] = [:]
        for row in image.seats { found[row.name.value] = row.token }
        for row in image.retiredTokens { found[row.seat.value] = row.token }
        for (number, token) in world.tokens.enumerated() where token > 0 {
            let name = names.seats[Int32(number)]
            // Where the floor is above, the counter may be there as well.
            guard let other = found[name],
                max(other, world.tokenFloor) == max(token, world.tokenFloor)
            else {
                throw Finding(
                    "token-lost",
                    "\(name) was given \(token), and has "
                        + String(describing: found[name]))
            }
        }
    }

    // MARK: Pools, groups, keys

    private func checkPools(_ broker: Broker) throws(Finding) {
        let pools = broker.poolViews
        guard pools.count == world.poolOrder.count else {
            throw Finding("pool-count", "\(pools.count) pools of \(world.poolOrder.count)")
        }
        for (view, place) in zip(pools, world.poolOrder) { try expect(view, place) }
        let groups = broker.groupViews(at: broker.latest)
        guard groups.count == world.groups.count else {
            throw Finding("group-count", "\(groups.count) groups of \(world.groups.count)")
        }
        for (position, view) in groups.enumerated() {
            try expect(view, position, at: broker.latest.milliseconds)
        }
    }

    /// A key that is out of date may be forgotten at any time: nobody can see it.
    private func checkKeys(_ rows: [BrokerImage.KeyRow], at latest: Instant) throws(Finding) {
        var expected = 0
        for keys in world.keys.scopes.values {
            expected += keys.count { AuditKeys.isGood($0, at: latest.milliseconds) }
        }
        var count = 0
        for row in rows {
            let now = latest.milliseconds
            guard now < row.key.at.milliseconds + 86_400_000 else {
                continue
            }
            count += 1
            let scope = AuditKeys.scope(
                actor: names.actors.known(row.scope.actor),
                holder: names.holders.known(row.scope.holder.value))
            let key = world.keys.key(row.key.key, scope: scope, at: now)
            guard let key, key.fingerprint == row.key.fingerprint, key.lease == row.key.lease,
                key.wasCreated == row.key.created, key.at == row.key.at.milliseconds
            else {
                throw Finding("key", "\(row), where the rules say \(String(describing: key))")
            }
        }
        guard count == expected else {
            var left = world.keys.scopes.values.joined().filter {
                AuditKeys.isGood($0, at: latest.milliseconds)
            }
            left.removeAll { key in
                rows.contains { $0.key.key == key.text && $0.key.lease == key.lease }
            }
            throw Finding("key-count", "\(count) keys of \(expected): there is no \(left)")
        }
    }
}
