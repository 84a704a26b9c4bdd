import Testing

@testable import brokertorture

/// What an answer says by what it does not show, or by its refusal.
@Suite struct AbsenceTests {
    private func expect(_ case: Doctored) throws {
        let script = Script()
        `case`.write(script)
        let result = try script.check()
        #expect(result.kinds == `case`.found, "\(result.report)")
    }

    @Test(arguments: [
        Doctored("a repeat says that a lease is over which nothing ended", .lostLease) {
            $0.lease(1)
            $0.grant(0, 10, 1, key: 1)
            $0.refused(20, 30, "lease-ended", status: 410, key: 1, holder: "h1")
        },
        Doctored("a repeat of a lost answer, too", .lostLease) {
            $0.lease(1)
            $0.grant(0, 10, 1, status: 0, key: 1)
            $0.grant(20, 30, 1, key: 1, replayed: true)
            $0.refused(40, 50, "lease-ended", status: 410, key: 1, holder: "h1")
        },
        Doctored("a repeat says so in time") {
            $0.lease(1)
            $0.grant(0, 10, 1, ttl: 1, key: 1)
            $0.refused(20, 1_000_000, "lease-ended", status: 410, key: 1, holder: "h1", ttl: 1)
        },
        Doctored("a microsecond before the deadline", .lostLease) {
            $0.lease(1)
            $0.grant(0, 10, 1, ttl: 1, key: 1)
            $0.refused(20, 999_999, "lease-ended", status: 410, key: 1, holder: "h1", ttl: 1)
        },
        Doctored("shown as a repeat is answered with its end") {
            $0.lease(1)
            $0.grant(0, 10, 1, key: 1)
            $0.release(1, 20, 30, status: 0)
            $0.refused(40, 50, "lease-ended", status: 410, key: 1, holder: "h1")
            $0.show(1, 50, 60)
        },
        Doctored("shown a microsecond later", .cameBack) {
            $0.lease(1)
            $0.grant(0, 10, 1, key: 1)
            $0.release(1, 20, 30, status: 0)
            $0.refused(40, 50, "lease-ended", status: 410, key: 1, holder: "h1")
            $0.show(1, 51, 60)
        },
    ]) func repeats(_ case: Doctored) throws { try expect(`case`) }

    @Test(arguments: [
        Doctored("a holder's list begins as the grant is answered") {
            $0.lease(1)
            $0.grant(0, 10, 1)
            $0.list(10, 20, of: "h1")
        },
        Doctored("a holder's list without the lease", .lostLease) {
            $0.lease(1)
            $0.grant(0, 10, 1)
            $0.list(11, 20, of: "h1")
        },
        Doctored("a holder's list with it, and another's without") {
            $0.lease(1)
            $0.grant(0, 10, 1)
            $0.list(11, 20, of: "h1", leases: [$0.shown(1)])
            $0.list(11, 20, of: "h2")
        },
        Doctored("a release without an answer explains the list") {
            $0.lease(1)
            $0.grant(0, 10, 1)
            $0.release(1, 20, 30, status: 0)
            $0.list(15, 20, of: "h1")
        },
        Doctored("shown again after the list", .cameBack) {
            $0.lease(1)
            $0.grant(0, 10, 1)
            $0.release(1, 12, 13, status: 0)
            $0.list(14, 20, of: "h1")
            $0.show(1, 21, 30)
        },
        Doctored("what lists say of a pool that is somebody else's does not count") {
            $0.lease(1, pool: "q")
            $0.grant(0, 10, 1)
            $0.list(14, 20, of: "h1")
            $0.show(1, 21, 30)
        },
        Doctored("refused as the lease is granted") {
            $0.lease(1)
            $0.admin(.cordonPool, 10, 12)
            $0.grant(0, 10, 1)
            $0.refused(10, 20, "pool-cordoned", holder: "h1")
        },
        Doctored("refused with a lease", .wrongRefusal) {
            $0.lease(1)
            $0.admin(.cordonPool, 10, 12)
            $0.grant(0, 10, 1)
            $0.refused(11, 20, "pool-cordoned", holder: "h1")
        },
        Doctored("refused as the lease is released") {
            $0.lease(1)
            $0.admin(.cordonPool, 10, 12)
            $0.grant(0, 10, 1)
            $0.refused(11, 20, "pool-cordoned", holder: "h1")
            $0.release(1, 20, 30)
        },
        Doctored("refused before the release", .wrongRefusal) {
            $0.lease(1)
            $0.admin(.cordonPool, 10, 12)
            $0.grant(0, 10, 1)
            $0.refused(11, 19, "pool-cordoned", holder: "h1")
            $0.release(1, 20, 30)
        },
        Doctored("another is refused") {
            $0.lease(1)
            $0.admin(.cordonPool, 10, 12)
            $0.grant(0, 10, 1)
            $0.refused(11, 20, "pool-cordoned", holder: "h2")
        },
        Doctored("turned away by a stop, with a lease") {
            $0.lease(1)
            $0.grant(0, 10, 1)
            $0.refused(11, 20, "unavailable", holder: "h1")
        },
        Doctored("507 where the disk was never full", .serverError) {
            $0.turningAway.storage = false
            $0.refused(0, 10, "unavailable", status: 503)
            $0.refused(0, 10, "storage", status: 507)
        },
        Doctored("503 where nobody stopped it", .serverError) {
            $0.turningAway.unavailable = false
            $0.refused(0, 10, "unavailable", status: 503)
            $0.refused(0, 10, "storage", status: 507)
        },
    ]) func listsAndRefusals(_ case: Doctored) throws { try expect(`case`) }

    @Test(arguments: [
        Doctored("seen for a grace after a drain's deadline") { $0.drained(seenAt: 2_000_000) },
        Doctored("seen a microsecond longer", .outlived) { $0.drained(seenAt: 2_000_001) },
        Doctored("seen much later, with the daemon stopped meanwhile") {
            $0.drained(seenAt: 3_500_000, awakeUntil: 1_000_000)
        },
        Doctored("granted as the drain begins", .outlived) {
            $0.drained(from: 10, seenAt: 2_000_001)
        },
        Doctored("granted perhaps after that") { $0.drained(from: 9, seenAt: 2_000_001) },
        Doctored("a drain without an answer") { $0.drained(status: 0, seenAt: 2_000_001) },
        Doctored("the drain is called off in time") {
            $0.drained(seenAt: 2_900_000)
            $0.admin(.uncordonPool, 2_000_000, 2_000_100)
        },
        Doctored("the drain is called off too late", .outlived) {
            $0.drained(seenAt: 2_900_000)
            $0.admin(.uncordonPool, 2_000_001, 2_000_100)
        },
        Doctored("another drain gives more time") {
            $0.drained(seenAt: 2_900_000)
            $0.admin(.drainPool, 500_000, 500_100, amount: 60)
        },
    ]) func drains(_ case: Doctored) throws { try expect(`case`) }
}

extension Script {
    /// A lease, and a drain of its pool that is due at a second; the lease is seen live later.
    fileprivate func drained(
        from: Int64 = 20, status: Int = 200, seenAt: Int64, awakeUntil: Int64 = 4_000_000
    ) {
        awake(0, awakeUntil)
        lease(1)
        grant(0, 10, 1)
        admin(.drainPool, from, 30, amount: 1, status: status)
        show(1, seenAt, seenAt + 100)
    }
}
