import BrokerEngine
import Testing

@testable import BrokerCore
@testable import BrokerSim

/// What a broker may get wrong about windows, the waiting line and drains to come is found as well.
@Suite struct AuditorTurnSightTests {
    private func expectFound(_ lie: Lie) throws {
        var scene = try AuditorScene()
        try scene.ask(.applySite(AuditorScene.halfDays))
        try lie.expectFound(in: scene)
    }

    // MARK: Turns

    static let ofTurns = [
        Lie("a lease beyond window and grace", "lease-expires_at") { scene in
            try scene.ask(scene.grant("ann")) {
                $0.lease { $0.expiresAt = $0.expiresAt.adding(milliseconds: 1) }
            }
        },
        Lie("another end of the window", "lease-window_ends_at") { scene in
            try scene.ask(scene.grant("ann")) {
                $0.lease { $0.windowEnds = $0.windowEnds?.adding(seconds: 1) }
            }
        },
        Lie("a lease that is active after its window", "lease-state") { scene in
            let lease = try scene.lease("ann")
            scene.pass(3_600)
            try scene.ask(scene.renewal(lease)) {
                $0.lease {
                    $0.state = .active
                    $0.endingReason = nil
                }
            }
        },
        Lie("an end that has another reason", "ended-end_reason") { scene in
            try scene.lease("ann")
            scene.pass(4_200)
            try scene.ask(.passTime)
            try scene.checkDoctored { $0.ended[0].reason = .expired }
        },
        Lie("a lease that ends with the window", "lost-lease") { scene in
            try scene.lease("ann")
            scene.pass(3_600)
            try scene.ask(.passTime)
            try scene.checkDoctored { $0.leases = [] }
        },
        Lie("a lease that is charged to nobody else", "lease-group") { scene in
            let lease = try scene.lease("both")
            scene.pass(3_600)
            try scene.ask(scene.renewal(lease)) { $0.lease { $0.group = GroupName("g") } }
        },
        Lie("a group that is in turn too early", "wrong-answer") { scene in
            let lease = try scene.lease("ann")
            try scene.ask(scene.grant("bob", "h")) { _ in .decided(.granted(lease)) }
        },
        Lie("a group that is in turn too late", "wrong-answer") { scene in
            guard case .refused(let early) = try scene.ask(scene.grant("bob", "h")) else { return }
            scene.pass(3_600)
            try scene.ask(scene.grant("bob", "h")) { _ in .refused(early) }
        },
        Lie("windows that are not those of the rota", "windows") { scene in
            try scene.checkDoctored { $0.windows[1].windows.removeLast() }
        },
        Lie("a group whose turn was missed", "lease-state") { scene in
            try scene.lease("ann")
            scene.pass(3_600)
            let before = scene.broker.image.windows[0].turn
            try scene.ask(.passTime)
            try scene.checkDoctored { $0.windows[0].turn = before }
        },
        Lie("who is cut off is not told", "wrong-displaced") { scene in
            try scene.lease("ann")
            var group = AuditorScene.halfDays.groups[0]
            group.slots = ["tue.am"]
            try scene.ask(.putGroup(group)) { answer in
                guard case .decided(.group(var change)) = answer else { return answer }
                change.displaced = []
                return .decided(.group(change))
            }
        },
        Lie("unix groups that were not seen", "subject") { scene in
            try scene.lease("ann")
            try scene.checkDoctored { $0.subjects = [] }
        },
    ]

    @Test(arguments: ofTurns) func liesAboutTurns(lie: Lie) throws { try expectFound(lie) }

    // MARK: Refusals

    static let ofRefusals = [
        Lie("another opening", "wrong-reasons") { scene in
            try scene.ask(scene.grant("bob", "h")) {
                $0.refusal { refusal in
                    guard case .window(let opens?, let closes) = refusal.reasons[0].numbers else {
                        return
                    }
                    refusal.reasons[0].numbers = .window(
                        opens: opens.adding(seconds: 1), closes: closes)
                }
            }
        },
        Lie("an opening that nobody is told of", "wrong-rule") { scene in
            try scene.ask(scene.grant("bob", "h")) { $0.refusal { $0.earliest = nil } }
        },
        Lie("a refusal that is not written down", "refusal-not-written") { scene in
            try scene.ask(scene.grant("bob", "h")) { said in said.records = [] }
        },
        Lie("another rule is written down", "refusal-row") { scene in
            try scene.ask(scene.grant("bob", "h")) { said in
                said.records = said.records.map { record in
                    guard case .refused(var row) = record else { return record }
                    row.rule = .quotaExceeded
                    return .refused(row)
                }
            }
        },
    ]

    @Test(arguments: ofRefusals) func liesAboutRefusals(lie: Lie) throws { try expectFound(lie) }

    // MARK: The line

