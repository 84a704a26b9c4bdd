import BrokerAPI
import Testing

@testable import brokerctl

@Suite struct LeaseKeeperTests {
    private static let wall = Timestamp(milliseconds: 1_000_000_000)

    private func lease(
        left: Int64, state: LeaseState = .active, reason: LeaseEndReason? = nil
    ) -> Lease {
        Lease(
            id: "x", token: 1, state: state, pool: "p", group: "g", holder: "h",
            seat: LeaseSeat(name: "s", host: "s", port: 1, seatProtocol: .rdp),
            grantedAt: Self.wall,
            expiresAt: Timestamp(milliseconds: Self.wall.milliseconds + left),
            endingReason: state == .ending ? reason : nil,
            endReason: state == .ended ? reason : nil, detail: reason == nil ? nil : "why")
    }

    private func keeper(left: Int64 = 120_000) -> LeaseKeeper {
        LeaseKeeper(lease(left: left), ttlSeconds: 120, wall: Self.wall, now: 0)
    }

    @Test func itWatchesAtOnceAndRenewsAtAThird() {
        var keeper = keeper()
        #expect(keeper.handle(.timePassed, now: 0) == [.watch])
        #expect(keeper.handle(.watchOpened, now: 1) == [])
        for now in stride(from: Int64(1000), through: 39_000, by: 1000) {
            #expect(keeper.handle(.watchHeard, now: now) == [])
        }
        #expect(keeper.handle(.watchHeard, now: 39_999) == [])
        #expect(keeper.handle(.timePassed, now: 40_000) == [.renew])
        #expect(keeper.handle(.timePassed, now: 40_001) == [])
        #expect(keeper.handle(.renewed(lease(left: 120_000), wall: Self.wall), now: 40_050) == [])
        #expect(keeper.nextDeadline <= 40_050 + 40_000)
    }

