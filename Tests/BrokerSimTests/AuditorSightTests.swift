import BrokerEngine
import Testing

@testable import BrokerCore
@testable import BrokerSim

/// The auditor is not blind: whatever a broker may get wrong, it is found, and called by its name.
@Suite struct AuditorSightTests {
    private func expectFound(_ lie: Lie) throws { try lie.expectFound(in: AuditorScene()) }

    // MARK: Leases

    static let ofLeases = [
        Lie("a token that was given before", "token-not-grown") { scene in
            let first = try scene.lease("ann")
            try scene.ask(.release(first.id, claim: .anyone))
            try scene.ask(scene.grant("ann")) { $0.lease { $0.token = first.token } }
        },
        Lie("a token too far", "lease-token") { scene in
            try scene.ask(scene.grant("ann")) { $0.lease { $0.token += 1 } }
        },
        Lie("another seat", "lease-seat") { scene in
            try scene.ask(scene.grant("ann")) { $0.lease { $0.seat.name = SeatName("a-2") } }
        },
        Lie("a host of old", "lease-address") { scene in
            try scene.ask(scene.grant("ann")) { $0.lease { $0.seat.host = "old" } }
        },
        Lie("another group is charged", "lease-group") { scene in
            try scene.ask(scene.grant("ann")) { $0.lease { $0.group = GroupName("h") } }
        },
        Lie("a millisecond too long", "lease-expires_at") { scene in
            try scene.ask(scene.grant("ann")) {
                $0.lease { $0.expiresAt = $0.expiresAt.adding(milliseconds: 1) }
            }
        },
        Lie("a renewal that does not count", "lease-expires_at") { scene in
            let lease = try scene.lease("ann", ttl: 60)
            let subject = Subject(holder: lease.holder, unixGroups: [UnixGroupName("g")])
            try scene.ask(
                .renew(lease.id, claim: .anyone, subject: subject, ttlSeconds: 600)
            ) { $0.lease { $0.expiresAt = lease.expiresAt } }
        },
        Lie("a revoked lease that stays active", "lease-state") { scene in
            let lease = try scene.lease("ann")
            try scene.ask(.revoke(lease.id, reason: "x", graceSeconds: 60)) {
                $0.lease { $0.state = .active }
            }
        },
        Lie("a revocation without its reason", "lease-detail") { scene in
            let lease = try scene.lease("ann")
            try scene.ask(.revoke(lease.id, reason: "x", graceSeconds: 0)) {
                $0.lease { $0.detail = nil }
            }
        },
        Lie("a release that is another's", "wrong-refusal") { scene in
            let lease = try scene.lease("ann")
            try scene.ask(.release(lease.id, claim: .holder(HolderName("bob")))) { _ in
                .decided(.done)
            }
        },
        Lie("an id that ended already", "lease-id-twice") { scene in
            let command = scene.grant("ann")
            guard case .decided(.granted(let lease)) = try scene.ask(command) else { return }
            try scene.ask(.release(lease.id, claim: .anyone))
            try scene.ask(command)
        },
    ]

    @Test(arguments: ofLeases) func liesAboutLeases(lie: Lie) throws { try expectFound(lie) }

    // MARK: Rules of a grant

    static let ofRules = [
        Lie("a quota one over", "wrong-answer") { scene in
            let lease = try scene.lease("ann")
            try scene.lease("bob")
            try scene.ask(scene.grant("cid")) { _ in .decided(.granted(lease)) }
        },
        Lie("a reserve that counts for nothing", "wrong-answer") { scene in
            let wide = GroupSpec(
                name: GroupName("g"), members: [.unixGroup(UnixGroupName("g"))],
                pools: [PoolName("a")])
            try scene.ask(.putGroup(wide))
            let lease = try scene.lease("ann")
            try scene.lease("bob")
            try scene.ask(scene.grant("cid")) { _ in .decided(.granted(lease)) }
        },
        Lie("a seat that is there and not given", "wrong-answer") { scene in
            try scene.ask(scene.grant("ann")) { _ in
                .refused(
                    .grant(
                        GrantRefusal(
                            rule: .poolExhausted, earliest: nil, reasons: [])))
            }
        },
        Lie("a second lease in the pool", "wrong-answer") { scene in
            let lease = try scene.lease("ann")
            try scene.ask(scene.grant("ann")) { _ in .decided(.granted(lease)) }
        },
        Lie("the wrong rule", "wrong-rule") { scene in
            try scene.lease("ann")
            try scene.lease("bob")
            try scene.ask(scene.grant("cid")) { $0.refusal { $0.rule = .poolExhausted } }
        },
        Lie("an instant too early", "wrong-rule") { scene in
            try scene.lease("ann")
            try scene.lease("bob")
            try scene.ask(scene.grant("cid")) {
                $0.refusal { $0.earliest = $0.earliest?.adding(milliseconds: -1) }
            }
        },
        Lie("a reason that is kept back", "wrong-reasons") { scene in
            try scene.lease("ann")
            try scene.lease("bob")
            try scene.ask(.cordonPool(PoolName("a"), reason: "x"))
            try scene.ask(scene.grant("cid")) { $0.refusal { _ = $0.reasons.removeLast() } }
        },
        Lie("a wrong number", "wrong-reasons") { scene in
            try scene.lease("ann")
            try scene.lease("bob")
            try scene.ask(scene.grant("cid")) {
                $0.refusal { $0.reasons[0].numbers = .quota(used: 1, limit: 2) }
            }
        },
        Lie("a key that is forgotten", "wrong-replay") { scene in
            let command = scene.grant("ann", key: "k")
            let said = try scene.ask(command)
            try scene.ask(command) { _ in said }
        },
        Lie("a key that stands for another body", "wrong-replay") { scene in
            let command = scene.grant("ann", key: "k")
            try scene.ask(command)
            try scene.ask(command) { _ in .refused(.keyReused) }
        },
    ]

