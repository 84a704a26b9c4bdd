import Testing

@testable import brokertorture

/// Quotas, refusals, deadlines and keys at their boundaries.
@Suite struct CountAndTimeTests {
    private func expect(_ case: Doctored) throws {
        let script = Script()
        `case`.write(script)
        let result = try script.check()
        #expect(result.kinds == `case`.found, "\(result.report)")
    }

    @Test(arguments: [
        Doctored("the quota is full until a lease is given back") {
            $0.fill()
            $0.release(3, 40, 60)
            $0.grant(30, 40, 4)
        },
        Doctored("a grant a microsecond before that", .overQuota) {
            $0.fill()
            $0.release(3, 40, 60)
            $0.grant(30, 39, 4)
        },
        Doctored("two grants at once for one place", .overQuota) {
            $0.fill()
            $0.lease(5, seat: "s5")
            $0.release(3, 40, 60)
            $0.grant(30, 70, 4)
            $0.grant(30, 70, 5)
            $0.show(4, 80, 90)
        },
        Doctored("the quota is raised as the grant is answered") {
            $0.fill()
            $0.admin(.putGroup, 40, 50, amount: 4)
            $0.grant(30, 40, 4)
        },
        Doctored("the quota is raised a microsecond later", .overQuota) {
            $0.fill()
            $0.admin(.putGroup, 40, 50, amount: 4)
            $0.grant(30, 39, 4)
        },
        Doctored("a lower quota ends nothing") {
            $0.fill()
            $0.admin(.putGroup, 40, 50, amount: 1)
            $0.audit(
                60, 70, leases: [$0.shown(1), $0.shown(2), $0.shown(3)], quota: 1)
        },
        Doctored("a grant under the lower quota", .overQuota) {
            $0.fill()
            $0.admin(.putGroup, 40, 50, amount: 1)
            $0.release(3, 60, 70)
            $0.grant(80, 90, 4)
        },
        Doctored("a refusal as the last lease goes") {
            $0.fill()
            $0.release(3, 40, 50)
            $0.refused(50, 60, "quota-exceeded", 3, 3, status: 429)
        },
        Doctored("a refusal a microsecond later", .wrongRefusal) {
            $0.fill()
            $0.release(3, 40, 50)
            $0.refused(51, 60, "quota-exceeded", 3, 3, status: 429)
        },
        Doctored("a refusal by a quota that never was", .wrongRefusal) {
            $0.fill()
            $0.refused(51, 60, "quota-exceeded", 3, 2, status: 429)
        },
        Doctored("a grant without an answer may have filled the quota") {
            $0.fill()
            $0.release(3, 40, 50)
            $0.grant(45, 60, 4, status: 0)
            $0.refused(51, 60, "quota-exceeded", 3, 3, status: 429)
        },
        Doctored("until a list would show it", .wrongRefusal) {
            $0.fill()
            $0.release(3, 40, 50)
            $0.status(50, 51, process: 1)
            $0.grant(45, 60, 4, status: 0)
            $0.status(70, 80, process: 2)
            $0.auditOf(process: 2, 81, 90, size: 10, leases: [$0.shown(1), $0.shown(2)])
            $0.refused(91, 99, "quota-exceeded", 3, 3, status: 429)
        },
        Doctored("no seat, with seats free", .wrongRefusal) {
            $0.fill()
            $0.refused(40, 50, "pool-exhausted", 0, 0)
        },
        Doctored("no seat in a pool of three") {
            $0.fill()
            $0.admin(.resize, 40, 50, amount: 3)
            $0.refused(40, 50, "pool-exhausted", 0, 0)
        },
        Doctored("more is free than reserved", .wrongRefusal) {
            $0.refused(40, 50, "pool-exhausted", 10, 9)
        },
        Doctored("closed by nobody", .wrongRefusal) { $0.refused(40, 50, "pool-cordoned") },
        Doctored("closed as it is answered") {
            $0.admin(.cordonPool, 50, 60)
            $0.refused(40, 50, "pool-cordoned")
        },
        Doctored("granted as the pool is closed") {
            $0.lease(1)
            $0.admin(.cordonPool, 20, 30)
            $0.grant(30, 40, 1)
        },
        Doctored("granted after the pool was closed", .closedGrant) {
            $0.lease(1)
            $0.admin(.cordonPool, 20, 30)
            $0.grant(31, 40, 1)
        },
        Doctored("granted a cordoned seat", .closedGrant) {
            $0.lease(1)
            $0.admin(.cordonSeat, 20, 30)
            $0.grant(31, 40, 1)
        },
        Doctored("counts and states that do not add up", .wrongCount) {
            $0.audit(40, 50, leases: [], total: 9)
        },
        Doctored("a count of one with none there", .wrongCount) {
            $0.audit(40, 50, leases: [], used: 1)
        },
    ]) func counts(_ case: Doctored) throws { try expect(`case`) }

