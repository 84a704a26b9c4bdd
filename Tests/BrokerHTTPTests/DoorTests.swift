import Glibc
import NIOCore
import Testing

@testable import BrokerHTTP

/// Who is let in, who is told why not, and who is hung up on.
@Suite struct DoorTests {
    private static let second: UInt64 = 1_000_000_000
    private static let start = 100 * second

    private func door(_ change: (inout TransportLimits) -> Void) -> (Door, CounterCell) {
        var limits = TransportLimits()
        change(&limits)
        let counters = CounterCell()
        return (Door(kind: .agent, limits: limits, counters: counters), counters)
    }

    @Test func aUserHasSoManyConnectionsAndOthersHaveTheirs() {
        let (door, counters) = door { $0.connectionsPerUser = 2 }
        let full = Door.Verdict.refused(.connectionsOfUser(limit: 2), explained: true)
        let calls: [(UInt32, Door.Verdict)] = [
            (1, .admitted), (1, .admitted), (1, full), (2, .admitted), (1, full),
        ]
        for (account, verdict) in calls {
            #expect(door.arrive(account: account, nowNanoseconds: Self.start) == verdict)
        }
        #expect(door.admitted == 3)
        door.leave(account: 1)
        #expect(door.arrive(account: 1, nowNanoseconds: Self.start) == .admitted)
        #expect(counters.snapshot.connectionsOpen == 3)
        #expect(counters.snapshot.connectionsAccepted == 6)
        #expect(counters.snapshot.refusals(.userConnections) == 2)
    }

    @Test func whoIsRefusedOnAndOnIsHungUpOn() {
        let (door, _) = door { $0.connectionsPerUser = 0 }
        func isExplained(at instant: UInt64) -> Bool {
            door.arrive(account: 1, nowNanoseconds: instant)
                == .refused(.connectionsOfUser(limit: 0), explained: true)
        }
        for _ in 0..<Door.explanationsPerSecond { #expect(isExplained(at: Self.start)) }
        for _ in 0..<1_000 { #expect(!isExplained(at: Self.start)) }
        let interval = Self.second / UInt64(Door.explanationsPerSecond)
        #expect(!isExplained(at: Self.start + interval - 1))
        #expect(isExplained(at: Self.start + interval))
        #expect(!isExplained(at: Self.start + interval))
    }

    @Test func comingAndGoingIsChargedLikeAsking() {
        let (door, counters) = door {
            $0.connectionsPerUser = 4
            $0.requestsPerSecondPerUser = 10
        }
        func comesAndGoes(at instant: UInt64) -> Bool {
            guard door.arrive(account: 1, nowNanoseconds: instant) == .admitted else {
                return false
            }
            door.leave(account: 1)
            return true
        }
        // As many at once as it may have connections and requests, then as many as requests.
        for _ in 0..<14 { #expect(comesAndGoes(at: Self.start)) }
        #expect(!comesAndGoes(at: Self.start))
        #expect(counters.snapshot.refusals(.userArrivals) == 1)
        #expect(comesAndGoes(at: Self.start + Self.second / 10))
        #expect(!comesAndGoes(at: Self.start + Self.second / 10))
        #expect(door.admitted == 0)
    }

    @Test func aFullListenerIsFullForAll() {
        let (door, _) = door { $0.agentConnectionsMax = 1 }
        #expect(door.arrive(account: 1, nowNanoseconds: Self.start) == .admitted)
        for account: UInt32? in [2, nil] {
            #expect(
                door.arrive(account: account, nowNanoseconds: Self.start)
                    == .refused(.listenerFull(.agent), explained: true))
        }
    }

    @Test func newLimitsHoldAtOnce() {
        let (door, _) = door { $0.connectionsPerUser = 1 }
        #expect(door.arrive(account: 1, nowNanoseconds: Self.start) == .admitted)
        #expect(door.arrive(account: 1, nowNanoseconds: Self.start) != .admitted)
        var limits = TransportLimits()
        limits.connectionsPerUser = 2
        door.update(limits: limits)
        #expect(door.arrive(account: 1, nowNanoseconds: Self.start) == .admitted)
    }

    @Test func usersAreForgottenWhenTheyOweNothing() {
        var users = UserAccounts()
        users[1].connections = 1
        _ = users[2].requests.take(nowNanoseconds: Self.start, perSecond: 1)
        for uid in 10..<UInt32(9_000) { users[uid].connections = 0 }
        users.pruneIfGrown(nowNanoseconds: Self.start)
        #expect(users[1].connections == 1)
        #expect(users[2].requests.take(nowNanoseconds: Self.start, perSecond: 1) != nil)
    }

    @Test func theQueueIsShortWhileManyAreRefused() {
        var queue = ListenQueue()
        let start = NIODeadline.now()
        func note(_ refused: Int, milliseconds: Int64) -> CInt? {
            queue.note(refused: refused, now: start + .milliseconds(milliseconds))
        }
        let calls: [(milliseconds: Int64, refused: Int, count: CInt?)] = [
            (0, ListenQueue.refusalsMax, nil), (99, 1, ListenQueue.shortCount),
            // The window before was a flood, this one has still to show.
            (100, 0, nil), (150, 10, nil), (199, 0, nil), (200, 0, ListenQueue.longCount),
            (210, ListenQueue.refusalsMax, nil), (300, ListenQueue.refusalsMax, nil),
            (310, 1, ListenQueue.shortCount), (500, 0, ListenQueue.longCount),
        ]
        for call in calls {
            #expect(note(call.refused, milliseconds: call.milliseconds) == call.count)
        }
    }

    @Test func theOldestMakesRoomForTheNewest() {
        var lingering = LingeringSockets()
        let now = NIODeadline.now()
        func isOpen(_ descriptor: CInt) -> Bool { fcntl(descriptor, F_GETFD) >= 0 }
        // Far away from the numbers that other tests get at the same time.
        let base: CInt = 3_000
        let count = CInt(LingeringSockets.countMax)
        for index in 0..<count + 2 {
            #expect(dup2(0, base + index) == base + index)
            lingering.add(base + index, now: now + .milliseconds(Int64(index)))
        }
        #expect((0..<count + 2).map { isOpen(base + $0) }.prefix(3) == [false, false, true])
        #expect(lingering.nextDue == now + .milliseconds(LingeringSockets.milliseconds + 2))
        lingering.closeDue(now: now + .milliseconds(LingeringSockets.milliseconds + 3))
        #expect((2..<5).map { isOpen(base + $0) } == [false, false, true])
        #expect(lingering.nextDue == now + .milliseconds(LingeringSockets.milliseconds + 4))
        lingering.closeAll()
        #expect(!(0..<count + 2).contains { isOpen(base + $0) })
        #expect(lingering.nextDue == nil)
    }
}
