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

    @Test func anEndIsAnnouncedOnce() {
        var keeper = keeper()
        _ = keeper.handle(.timePassed, now: 0)
        let ending = lease(left: 60_000, state: .ending, reason: .drained)
        #expect(
            keeper.handle(.lease(ending, wall: Self.wall), now: 5)
                == [.warn("the lease ends in 1m: drained, why.")])
        #expect(keeper.handle(.lease(ending, wall: Self.wall), now: 6) == [])
        #expect(
            keeper.handle(.notice(endsAt: ending.expiresAt, secondsLeft: 10), now: 7)
                == [.warn("the lease ends in 10s.")])
    }

    @Test func theEndIsAnnouncedWhenItComesNear() {
        var keeper = keeper()
        let ending = lease(left: 700_000, state: .ending, reason: .drained)
        var told: [String] = []
        var events: [LeaseKeeper.Event] = [.lease(ending, wall: Self.wall)]
        var now: Int64 = 0
        while now <= 700_000 {
            for action in keeper.handle(events.popLast() ?? .watchHeard, now: now) {
                if case .warn(let text) = action { told.append("\(now) \(text)") }
                if case .lose(let why) = action { told.append("\(now) lost: \(why)") }
            }
            now += 500
        }
        #expect(
            told == [
                "0 the lease ends in 11m40s: drained, why.", "100000 the lease ends in 10m.",
                "580000 the lease ends in 2m.", "670000 the lease ends in 30s.",
                "700000 lost: drained, why",
            ])
    }

    @Test func anEndThatIsCalledOffIsNotAnnounced() {
        var keeper = keeper()
        let ending = lease(left: 60_000, state: .ending, reason: .drained)
        _ = keeper.handle(.lease(ending, wall: Self.wall), now: 0)
        _ = keeper.handle(.lease(lease(left: 120_000), wall: Self.wall), now: 1000)
        for now in stride(from: Int64(2000), to: 120_000, by: 1000) {
            for action in keeper.handle(.watchHeard, now: now) {
                if case .warn = action { Issue.record("announced at \(now)") }
            }
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
            keeper.handle(.renewRefused("Left the group."), now: 10_000)
                == [.warn("the lease ends in 20s and cannot be renewed: Left the group.")])
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