    @Test(arguments: [
        Doctored("expired a microsecond before its time", .endedEarly, .lostLease) {
            $0.lease(1)
            $0.grant(0, 10, 1, ttl: 1)
            $0.show(1, 999_000, 999_999, .ended, .expired)
        },
        Doctored("expired in time") {
            $0.lease(1)
            $0.grant(0, 10, 1, ttl: 1)
            $0.show(1, 999_000, 1_000_000, .ended, .expired)
        },
        Doctored("expired in spite of a renewal", .endedEarly, .lostLease) {
            $0.lease(1)
            $0.grant(0, 10, 1, ttl: 1)
            $0.on(1, .renew, 500_000, 500_100, status: 200, amount: 1)
            $0.show(1, 1_000_000, 1_499_999, .ended, .expired)
        },
        Doctored("a renewal without an answer changes nothing for certain") {
            $0.lease(1)
            $0.grant(0, 10, 1, ttl: 1)
            $0.on(1, .renew, 500_000, 500_100, status: 0, amount: 1)
            $0.show(1, 1_000_000, 1_000_000, .ended, .expired)
        },
        Doctored("renewed in the last millisecond") {
            $0.lease(1)
            $0.grant(0, 10, 1, ttl: 1)
            $0.on(1, .renew, 999_999, 1_200_000, status: 200, amount: 1)
        },
        Doctored("renewed at the deadline", .outlived) {
            $0.lease(1)
            $0.grant(0, 10, 1, ttl: 1)
            $0.on(1, .renew, 1_000_000, 1_200_000, status: 200, amount: 1)
        },
        Doctored("another renewal, answered later, explains it") {
            $0.lease(1)
            $0.grant(0, 10, 1, ttl: 1)
            $0.on(1, .renew, 1_000_000, 1_200_000, status: 200, amount: 1)
            $0.on(1, .renew, 900_000, 1_300_000, status: 200, amount: 1)
        },
        Doctored("seen for a grace after its deadline") {
            $0.lease(1)
            $0.awake(0, 3_000_000)
            $0.grant(0, 10, 1, ttl: 1)
            $0.show(1, 2_000_000, 2_100_000)
        },
        Doctored("seen a microsecond longer", .outlived) {
            $0.lease(1)
            $0.awake(0, 3_000_000)
            $0.grant(0, 10, 1, ttl: 1)
            $0.show(1, 2_000_001, 2_100_000)
        },
        Doctored("seen later still, with the daemon stopped") {
            $0.lease(1)
            $0.grant(0, 10, 1, ttl: 1)
            $0.show(1, 5_000_000, 5_100_000)
        },
        Doctored("seen after a revocation's grace", .outlived) {
            $0.lease(1)
            $0.awake(0, 3_000_000)
            $0.grant(0, 10, 1)
            $0.on(1, .revoke, 20, 30, status: 200, amount: 1, .ending, .revoked)
            $0.show(1, 2_000_001, 2_100_000, .ending, .revoked)
        },
        Doctored("revoked before the grace is over", .contradiction, .lostLease) {
            $0.lease(1)
            $0.grant(0, 10, 1)
            $0.on(1, .revoke, 20, 30, status: 200, amount: 1, .ending, .revoked)
            $0.show(1, 900_000, 999_999, .ended, .revoked)
        },
        Doctored("expires_at is what was asked for") {
            $0.wallOffset = 1_700_000_000_000_000
            $0.lease(1, expires: 60_000_000)
            $0.grant(0, 10, 1, ttl: 60)
        },
        Doctored("expires_at is too early", .wrongDeadline) {
            $0.lease(1, expires: 59_600_000)
            $0.grant(0, 10, 1, ttl: 60)
        },
        Doctored("expires_at is too late", .wrongDeadline) {
            $0.lease(1, expires: 60_400_000)
            $0.grant(0, 10, 1, ttl: 60)
        },
        Doctored("a renewal is forgotten", .wrongDeadline) {
            $0.lease(1, expires: 60_000_000)
            $0.grant(0, 10, 1, ttl: 60)
            $0.lease(1, expires: 120_000_000)
            $0.on(1, .renew, 20, 30, status: 200, amount: 120)
            $0.lease(1, expires: 60_000_000)
            $0.show(1, 40, 50)
        },
    ]) func deadlines(_ case: Doctored) throws { try expect(`case`) }

