import DequeModule

extension Broker {
    /// The whole state as rows, each list in an order that does not depend on hashing.
    package var image: BrokerImage {
        var image = BrokerImage()
        image.revision = revision
        image.latest = latest
        image.clock = clock
        image.seatLimit = seatLimit
        image.hasSite = hasSite
        image.tokenFloor = tokenFloor
        image.historyStart = historyStart
        var positions: [Slot: Int] = [:]
        for (position, slot) in poolOrder.enumerated() {
            let pool = pools[Int(slot)]!
            positions[slot] = position
            image.pools.append(
                BrokerImage.PoolRow(spec: pool.spec, revision: pool.revision, mode: pool.mode))
            image.seats += orderedSeats(ofPool: slot).map { row(ofSeat: $0, pool: position) }
        }
        image.groups = groupOrder.map { groups[Int($0)]!.spec! }
        image.goneGroups = groups.compactMap { $0?.spec == nil ? $0?.name : nil }.sorted()
        image.leases = leases.compactMap { $0 }
            .sorted { $0.grantRevision < $1.grantRevision }.map { row(of: $0) }
        image.ended = Array(ended)
        image.keys = keys.keys
            .sorted { ($0.actor, $0.holder) < ($1.actor, $1.holder) }
            .flatMap { scope in
                keys[scope]!.map { BrokerImage.KeyRow(scope: scope, key: $0) }
            }
        image.lastSeats = lastSeats.map {
            BrokerImage.LastSeatRow(
                holder: $0.key.holder, pool: $0.key.pool, seat: $0.value.seat,
                revision: $0.value.revision)
        }.sorted { $0.revision < $1.revision }
        image.retiredTokens = retiredTokens.keys.sorted().map {
            BrokerImage.TokenRow(seat: $0, token: retiredTokens[$0]!)
        }
        addRota(to: &image)
        return image
    }

    private func addRota(to image: inout BrokerImage) {
        image.rota = rota
        image.windowsReach = windowsReach
        image.zones = zones
        image.siteRevision = siteRevision
        image.windows = groups.compactMap { group in
            guard let group, let windows = group.windows else { return nil }
            return BrokerImage.WindowRow(group: group.name, windows: windows, turn: group.turn)
        }.sorted { $0.group < $1.group }
        image.subjects = subjects.keys.sorted().map {
            BrokerImage.SubjectRow(holder: $0, unixGroups: subjects[$0]!)
        }
        image.waiters = waiters.keys.sorted().map { waiters[$0]! }
        image.accounts = accounts.keys.sorted().map {
            BrokerImage.AccountRow(key: $0, account: accounts[$0]!)
        }
    }

    private mutating func restoreRota(_ image: BrokerImage) throws(Misfit) {
        rota = image.rota
        windowsReach = image.windowsReach
        zones = image.zones
        siteRevision = image.siteRevision
        for row in image.windows {
            let slot = Int(try groupSlot(row.group))
            groups[slot]!.windows = row.windows
            groups[slot]!.turn = row.turn
        }
        for row in image.subjects { subjects[row.holder] = row.unixGroups }
        for waiter in image.waiters { try applyWaitStarted(waiter) }
        for row in image.accounts { accounts[row.key] = row.account }
    }

    private func row(ofSeat slot: Slot, pool: Int) -> BrokerImage.SeatRow {
        let seat = seats[Int(slot)]!
        return BrokerImage.SeatRow(
            name: seat.name, pool: pool, rank: seat.rank.value, token: seat.token,
            freeRevision: seat.freeRevision, keptFor: seat.keptFor, cordon: seat.cordon,
            isRetiring: seat.retiring, isOrphaned: seat.orphaned, address: seat.address)
    }

    private func row(of lease: Lease) -> BrokerImage.LeaseRow {
        BrokerImage.LeaseRow(
            grant: GrantedLease(
                id: lease.id, token: lease.token, group: groups[Int(lease.group)]!.name,
                seat: seats[Int(lease.seat)]!.name, holder: lease.holder,
                ttlDeadline: lease.ttlDeadline, grantedBy: lease.grantedBy, vouched: lease.vouched),
            grantedAt: lease.grantedAt, grantRevision: lease.grantRevision,
            revocationDeadline: lease.revocation?.deadline,
            revocationReason: lease.revocation?.reason, retireDeadline: lease.retireDeadline,
            seatDrainDeadline: lease.seatDrainDeadline)
    }