    @Test func aRestartIsRiddenThroughUpToTheExpiry() {
        var keeper = keeper(left: 9000)
        #expect(keeper.handle(.timePassed, now: 0) == [.watch])
        var now: Int64 = 100
        var renewals = 0
        var watches = 0
        _ = keeper.handle(.watchClosed, now: now)
        while now < 8999 {
            now = max(now + 1, min(keeper.nextDeadline, 8999))
            for action in keeper.handle(.timePassed, now: now) {
                switch action {
                case .renew:
                    renewals += 1
                    #expect(keeper.handle(.renewFailed, now: now).isEmpty)
                case .watch:
                    watches += 1
                    #expect(keeper.handle(.watchClosed, now: now).isEmpty)
                case .lose, .warn, .announce: Issue.record("too early")
                }
            }
        }
        #expect(renewals > 3 && renewals < 20)
        #expect(watches > 3 && watches < 20)
        #expect(
            keeper.handle(.timePassed, now: 9000) == [.lose("it expired, and could not be renewed")]
        )
        #expect(keeper.handle(.timePassed, now: 9001) == [])
    }

    @Test func anEndedLeaseIsLostAtOnce() {
        var keeper = keeper()
        let ended = lease(left: 0, state: .ended, reason: .revoked)
        #expect(
            keeper.handle(.lease(ended, wall: Self.wall), now: 5) == [.lose("revoked, why")])
        #expect(keeper.handle(.gone("again"), now: 6) == [])
    }

    private func notice(
        _ left: Int, of lease: Lease, _ reason: LeaseEndReason = .windowClosed
    ) -> LeaseKeeper.Event {
        .notice(
            LeaseNotice(
                lease: "x", endsAt: lease.expiresAt, remainingSeconds: left, reason: reason))
    }

    private func announcement(
        _ text: String, _ seconds: Int, _ reason: LeaseEndReason, of lease: Lease
    ) -> LeaseKeeper.Action {
        .announce(
            EndNotice(
                secondsLeft: seconds, reason: reason, endsAt: lease.expiresAt, text: text))
    }

    @Test func anEndIsAnnouncedOnce() {
        var keeper = keeper()
        _ = keeper.handle(.timePassed, now: 0)
        let ending = lease(left: 60_000, state: .ending, reason: .drained)
        #expect(
            keeper.handle(.lease(ending, wall: Self.wall), now: 5) == [
                announcement("the lease ends in 1m: drained, why.", 60, .drained, of: ending)
            ])
        #expect(keeper.handle(.lease(ending, wall: Self.wall), now: 6) == [])
        // The daemon says the same a moment later; only what it says after a while is news.
        #expect(keeper.handle(notice(60, of: ending, .drained), now: 5004) == [])
        #expect(
            keeper.handle(notice(10, of: ending, .drained), now: 5005) == [
                announcement("the lease ends in 10s: drained, why.", 10, .drained, of: ending)
            ])
    }

    @Test func aNoticeComesBeforeTheWindowEnds() {
        var keeper = keeper()
        let capped = lease(left: 110_000)
        _ = keeper.handle(.timePassed, now: 0)
        _ = keeper.handle(.watchOpened, now: 0)
        #expect(
            keeper.handle(notice(1800, of: capped), now: 10) == [
                announcement(
                    "the lease ends in 30m: window-closed.", 1800, .windowClosed, of: capped)
            ])
        #expect(keeper.handle(.lease(capped, wall: Self.wall), now: 20) == [])
        // The window is over, and the notice was about just this end.
        let over = lease(left: 110_000, state: .ending, reason: .windowClosed)
        #expect(keeper.handle(.lease(over, wall: Self.wall), now: 30) == [])
    }

    @Test func aStreamThatIsOpenedAnewRepeatsNothing() {
        for (left, isNews) in [(1790, false), (901, false), (900, true), (110, true)] {
            var keeper = keeper()
            let capped = lease(left: 110_000)
            _ = keeper.handle(.timePassed, now: 0)
            _ = keeper.handle(.watchOpened, now: 0)
            #expect(keeper.handle(notice(1800, of: capped), now: 10).count == 1)
            _ = keeper.handle(.watchClosed, now: 6000)
            _ = keeper.handle(.timePassed, now: 6500)
            _ = keeper.handle(.watchOpened, now: 6500)
            #expect(keeper.handle(notice(left, of: capped), now: 6510).count == (isNews ? 1 : 0))
            // The next one is due by itself.
            #expect(keeper.handle(notice(100, of: capped), now: 20_000).count == 1)
        }
    }

    /// A lease that is ending is renewed as long as its end is far: how far, its own instants do not
    /// tell, and each renewal moves them.
    @Test func aFarEndIsSaidOnceAndTimedByTheDaemon() {
        var keeper = keeper()
        _ = keeper.handle(.timePassed, now: 0)
        _ = keeper.handle(.watchOpened, now: 0)
        var told: [String] = []
        func note(_ actions: [LeaseKeeper.Action], _ now: Int64) {
            for action in actions {
                switch action {
                case .warn(let text): told.append("\(now) \(text)")
                case .announce(let notice): told.append("\(now) \(notice.text)")
                case .lose(let why): told.append("\(now) lost: \(why)")
                case .renew, .watch: break
                }
            }
        }
        func ending(_ now: Int64) -> Lease {
            lease(left: min(now + 120_000, 1_800_000), state: .ending, reason: .drained)
        }
        note(keeper.handle(.lease(ending(0), wall: Self.wall), now: 0), 0)
        for now in stride(from: Int64(1000), through: 1_800_000, by: 1000) {
            let actions = keeper.handle(.watchHeard, now: now)
            note(actions, now)
            if actions.contains(.renew) {
                let wall = Timestamp(milliseconds: Self.wall.milliseconds + now)
                note(keeper.handle(.renewed(ending(now), wall: wall), now: now), now)
            }
        }
        #expect(told.first == "0 the lease is ending: drained, why.")
        #expect(told.last == "1800000 lost: drained, why")
        #expect(told.count == 3 && told[1].contains("the lease ends in 1m"))
    }

    @Test func theDaemonsNoticesCountWhileItIsHeard() {
        for isHeard in [true, false] {
            var keeper = keeper(left: 1_200_000)
            let ending = lease(left: 700_000, state: .ending, reason: .drained)
            var told: [String] = []
            var events: [LeaseKeeper.Event] = [.lease(ending, wall: Self.wall)]
            _ = keeper.handle(.timePassed, now: 0)
            if isHeard { _ = keeper.handle(.watchOpened, now: 0) }
            var now: Int64 = 0
            while now <= 700_000 {
                let event = events.popLast() ?? (isHeard ? .watchHeard : .timePassed)
                for action in keeper.handle(event, now: now) {
                    if case .announce(let notice) = action { told.append("\(now) \(notice.text)") }
                    if case .lose(let why) = action { told.append("\(now) lost: \(why)") }
                }
                now += 500
            }
            let own = [
                "100000 the lease ends in 10m.", "580000 the lease ends in 2m.",
                "670000 the lease ends in 30s.",
            ]
            #expect(
                told == ["0 the lease ends in 11m40s: drained, why."] + (isHeard ? [] : own)
                    + ["700000 lost: drained, why"])
        }
    }

    @Test func anEndThatIsCalledOffIsNotAnnounced() {
        var keeper = keeper()
        let ending = lease(left: 60_000, state: .ending, reason: .drained)
        _ = keeper.handle(.lease(ending, wall: Self.wall), now: 0)
        _ = keeper.handle(.lease(lease(left: 119_000), wall: Self.wall), now: 1000)
        for now in stride(from: Int64(2000), to: 119_000, by: 1000) {
            for action in keeper.handle(.timePassed, now: now) {
                switch action {
                case .warn, .announce: Issue.record("announced at \(now)")
                case .renew, .watch, .lose: break
                }
            }
        }
    }

    @Test func aLeaseThatWasHeldBeforeIsNotTakenForOneThatIsCut() {
        var keeper = LeaseKeeper(
            lease(left: 28_800_000), ttlSeconds: 120, wall: Self.wall, now: 0)
        _ = keeper.handle(.timePassed, now: 0)
        _ = keeper.handle(.timePassed, now: 9_600_000)
        // Renewing for two minutes moves nothing as long as there are hours left.
        let same = lease(left: 28_800_000 - 9_600_000)
        #expect(keeper.handle(.renewed(same, wall: Self.wall), now: 9_600_001) == [])
        #expect(keeper.handle(.watchClosed, now: 9_600_002) == [])
        for action in keeper.handle(.timePassed, now: 28_800_000 - 590_000) {
            if case .announce = action { Issue.record("announced") }
        }
    }

    @Test func aSilentStreamIsOpenedAnew() {
        var keeper = keeper()
        #expect(keeper.handle(.timePassed, now: 0) == [.watch])
        #expect(keeper.handle(.timePassed, now: 14_999) == [])
        #expect(keeper.handle(.timePassed, now: 15_000) == [.watch])
    }

    @Test func aRefusedRenewalLeavesTheRest() {
        var keeper = keeper(left: 30_000)
        #expect(keeper.handle(.timePassed, now: 0) == [.watch])
        #expect(
            keeper.handle(.renewRefused("Left the group."), now: 10_000) == [
                announcement(
                    "the lease ends in 20s and cannot be renewed: Left the group.", 20, .expired,
                    of: lease(left: 30_000))
            ])
        #expect(keeper.handle(.watchHeard, now: 11_000) == [])
        #expect(keeper.handle(.watchHeard, now: 17_000) == [.renew])
        #expect(keeper.handle(.renewRefused("Left the group."), now: 17_001) == [])
        _ = keeper.handle(.watchHeard, now: 29_999)
        #expect(
            keeper.handle(.watchHeard, now: 30_000)
                == [.lose("it expired, and could not be renewed")])
    }

    @Test func aShortRestIsNotRenewedInAStorm() {
        var keeper = keeper(left: 1500)
        #expect(keeper.handle(.timePassed, now: 999) == [.watch])
        #expect(keeper.handle(.timePassed, now: 1000) == [.renew])
    }
}
