import Testing

@testable import brokertorture

/// A doctored history, and what is to be found in it.
struct Doctored: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let found: Set<String>
    let write: @Sendable (Script) -> Void

    init(_ name: String, _ found: ViolationKind..., write: @escaping @Sendable (Script) -> Void) {
        testDescription = name
        self.found = Set(found.map(\.rawValue))
        self.write = write
    }
}

/// The checker must fail when it should, and only then: each rule one microsecond before its
/// boundary and on it.
@Suite struct CheckerTests {
    private func expect(_ case: Doctored) throws {
        let script = Script()
        `case`.write(script)
        let result = try script.check()
        #expect(result.kinds == `case`.found, "\(result.report)")
    }

    @Test(arguments: [
        Doctored("a day in peace") {
            $0.lease(1)
            $0.grant(0, 10, 1)
            $0.audit(20, 30, leases: [$0.shown(1)], seats: [$0.seat(token: 1, lease: 1)])
            $0.on(1, .renew, 40, 50, status: 200, amount: 60)
            $0.release(1, 60, 70)
            $0.release(1, 80, 90)
            $0.on(1, .renew, 100, 110, status: 410)
            $0.show(1, 120, 130, .ended, .released)
        },
        Doctored("the next lease begins when the release is asked for") {
            $0.lease(1)
            $0.lease(2, token: 2)
            $0.grant(0, 10, 1)
            $0.release(1, 100, 110)
            $0.grant(90, 100, 2)
        },
        Doctored("the next lease begins a microsecond before", .seatOverlap) {
            $0.lease(1)
            $0.lease(2, token: 2)
            $0.grant(0, 10, 1)
            $0.release(1, 100, 110)
            $0.grant(90, 99, 2)
        },
        Doctored("a reader sees the first lease until the second has to begin") {
            $0.lease(1)
            $0.lease(2, token: 2)
            $0.grant(0, 10, 1)
            $0.release(1, 20, 90)
            $0.show(1, 50, 60)
            $0.grant(40, 50, 2)
        },
        Doctored("a reader sees the first lease a microsecond longer", .seatOverlap) {
            $0.lease(1)
            $0.lease(2, token: 2)
            $0.grant(0, 10, 1)
            $0.release(1, 20, 90)
            $0.show(1, 51, 60)
            $0.grant(40, 50, 2)
        },
        Doctored("a release without an answer may be what freed the seat") {
            $0.lease(1)
            $0.lease(2, token: 2)
            $0.grant(0, 10, 1)
            $0.release(1, 20, 30, status: 0)
            $0.grant(500, 510, 2)
        },
        Doctored("nothing freed the seat", .seatOverlap) {
            $0.lease(1)
            $0.lease(2, token: 2)
            $0.grant(0, 10, 1)
            $0.grant(500, 510, 2)
        },
        Doctored("time freed the seat") {
            $0.lease(1)
            $0.lease(2, token: 2)
            $0.grant(0, 10, 1, ttl: 1)
            $0.grant(999_000, 1_000_000, 2)
        },
        Doctored("a renewal kept the seat from being freed", .seatOverlap) {
            $0.lease(1)
            $0.lease(2, token: 2)
            $0.grant(0, 10, 1, ttl: 1)
            $0.on(1, .renew, 1_000, 1_100, status: 200, amount: 1)
            $0.grant(999_000, 1_000_999, 2)
        },
        Doctored("tokens grow with time, though calls cross") {
            $0.lease(1, token: 2)
            $0.lease(2, token: 1)
            $0.grant(0, 10, 1)
            $0.grant(5, 12, 2)
            $0.release(2, 6, 13)
        },
        Doctored("the later grant has the smaller token", .seatOverlap) {
            $0.lease(1, token: 2)
            $0.lease(2, token: 1)
            $0.grant(0, 10, 1)
            $0.release(1, 11, 12)
            $0.grant(11, 20, 2)
            $0.release(2, 21, 22)
        },
        Doctored("a token is given twice", .tokenTwice) {
            $0.lease(1)
            $0.lease(2)
            $0.grant(0, 10, 1)
            $0.release(1, 11, 12)
            $0.grant(20, 30, 2)
        },
        Doctored("a seat shows less than the token that was given", .lostToken) {
            $0.lease(1)
            $0.grant(0, 10, 1)
            $0.release(1, 11, 12)
            $0.audit(13, 30, leases: [], seats: [$0.seat(token: 0)])
        },
        Doctored("a seat shows the token before, while it is given") {
            $0.lease(1)
            $0.grant(0, 10, 1)
            $0.release(1, 11, 12)
            $0.audit(10, 30, leases: [], seats: [$0.seat(token: 0)])
        },
        Doctored("a seat shows a token that is given later", .tokenTwice) {
            $0.lease(1)
            $0.audit(-20, -1, leases: [], seats: [$0.seat(token: 1)])
            $0.grant(0, 10, 1)
        },
        Doctored("a holder has two leases in a pool", .holderOverlap) {
            $0.lease(1, holder: "h")
            $0.lease(2, seat: "s2", holder: "h")
            $0.grant(0, 10, 1)
            $0.grant(20, 30, 2)
            $0.show(1, 32, 40)
        },
        Doctored("a holder changes seats") {
            $0.lease(1, holder: "h")
            $0.lease(2, seat: "s2", holder: "h")
            $0.grant(0, 10, 1)
            $0.release(1, 15, 25)
            $0.grant(20, 30, 2)
        },
    ]) func order(_ case: Doctored) throws { try expect(`case`) }