    /// The state that an image was taken of.
    ///
    /// - Throws: `Misfit` when rows contradict each other; the image's own checksum is checked by
    ///   who reads it.
    package init(
        image: BrokerImage, endedCountMax: Int = Self.endedCountMaxDefault
    ) throws(Misfit) {
        self.init(endedCountMax: endedCountMax)
        for (position, row) in image.pools.enumerated() {
            guard poolSlots[row.spec.name] == nil else {
                throw Misfit(message: "pool \(row.spec.name.value) is there twice")
            }
            pools.append(Pool(spec: row.spec, revision: row.revision, mode: row.mode))
            poolSlots[row.spec.name] = Slot(position)
            poolOrder.append(Slot(position))
        }
        for spec in image.groups {
            groupSlots[spec.name] = Slot(groups.count)
            groupOrder.append(Slot(groups.count))
            groups.append(Group(name: spec.name, spec: spec))
        }
        for name in image.goneGroups {
            groupSlots[name] = Slot(groups.count)
            groups.append(Group(name: name, spec: nil))
        }
        try restoreRota(image)
        try restoreSeatsAndLeases(image)
        for lease in image.ended { appendEnded(lease) }
        for row in image.keys { keys[row.scope, default: []].append(row.key) }
        for (scope, remembered) in keys {
            keyAges.insert(KeyAge(at: remembered[0].at, scope: scope))
        }
        for row in image.lastSeats {
            lastSeats[HolderPool(holder: row.holder, pool: row.pool)] = LastSeat(
                seat: row.seat, revision: row.revision)
        }
        for row in image.retiredTokens { retiredTokens[row.seat] = row.token }
        revision = image.revision
        latest = image.latest
        clock = image.clock
        seatLimit = image.seatLimit
        hasSite = image.hasSite
        tokenFloor = image.tokenFloor
        historyStart = image.historyStart
        indexSite()
    }

    private mutating func restoreSeatsAndLeases(_ image: BrokerImage) throws(Misfit) {
        // Leases first, so that no leased seat passes through the free ones.
        var leaseOfSeat: [SeatName: Slot] = [:]
        for (position, row) in image.leases.enumerated() {
            guard leaseOfSeat.updateValue(Slot(position), forKey: row.grant.seat) == nil else {
                throw Misfit(message: "seat \(row.grant.seat.value) is leased twice")
            }
        }
        for row in image.seats {
            guard pools.indices.contains(row.pool), seatSlots[row.name] == nil else {
                throw Misfit(message: "seat \(row.name.value) has no place")
            }
            setSeat(
                newSeatSlot(),
                Seat(
                    name: row.name, pool: Slot(row.pool), rank: SeatRank(value: row.rank),
                    token: row.token, freeRevision: row.freeRevision,
                    lease: leaseOfSeat[row.name], keptFor: row.keptFor, cordon: row.cordon,
                    retiring: row.isRetiring, orphaned: row.isOrphaned, address: row.address))
        }
        for row in image.leases {
            let seat = try seatSlot(row.grant.seat)
            setLease(
                newLeaseSlot(),
                Lease(
                    id: row.grant.id, token: row.grant.token, pool: seats[Int(seat)]!.pool,
                    group: try groupSlot(row.grant.group), seat: seat, holder: row.grant.holder,
                    grantedAt: row.grantedAt, grantRevision: row.grantRevision,
                    ttlDeadline: row.grant.ttlDeadline, grantedBy: row.grant.grantedBy,
                    vouched: row.grant.vouched,
                    revocation: row.revocationDeadline.map {
                        Lease.Revocation(deadline: $0, reason: row.revocationReason ?? "")
                    },
                    retireDeadline: row.retireDeadline, seatDrainDeadline: row.seatDrainDeadline))
        }
    }
}