    @Test(arguments: ofRules) func liesAboutRules(lie: Lie) throws { try expectFound(lie) }

    // MARK: Operating

    static let ofOperating = [
        Lie("a revision that is overlooked", "wrong-refusal") { scene in
            let resize = Command.resizePool(PoolName("a"), size: 2, ifRevision: 9)
            try scene.ask(resize) { _ in
                .decided(
                    .resized(
                        ResizePlan(
                            size: 2, targetSize: 2, retired: 1, displaced: [], completeBy: nil,
                            shortfalls: [])))
            }
        },
        Lie("a plan that counts twice", "wrong-plan") { scene in
            try scene.ask(.resizePool(PoolName("a"), size: 2, ifRevision: nil)) { said in
                guard case .decided(.resized(var plan)) = said else { return said }
                plan.retired += 1
                return .decided(.resized(plan))
            }
        },
        Lie("someone displaced who is not told", "wrong-displaced") { scene in
            let lease = try scene.lease("ann")
            for holder in ["dan", "eve"] { try scene.lease(holder, "h", pool: "a", ttl: 300) }
            try scene.ask(.resizePool(PoolName("a"), size: 2, ifRevision: nil)) { said in
                guard case .decided(.resized(var plan)) = said else { return said }
                #expect(plan.displaced.map(\.id) == [lease.id])
                plan.displaced = []
                return .decided(.resized(plan))
            }
        },
        Lie("a drain that cuts one less", "wrong-forecast") { scene in
            try scene.lease("ann", ttl: 300)
            let drain = Command.drainPool(PoolName("a"), reason: "x", deadlineSeconds: 60)
            try scene.ask(drain) { said in
                guard case .decided(.draining(var forecast)) = said else { return said }
                forecast.cutAtDeadline -= 1
                return .decided(.draining(forecast))
            }
        },
        Lie("a pool that is still open", "pool-mode") { scene in
            try scene.ask(.cordonPool(PoolName("a"), reason: "x")) { said in
                guard case .decided(.pool(var pool)) = said else { return said }
                pool.mode.kind = .open
                return .decided(.pool(pool))
            }
        },
        Lie("a seat too many", "pool-available") { scene in
            try scene.ask(.cordonPool(PoolName("a"), reason: "x")) { said in
                guard case .decided(.pool(var pool)) = said else { return said }
                pool.seats.available += 1
                return .decided(.pool(pool))
            }
        },
        Lie("a pool with leases that is deleted", "wrong-refusal") { scene in
            try scene.lease("ann")
            try scene.ask(.deletePool(PoolName("a"))) { _ in .decided(.done) }
        },
        Lie("no space where there is", "space-refused") { scene in
            try scene.ask(scene.grant("ann")) { _ in .noSpace }
        },
        Lie("no space for a release", "space-refused") { scene in
            let lease = try scene.lease("ann")
            scene.auditor.mayLackSpace = true
            try scene.ask(.release(lease.id, claim: .anyone)) { _ in .noSpace }
        },
        Lie("yes to what was not written", "not-on-disk") { scene in
            scene.auditor.mayLackSpace = true
            try scene.ask(scene.grant("ann"), isWritten: false)
        },
    ]

    @Test(arguments: ofOperating) func liesAboutOperating(lie: Lie) throws { try expectFound(lie) }

    // MARK: The state