    static let ofTheLine = [
        Lie("a place that is not the last", "wait-ahead") { scene in
            try scene.fill()
            try scene.ask(scene.wait("cid")) { $0.wait { $0.ahead += 1 } }
        },
        Lie("a wait that is longer than asked for", "wait-view") { scene in
            try scene.fill()
            try scene.ask(scene.wait("cid")) {
                $0.wait { $0.until = $0.until.adding(milliseconds: 1) }
            }
        },
        Lie("a place though there is a seat", "wrong-answer") { scene in
            var other = scene
            try other.fill()
            let said = try other.ask(other.wait("cid"))
            try scene.ask(scene.wait("cid")) { _ in said }
        },
        Lie("the second is served before the first", "line-not-served") { scene in
            let lease = try scene.fill()
            for person in ["cid", "dan"] {
                try scene.ask(scene.wait(person))
                scene.pass(1)
            }
            guard case .decided(.waiting(let second)) = try scene.ask(scene.wait("eve")) else {
                return
            }
            try scene.ask(.release(lease.id, claim: .anyone)) { said in
                said.line[0].0 = second.ticket
            }
        },
        Lie("nobody is served", "line-not-served") { scene in
            let lease = try scene.fill()
            try scene.ask(scene.wait("cid"))
            try scene.ask(.release(lease.id, claim: .anyone)) { said in said.line = [] }
        },
        Lie("nobody is served as the window opens", "line-not-served") { scene in
            try scene.ask(scene.wait("bob", "h", seconds: 3_600))
            scene.pass(3_600)
            try scene.ask(.passTime) { said in said.line = [] }
        },
        Lie("a wait that is over too soon", "line-told-too-much") { scene in
            try scene.fill()
            guard case .decided(.waiting(let view)) = try scene.ask(scene.wait("cid")) else {
                return
            }
            scene.pass(59)
            let expired = GrantRefusal(rule: .waitExpired, earliest: nil, reasons: [])
            try scene.ask(.passTime) { said in
                said.line = [(view.ticket, .refused(.grant(expired)))]
            }
        },
        Lie("a wait that is never over", "line-not-served") { scene in
            try scene.fill()
            try scene.ask(scene.wait("cid"))
            scene.pass(60)
            try scene.ask(.passTime) { said in said.line = [] }
        },
        Lie("a place is taken, and who had it is not told", "line-not-told") { scene in
            try scene.fill()
            try scene.ask(scene.wait("cid"))
            try scene.ask(scene.wait("cid")) { said in said.line = [] }
        },
        Lie("a place of somebody who has a lease now", "line-not-told") { scene in
            let lease = try scene.fill()
            try scene.ask(scene.wait("cid"))
            try scene.ask(scene.wait("cid", pool: "a"))
            try scene.ask(.release(lease.id, claim: .anyone)) { said in said.line.removeLast() }
        },
        Lie("a place is lost", "group-waiting") { scene in
            try scene.fill()
            try scene.ask(scene.wait("cid"))
            try scene.checkDoctored { $0.waiters = [] }
        },
        Lie("a place is kept for too long", "waiter") { scene in
            try scene.fill()
            guard case .decided(.waiting(let view)) = try scene.ask(scene.wait("cid", key: "k"))
            else { return }
            try scene.ask(.leaveLine(view.ticket))
            try scene.checkDoctored { image in
                image.waiters[0].absentUntil = image.waiters[0].absentUntil?.adding(milliseconds: 1)
            }
        },
    ]

    @Test(arguments: ofTheLine) func liesAboutTheLine(lie: Lie) throws { try expectFound(lie) }

    // MARK: Accounts

    static let ofAccounts = [
        Lie("a minute too many in an account", "account") { scene in
            try scene.ask(scene.grant("bob", "h"))
            try scene.checkDoctored { $0.accounts[0].account.days[0].minutes += 1 }
        },
        Lie("minutes of waiting that do not count", "account") { scene in
            let lease = try scene.fill()
            try scene.ask(scene.wait("cid", seconds: 600))
            scene.pass(120)
            try scene.ask(.release(lease.id, claim: .anyone))
            try scene.checkDoctored { $0.accounts = [] }
        },
        Lie("a minute too many is written down", "wait-end") { scene in
            let lease = try scene.fill()
            try scene.ask(scene.wait("cid", seconds: 600))
            scene.pass(119)
            try scene.ask(.release(lease.id, claim: .anyone)) { said in
                said.records = said.records.map { record in
                    guard case .waitEnded(let ticket, let end, let minutes) = record else {
                        return record
                    }
                    return .waitEnded(ticket, end, minutes: minutes + 1)
                }
            }
        },
        Lie("an account that does not count in the line", "waiter") { scene in
            try scene.ask(scene.grant("bob", "h"))
            scene.pass(60)
            try scene.ask(scene.wait("bob", "h", seconds: 3_600)) { said in
                said.records = said.records.map { record in
                    guard case .waitStarted(var waiter) = record else { return record }
                    waiter.credit = 0
                    return .waitStarted(waiter)
                }
            }
        },
    ]

    @Test(arguments: ofAccounts) func liesAboutAccounts(lie: Lie) throws { try expectFound(lie) }

    // MARK: Drains to come