    @Test(arguments: [
        Doctored("a key is repeated, and again after the lease is over") {
            $0.lease(1)
            $0.grant(0, 10, 1, key: 1)
            $0.grant(20, 30, 1, key: 1, replayed: true)
            $0.release(1, 40, 50)
            $0.refused(60, 70, "lease-ended", status: 410, key: 1, holder: "h1")
        },
        Doctored("a lost answer is found again by its key") {
            $0.lease(1)
            $0.grant(0, 10, 1, status: 0, key: 1)
            $0.grant(20, 30, 1, key: 1, replayed: true)
        },
        Doctored("a key gives two leases", .keyEffects, .lostKey) {
            $0.lease(1, holder: "h")
            $0.lease(2, seat: "s2", holder: "h")
            $0.grant(0, 10, 1, key: 1)
            $0.release(1, 11, 12)
            $0.grant(20, 30, 2, key: 1)
        },
        Doctored("a repeat while the first is under way need not be called one") {
            $0.lease(1)
            $0.grant(0, 10, 1, key: 1)
            $0.grant(10, 30, 1, status: 200, key: 1)
        },
        Doctored("a repeat later has to be", .lostKey) {
            $0.lease(1)
            $0.grant(0, 10, 1, key: 1)
            $0.grant(11, 30, 1, status: 200, key: 1)
        },
        Doctored("a repeat is refused", .lostKey, .wrongRefusal) {
            $0.lease(1)
            $0.grant(0, 10, 1, key: 1)
            $0.admin(.cordonPool, 11, 12)
            $0.refused(13, 20, "pool-cordoned", key: 1, holder: "h1")
        },
        Doctored("another body is refused") {
            $0.lease(1)
            $0.grant(0, 10, 1, key: 1)
            $0.refused(20, 30, "conflict", status: 409, key: 1, holder: "h1", ttl: 900)
        },
        Doctored("another body is taken", .keyEffects, .lostKey) {
            $0.lease(1)
            $0.grant(0, 10, 1, key: 1)
            $0.grant(20, 30, 1, status: 200, ttl: 900, key: 1)
        },
        Doctored("409 for a key that had one body", .keyEffects) {
            $0.lease(1)
            $0.grant(0, 10, 1, key: 1)
            $0.refused(20, 30, "conflict", status: 409, key: 1, holder: "h1")
        },
        Doctored("a replay of a key never used", .keyEffects, .nobodyAsked) {
            $0.lease(1)
            $0.grant(0, 10, 1, key: 1, replayed: true)
        },
    ]) func keys(_ case: Doctored) throws { try expect(`case`) }
}

extension Script {
    /// Three leases fill the quota of the group; the fourth is somebody's who wants one too.
    func fill() {
        for number in 1...4 {
            lease(number, seat: "s\(number)")
            if number < 4 { grant(0, 10, number) }
        }
    }
}