    static let ofState = [
        Lie("a release that comes back", "lost-release") { scene in
            let lease = try scene.lease("ann")
            let before = scene.broker
            try scene.ask(.release(lease.id, claim: .anyone))
            try scene.auditor.recovered(before, inFlight: [], at: nil)
        },
        Lie("a grant that is lost", "lost-lease") { scene in
            let before = scene.broker
            try scene.lease("ann")
            try scene.auditor.recovered(before, inFlight: [], at: nil)
        },
        Lie("a lease that outlives its deadline", "outlives-its-deadline") { scene in
            try scene.lease("ann", ttl: 1)
            let before = scene.broker
            scene.now = scene.now.adding(seconds: 1)
            try scene.ask(.passTime)
            try scene.auditor.check(before)
        },
        Lie("a lease that ends a millisecond early", "lost-lease") { scene in
            try scene.lease("ann", ttl: 1)
            scene.now = scene.now.adding(milliseconds: 999)
            try scene.auditor.answered([], [], at: scene.now, isWritten: true)
            scene.now = scene.now.adding(milliseconds: 1)
            _ = scene.answer(.passTime)
            try scene.auditor.check(scene.broker)
        },
        Lie("half a batch after a crash", "lost-lease") { scene in
            let leases = [try scene.lease("ann"), try scene.lease("bob")]
            let batch = leases.map {
                Question(.release($0.id, claim: .anyone), by: AuditorScene.admin)
            }
            _ = scene.answer(batch[0].command)
            try scene.auditor.recovered(scene.broker, inFlight: batch, at: scene.now)
        },
        Lie("a batch that nobody sent", "lost-lease") { scene in
            let lease = try scene.lease("ann")
            _ = scene.answer(.release(lease.id, claim: .anyone))
            try scene.auditor.recovered(scene.broker, inFlight: [], at: scene.now)
        },
        Lie("a token that was given before a restore", "token-not-grown") { scene in
            let backup = (scene.broker, scene.auditor)
            try scene.lease("ann")
            scene.broker = backup.0
            scene.auditor.restored(to: backup.1)
            try scene.lease("ann")
        },
        Lie("a counter that goes back", "seat-token") { scene in
            try scene.lease("ann")
            try scene.checkDoctored { $0.seats[0].token = 0 }
        },
        Lie("a cordon that is lost", "seat-cordon") { scene in
            try scene.ask(.cordonSeat(SeatName("a-2"), reason: "x"))
            try scene.checkDoctored { $0.seats[1].cordon = nil }
        },
        Lie("a seat that is lost", "seat-name") { scene in
            try scene.checkDoctored { $0.seats.remove(at: 2) }
        },
        Lie("a pool's revision that moves by itself", "pool-revision") { scene in
            try scene.checkDoctored { $0.pools[0].revision += 1 }
        },
        Lie("a group that lost its quota", "group") { scene in
            try scene.checkDoctored { $0.groups[0].quota = nil }
        },
        Lie("a key that is lost", "key-count") { scene in
            try scene.ask(scene.grant("ann", key: "k"))
            try scene.checkDoctored { $0.keys = [] }
        },
        Lie("a deadline that only a drain covers", "own-deadline") { scene in
            try scene.lease("ann", ttl: 600)
            try scene.ask(.drainPool(PoolName("a"), reason: "x", deadlineSeconds: 60))
            try scene.checkDoctored {
                $0.leases[0].grant.ttlDeadline = $0.leases[0].grant.ttlDeadline.adding(seconds: 9)
            }
        },
        Lie("history that is lost", "ended-count") { scene in
            let lease = try scene.lease("ann")
            try scene.ask(.release(lease.id, claim: .anyone))
            try scene.checkDoctored { $0.ended = [] }
        },
        Lie("another end than the one that was", "ended-end_reason") { scene in
            let lease = try scene.lease("ann")
            try scene.ask(.release(lease.id, claim: .anyone))
            try scene.checkDoctored { $0.ended[0].reason = .expired }
        },
        Lie("a floor that sinks", "seat-token") { scene in
            try scene.ask(.raiseTokenFloor(100))
            try scene.checkDoctored { image in
                image.tokenFloor = 0
                for index in image.seats.indices { image.seats[index].token = 0 }
            }
        },
    ]

    @Test(arguments: ofState) func liesAboutTheState(lie: Lie) throws { try expectFound(lie) }

    /// What is true is not found.
    @Test func theTruth() throws {
        var scene = try AuditorScene()
        let lease = try scene.lease("ann")
        let before = scene.broker
        try scene.auditor.recovered(before, inFlight: [], at: nil)
        let batch = [Question(.release(lease.id, claim: .anyone), by: AuditorScene.admin)]
        // A batch in flight is there or not.
        var other = scene
        try other.auditor.recovered(before, inFlight: batch, at: scene.now)
        _ = scene.answer(batch[0].command)
        try scene.auditor.recovered(scene.broker, inFlight: batch, at: scene.now)
        #expect(scene.auditor.operationCount == 2)
    }
}