    @Test(arguments: [
        Doctored("an acknowledged lease is not listed", .lostLease) {
            $0.lease(1)
            $0.grant(0, 10, 1)
            $0.audit(11, 30, leases: [], used: 1)
        },
        Doctored("a list begins as the grant is answered") {
            $0.lease(1)
            $0.grant(0, 10, 1)
            $0.audit(10, 30, leases: [])
        },
        Doctored("a release without an answer explains a list") {
            $0.lease(1)
            $0.grant(0, 10, 1)
            $0.release(1, 30, 40, status: 0)
            $0.audit(11, 30, leases: [], used: 1)
        },
        Doctored("a release after the list does not", .lostLease) {
            $0.lease(1)
            $0.grant(0, 10, 1)
            $0.release(1, 31, 40, status: 0)
            $0.audit(11, 30, leases: [], used: 1)
        },
        Doctored("a list a microsecond before the deadline", .lostLease) {
            $0.lease(1)
            $0.grant(0, 10, 1, ttl: 1)
            $0.audit(999_000, 999_999, leases: [], used: 1)
        },
        Doctored("a list at the deadline") {
            $0.lease(1)
            $0.grant(0, 10, 1, ttl: 1)
            $0.audit(999_000, 1_000_000, leases: [])
        },
        Doctored("a seat does not show its lease", .lostLease) {
            $0.lease(1)
            $0.grant(0, 10, 1)
            $0.audit(11, 30, leases: [$0.shown(1)], seats: [$0.seat(token: 1)])
        },
        Doctored("a released lease is shown again", .cameBack) {
            $0.lease(1)
            $0.grant(0, 10, 1)
            $0.release(1, 20, 30)
            $0.show(1, 31, 40)
        },
        Doctored("a lease is shown as its release is answered") {
            $0.lease(1)
            $0.grant(0, 10, 1)
            $0.release(1, 20, 30)
            $0.show(1, 30, 40)
        },
        Doctored("a revoked lease is listed again", .cameBack) {
            $0.lease(1)
            $0.grant(0, 10, 1)
            $0.on(1, .revoke, 20, 30, status: 200, amount: 0, .ended, .revoked)
            $0.audit(31, 40, leases: [$0.shown(1)])
        },
        Doctored("a lease is missing and comes back", .lostLease, .cameBack) {
            $0.lease(1)
            $0.lease(2, seat: "s2")
            $0.grant(0, 10, 1)
            $0.grant(0, 10, 2)
            $0.audit(11, 30, leases: [$0.shown(2)], used: 2)
            $0.release(2, 31, 40)
            $0.show(2, 41, 50)
            $0.show(1, 20, 21)
        },
        Doctored("the daemon does not know a lease", .lostLease) {
            $0.lease(1)
            $0.grant(0, 10, 1)
            $0.on(1, .renew, 20, 30, status: 404)
        },
        Doctored("a size is what it was before", .lostChange) {
            $0.admin(.resize, 20, 30, amount: 8)
            $0.audit(31, 40, leases: [], size: 10)
        },
        Doctored("a size is read while it is set") {
            $0.admin(.resize, 20, 30, amount: 8)
            $0.audit(30, 40, leases: [], size: 10)
        },
        Doctored("a size that was perhaps set") {
            $0.admin(.resize, 20, 30, amount: 8, status: 0)
            $0.audit(31, 40, leases: [], size: 10)
            $0.audit(41, 50, leases: [], size: 8)
        },
        Doctored("a size that was perhaps set by a process that is dead", .lostChange) {
            $0.status(-100, -90, process: 1)
            $0.admin(.resize, 20, 30, amount: 8, status: 0)
            $0.status(40, 50, process: 2)
            $0.admin(.resize, 60, 70, amount: 9)
            $0.auditOf(process: 2, 100, 110, size: 8)
        },
        Doctored("a quota is what it was before", .lostChange) {
            $0.admin(.putGroup, 20, 30, amount: 2)
            $0.audit(31, 40, leases: [], quota: 3)
        },
        Doctored("a closed pool is open", .lostChange) {
            $0.admin(.cordonPool, 20, 30)
            $0.audit(31, 40, leases: [], isOpen: true)
        },
        Doctored("a cordoned seat is not", .lostChange) {
            $0.admin(.cordonSeat, 20, 30)
            $0.audit(31, 40, leases: [], seats: [$0.seat(token: 0, cordoned: false)])
        },
        Doctored("a cordoned seat went with a shrink and came back") {
            $0.admin(.cordonSeat, 20, 30)
            $0.admin(.resize, 40, 50, amount: 8)
            $0.admin(.resize, 60, 70, amount: 10)
            $0.audit(80, 90, leases: [], seats: [$0.seat(token: 0, cordoned: false)])
        },
        Doctored("the journal goes back", .lostChange) {
            $0.status(0, 10, process: 1, revision: 5)
            $0.status(11, 20, process: 1, revision: 4)
        },
        Doctored("an earlier reader is answered later") {
            $0.status(0, 10, process: 1, revision: 5)
            $0.status(10, 20, process: 1, revision: 4)
        },
        Doctored("a seat is cordoned by nobody", .lostChange) {
            $0.audit(80, 90, leases: [], seats: [$0.seat(token: 0, cordoned: true)])
        },
    ]) func durability(_ case: Doctored) throws { try expect(`case`) }