    static let ofDrains = [
        Lie("a drain that begins at another time", "wrong-forecast") { scene in
            try scene.ask(scene.drain()) { answer in
                guard case .decided(.draining(var forecast)) = answer else { return answer }
                forecast.startsAt = forecast.startsAt?.adding(milliseconds: 1)
                return .decided(.draining(forecast))
            }
        },
        Lie("a drain to come that closes the pool now", "pool-mode") { scene in
            try scene.ask(scene.drain())
            try scene.checkDoctored { $0.pools[0].mode.kind = .draining }
        },
        Lie("a drain to come that is forgotten", "pool-upcoming") { scene in
            try scene.ask(scene.drain())
            try scene.checkDoctored { $0.pools[0].mode.upcoming = nil }
        },
        Lie("a drain that does not begin", "pool-mode") { scene in
            try scene.ask(scene.drain())
            let before = scene.broker.image.pools[0].mode
            scene.pass(600)
            try scene.ask(.passTime)
            try scene.checkDoctored { $0.pools[0].mode = before }
        },
        Lie("a lease beyond a drain to come", "lease-expires_at") { scene in
            try scene.ask(scene.drain(deadlineSeconds: 60))
            try scene.ask(scene.grant("ann")) {
                $0.lease { $0.expiresAt = $0.expiresAt.adding(milliseconds: 1) }
            }
        },
    ]

    @Test(arguments: ofDrains) func liesAboutDrains(lie: Lie) throws { try expectFound(lie) }

    /// The same scenes without a lie.
    @Test func theTruth() throws {
        var scene = try AuditorScene()
        try scene.ask(.applySite(AuditorScene.halfDays))
        try scene.ask(scene.grant("bob", "h"))
        let both = try scene.lease("both")
        let ann = try scene.lease("ann")
        try scene.ask(scene.wait("cid", seconds: 600))
        try scene.ask(scene.wait("cid", pool: "a", seconds: 600))
        try scene.ask(scene.wait("bob", "h", seconds: 3_600))
        scene.pass(120)
        try scene.ask(.release(ann.id, claim: .anyone))
        try scene.ask(scene.drain(deadlineSeconds: 60))
        try scene.ask(.uncordonPool(PoolName("a"), reason: nil))
        scene.pass(3_480)
        try scene.ask(scene.renewal(both))
        scene.pass(600)
        try scene.ask(.passTime)
        try scene.auditor.check(scene.broker)
        #expect(scene.broker.lease(both.id)?.group == GroupName("h"))
        #expect(scene.broker.leaseCount == 1)
    }
}

extension AuditorScene {
    /// g has the first hour, h the second, and both may be in both; one pool of two seats.
    fileprivate static let halfDays = SiteSpec(
        pools: [
            PoolSpec(
                name: PoolName("a"), size: 2, seatName: "a-%d", leaseTTLSeconds: 60,
                leaseTTLSecondsMax: 36_000)
        ],
        groups: [
            GroupSpec(
                name: GroupName("g"),
                members: [.unixGroup(UnixGroupName("g")), .user(HolderName("both"))],
                pools: [PoolName("a")], slots: ["mon.am"]),
            GroupSpec(
                name: GroupName("h"),
                members: [.unixGroup(UnixGroupName("h")), .user(HolderName("both"))],
                pools: [PoolName("a")], slots: ["mon.pm"]),
        ],
        rota: RotaSpec(
            timezone: SimRota.zone(daySeconds: 86_400), anchor: CivilDate(text: "2025-11-24")!,
            graceSeconds: 600,
            slots: [
                RotaSlot(name: "am", hours: "16:00-17:00"),
                RotaSlot(name: "pm", hours: "17:00-18:00"),
            ]))

    fileprivate mutating func pass(_ seconds: Int) { now = now.adding(seconds: seconds) }

    /// Both seats are taken; the second lease.
    @discardableResult
    fileprivate mutating func fill() throws -> LeaseView {
        try lease("ann")
        return try lease("ada")
    }

    fileprivate mutating func wait(
        _ holder: String, _ group: String = "g", pool: String? = nil, seconds: Int = 60,
        key: String? = nil
    ) -> Command {
        guard case .grant(var command) = grant(holder, group, pool: pool, key: key) else {
            return .passTime
        }
        command.wait = GrantCommand.Wait(seconds: seconds)
        return .grant(command)
    }

    fileprivate func renewal(_ lease: LeaseView) -> Command {
        .renew(
            lease.id, claim: .anyone,
            subject: Subject(holder: lease.holder, unixGroups: [UnixGroupName("g")]),
            ttlSeconds: nil)
    }

    /// In ten minutes.
    fileprivate func drain(deadlineSeconds: Int? = nil) -> Command {
        .drainPool(
            PoolName("a"), reason: "x", deadlineSeconds: deadlineSeconds,
            start: .at(wallMilliseconds: now.milliseconds + 600_000), ifRevision: nil)
    }
}

extension EngineAnswer {
    /// The answer with another place in it.
    fileprivate func wait(_ change: (inout WaitView) -> Void) -> EngineAnswer {
        guard case .decided(.waiting(var view)) = self else { return self }
        change(&view)
        return .decided(.waiting(view))
    }
}
