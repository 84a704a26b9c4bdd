import BrokerCore
import BrokerEngine

/// What every kind of answer has to be.
extension Auditor {
    /// Whether a command that is not refused takes effect.
    ///
    /// On a full disk only what ends leases does, and what changes nothing is answered as ever; a
    /// batch is decided in one way from its first command to its last.
    mutating func proceeds(
        _ said: Said, changes: Bool, ends: Bool = false
    ) throws(Finding) -> Bool {
        switch said {
        case .nothing(let isLow): return !(isLow && changes && !ends)
        case .answer(let index):
            if case .noSpace = told[index] {
                guard mayLackSpace else {
                    throw Finding("space-refused", "there was space")
                }
                guard changes && !ends else {
                    throw Finding(
                        "space-refused", "what needs no space was refused for want of it")
                }
                guard isBatchLow != false else {
                    throw Finding("space-uneven", "a command before it in the batch had space")
                }
                isBatchLow = true
                return false
            }
            guard changes && !ends else { return true }
            guard isBatchLow != true else {
                throw Finding("space-uneven", "a command before it in the batch had no space")
            }
            isBatchLow = false
            return true
        }
    }

    /// The command is refused just so.
    func refused(_ said: Said, _ refusal: @autoclosure () -> Refusal) throws(Finding) {
        guard case .answer(let index) = said else { return }
        guard case .refused(let given) = told[index], given == refusal() else {
            throw wrong(told[index], "refusal", "refused: \(refusal())")
        }
    }

    /// The command is refused for one of these reasons, all of which are true: where several are,
    /// it is not determined which one is told. Nothing is said of what is invalid but that it is.
    func refused(_ said: Said, any refusals: [Refusal]) throws(Finding) {
        guard case .answer(let index) = said else { return }
        if case .refused(let given) = told[index] {
            for refusal in refusals {
                if case .invalid = refusal, case .invalid(let problems) = given, !problems.isEmpty {
                    return
                }
                if refusal == given { return }
            }
        }
        throw wrong(told[index], "refusal", "refused: \(refusals)")
    }

    /// The command is refused since the lease has ended.
    func refusedAsEnded(_ said: Said, _ number: Int?) throws(Finding) {
        guard case .answer(let index) = said else { return }
        guard case .refused(.leaseEnded(let given)) = told[index] else {
            throw wrong(told[index], "refusal", "refused: the lease has ended")
        }
        guard let number else {
            guard given == nil else {
                throw wrong(told[index], "refusal", "refused: the lease has ended, long ago")
            }
            return
        }
        guard let given, difference(LeaseView(ended: given), world.ended[number]) == nil else {
            throw wrong(
                told[index], "refusal", "refused: the lease has ended as \(world.ended[number])")
        }
    }

    /// The command is done, and nothing is told.
    func done(_ said: Said) throws(Finding) {
        guard case .answer(let index) = said else { return }
        guard case .decided(.done) = told[index] else { throw wrong(told[index], "answer", "done") }
    }

    /// An answer that should have been another one.
    func wrong(_ answer: EngineAnswer, _ rule: String, _ expected: String) -> Finding {
        switch answer {
        case .refused(let refusal):
            Finding("wrong-\(rule)", "refused \(refusal), where the rules say: \(expected)")
        case .decided(let decision):
            Finding("wrong-\(rule)", "answered \(decision), where the rules say: \(expected)")
        case .noSpace:
            Finding("space-refused", "no space, where the rules say: \(expected)")
        }
    }

    // MARK: Views

    /// The first field of a view of a live lease that is not as it should be.
    func difference(_ view: LeaseView, live place: Int) -> StaticString? {
        let lease = world.leases[place]
        let seat = lease.seat
        let end = deadline(ofLease: place)
        let why = ending(ofLease: place)
        if view.id != lease.id { return "id" }
        if view.pool.value != names.pools[world.pools[lease.pool].name] { return "pool" }
        if view.group.value != names.groups[lease.group] { return "group" }
        if view.holder.value != names.holders[lease.holder] { return "holder" }
        if view.seat.name.value != names.seats[world.seats[seat].name] { return "seat" }
        if view.token != lease.token { return "token" }
        if view.seat != names.addresses[Int(world.seats[seat].address)] { return "address" }
        if view.grantedAt.milliseconds != lease.grantedAt { return "granted_at" }
        if view.grantRevision != lease.revision && lease.revision != 0 { return "revision" }
        if view.expiresAt.milliseconds != end { return "expires_at" }
        if view.state != (why == nil ? .active : .ending) { return "state" }
        if view.endingReason != why?.reason { return "ending_reason" }
        if !same(view.detail, why.map(\.detail) ?? absent) { return "detail" }
        if !sameActor(view.grantedBy, lease.grantedBy) { return "granted_by" }
        if view.endedAt != nil || view.endReason != nil { return "ended_at" }
        let windowEnds =
            world.hasCalendars ? world.calendars[Int(lease.group)]?.ends : nil
        if view.windowEnds?.seconds != windowEnds { return "window_ends_at" }
        return nil
    }

    /// The same for a lease that has ended.
    func difference(_ view: LeaseView, _ end: AuditEnd) -> StaticString? {
        if view.id != end.id { return "id" }
        if view.token != end.token { return "token" }
        if view.state != .ended { return "state" }
        if view.pool.value != names.pools[end.pool] { return "pool" }
        if view.group.value != names.groups[end.group] { return "group" }
        if view.holder.value != names.holders[end.holder] { return "holder" }
        if view.seat != names.addresses[Int(end.address)] { return "seat" }
        if view.grantedAt.milliseconds != end.grantedAt { return "granted_at" }
        if view.grantRevision != end.revision && end.revision != 0 { return "revision" }
        if view.expiresAt.milliseconds != end.expiresAt { return "expires_at" }
        if view.endedAt?.milliseconds != end.endedAt { return "ended_at" }
        if view.endReason != end.reason { return "end_reason" }
        if view.endingReason != nil { return "ending_reason" }
        if !same(view.detail, end.detail) { return "detail" }
        if !sameActor(view.grantedBy, end.grantedBy) { return "granted_by" }
        return nil
    }