    @Test(arguments: [
        Doctored("an earlier process answers again", .twoProcesses) {
            $0.status(0, 10, process: 2)
            $0.status(11, 20, process: 1)
        },
        Doctored("an answer of an earlier process is late") {
            $0.status(0, 10, process: 2)
            $0.status(10, 20, process: 1)
        },
        Doctored("400", .unexpected) { $0.refused(0, 10, "bad-request", status: 400) },
        Doctored("500", .serverError) { $0.refused(0, 10, "x", status: 500) },
        Doctored("503 while stopping, 507") {
            $0.refused(0, 10, "unavailable", status: 503)
            $0.refused(0, 10, "storage", status: 507)
        },
        Doctored("no Retry-After", .malformed) {
            script in
            script.call(.grant, 0, 10, status: 503) {
                $0.hasRetryAfter = false
                $0.slug = script.word("unavailable")
            }
        },
        Doctored("a body that nobody promised", .malformed) {
            $0.call(.show, 0, 10, status: 200) { $0.isMalformed = true }
        },
        Doctored("no end", .cutOff) { $0.isEnded = false },
        Doctored("another's lease is answered", .wrongAnswer) { script in
            script.lease(1)
            script.grant(0, 10, 1)
            script.call(.grant, 20, 30, status: 200) {
                $0.holder = script.word("h2")
                $0.found = script.shown(1)
            }
        },
        Doctored("another lease is shown", .wrongAnswer) { script in
            script.lease(1)
            script.grant(0, 10, 1)
            script.call(.show, 20, 30, status: 200) {
                $0.lease = LeaseKey(high: 1, low: 2)
                $0.holder = script.word("h1")
                $0.found = script.shown(1)
            }
        },
        Doctored("nobody asked for a lease", .nobodyAsked) {
            $0.lease(1)
            $0.audit(20, 30, leases: [$0.shown(1)])
        },
        Doctored("a grant without an answer explains a lease") {
            $0.lease(1)
            $0.grant(30, 40, 1, status: 0)
            $0.audit(20, 30, leases: [$0.shown(1)])
        },
        Doctored("a grant that was asked for later does not", .nobodyAsked) {
            $0.lease(1)
            $0.grant(31, 40, 1, status: 0)
            $0.audit(20, 30, leases: [$0.shown(1)])
        },
        Doctored("a lease changes its token", .contradiction) {
            $0.lease(1)
            $0.grant(0, 10, 1)
            $0.lease(1, token: 2)
            $0.show(1, 20, 30)
        },
        Doctored("a lease is granted twice", .contradiction) {
            $0.lease(1)
            $0.grant(0, 10, 1)
            $0.grant(20, 30, 1)
        },
        Doctored("a lease ended as released by nobody", .contradiction) {
            $0.lease(1)
            $0.grant(0, 10, 1, ttl: 1)
            $0.show(1, 1_000_000, 1_100_000, .ended, .released)
        },
        Doctored("a lease ended as drained by a drain that was due", .wrongCount) {
            $0.lease(1)
            $0.grant(0, 10, 1)
            $0.admin(.drainPool, 20, 30, amount: 0)
            $0.show(1, 40, 50, .ended, .drained)
            // And the counts still show it.
            $0.audit(60, 70, leases: [], isOpen: false, used: 1)
        },
        Doctored("a lease ended as drained before the drain was due", .lostLease, .contradiction) {
            $0.lease(1)
            $0.grant(0, 10, 1)
            $0.admin(.drainPool, 0, 30, amount: 1)
            $0.show(1, 40, 999_999, .ended, .drained)
        },
        Doctored("a lease ended as drained when the drain was due") {
            $0.lease(1)
            $0.grant(0, 10, 1)
            $0.admin(.drainPool, 0, 30, amount: 1)
            $0.show(1, 40, 1_000_000, .ended, .drained)
        },
    ]) func answers(_ case: Doctored) throws { try expect(`case`) }
}