    /// The view is of the live lease in this place.
    func expect(_ view: LeaseView, live place: Int) throws(Finding) {
        guard let field = difference(view, live: place) else { return }
        throw Finding(
            "lease-\(field)",
            "told \(view), where the rules say \(world.leases[place]) to "
                + "\(deadline(ofLease: place)), ending "
                + String(describing: ending(ofLease: place))
        )
    }

    func same(_ text: String?, _ number: Int32) -> Bool {
        number == absent ? text == nil : text == names.reasons[number]
    }

    func sameActor(_ text: String?, _ number: Int32) -> Bool {
        number == absent ? text == nil : text == names.actors[number]
    }

    func difference(_ view: PoolView, _ place: Int) -> StaticString? {
        let size = world.pools[place].seats.count
        if view.spec.name.value != names.pools[world.pools[place].name] { return "name" }
        if view.spec != world.pools[place].spec { return "spec" }
        if view.revision != world.pools[place].revision { return "revision" }
        if view.mode.kind != world.pools[place].kind { return "mode" }
        if !same(view.mode.reason, world.pools[place].reason) { return "reason" }
        if !sameActor(view.mode.by, world.pools[place].by) { return "by" }
        if view.mode.since.milliseconds != world.pools[place].since { return "since" }
        if (view.mode.deadline?.milliseconds ?? never) != world.pools[place].drainEnd {
            return "deadline"
        }
        if !isSame(view.mode.upcoming, world.pools[place].upcoming) { return "upcoming" }
        if view.size != size { return "size" }
        let seats = view.seats
        if seats.leased != world.pools[place].leased { return "leased" }
        if seats.cordoned != world.pools[place].cordonedFree { return "cordoned" }
        if seats.available != world.pools[place].free + world.pools[place].keptFree {
            return "available"
        }
        // The seats of a pool add up, whatever they are.
        if seats.available + seats.leased + seats.cordoned != size { return "sum" }
        return nil
    }

    private func isSame(_ given: UpcomingDrain?, _ expected: AuditDrain?) -> Bool {
        guard let given, let expected else { return given == nil && expected == nil }
        return given.start.milliseconds == expected.start
            && (given.deadline?.milliseconds ?? never) == expected.end
            && given.reason == names.reasons[expected.reason]
            && given.by == names.actors[expected.by]
    }

    func expect(_ view: PoolView, _ place: Int) throws(Finding) {
        guard let field = difference(view, place) else { return }
        throw Finding("pool-\(field)", "told \(view), where the rules say \(world.pools[place])")
    }

    func difference(_ view: SeatView, _ place: Int) -> StaticString? {
        let seat = world.seats[place]
        if view.address.name.value != names.seats[seat.name] { return "name" }
        if view.address != names.addresses[Int(seat.address)] { return "address" }
        if view.pool.value != names.pools[world.pools[seat.pool].name] { return "pool" }
        if view.token != token(ofSeat: place) { return "token" }
        if view.isRetiring != seat.isRetiring { return "retiring" }
        if (view.cordon != nil) != (seat.cordon != absent) { return "cordon" }
        if let cordon = view.cordon {
            if cordon.reason != names.reasons[seat.cordon] { return "reason" }
            if (cordon.deadline?.milliseconds ?? never) != seat.cordonEnd { return "deadline" }
            if cordon.start?.milliseconds != seat.cordonStart { return "start" }
        }
        if (view.keptFor != nil) != (seat.keptFor != absent) { return "kept" }
        if let person = view.keptFor, person.value != names.holders[seat.keptFor] { return "kept" }
        if seat.lease == absent {
            return view.lease == nil && view.holder == nil ? nil : "lease"
        }
        let lease = world.leases[Int(seat.lease)]
        if view.lease != lease.id { return "lease" }
        if view.holder?.value != names.holders[lease.holder] { return "holder" }
        return nil
    }

    func expect(_ view: SeatView, _ place: Int) throws(Finding) {
        guard let field = difference(view, place) else { return }
        throw Finding("seat-\(field)", "told \(view), where the rules say \(world.seats[place])")
    }

    func expect(_ view: GroupView, _ position: Int, at now: Int64) throws(Finding) {
        let group = world.groups[position]
        guard view.spec == group.spec, view.used == world.used[Int(group.name)] else {
            throw Finding(
                "group",
                "told \(view), where the rules say \(group.spec) "
                    + "with \(world.used[Int(group.name)]) in use")
        }
        guard view.waiting == world.waiters.count(where: { $0.group == group.name }) else {
            throw Finding("group-waiting", "told \(view), where \(world.waiters) wait")
        }
        let calendar = world.hasCalendars ? world.calendars[Int(group.name)] : nil
        let second = second(at: now)
        let window = calendar.flatMap { $0.window(at: second) }
        let closes = window?.end
        let opens = calendar?.opening(after: second)
        guard view.isOpen == (calendar == nil || window != nil), view.closes?.seconds == closes,
            view.opens?.seconds == opens || view.isOpen && view.opens == nil
        else {
            throw Finding(
                "group-window",
                "told \(view) in \(second), where the rules say "
                    + String(describing: calendar))
        }
    }
}
