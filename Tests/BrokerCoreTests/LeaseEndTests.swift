import Testing

@testable import BrokerCore

/// Renewal, release, expiry and revocation of a lease.
@Suite struct LeaseEndTests {
    private func house() throws -> House {
        try House([.plain("a", 3)], [.plain("g", ["a"], people: ["ann", "bob"])])
    }

    // MARK: Expiry

    /// A lease is good while the instant is before its deadline, and not at it.
    @Test func expiryAtTheDeadline() throws {
        let table: [(milliseconds: Int64, lives: Bool)] = [
            (0, true), (999, true), (1_000, false), (1_001, false), (1 << 40, false),
        ]
        for row in table {
            let house = try house()
            let lease = try house.grant("ann", ttl: 1)
            #expect(house.broker.nextDeadline(after: house.now) == house.at(seconds: 1))
            house.pass(milliseconds: row.milliseconds)
            let now = try house.lease(lease)
            #expect((now.state == .active) == row.lives, "\(row)")
            #expect(now.endReason == (row.lives ? nil : .expired), "\(row)")
            #expect(now.endedAt == (row.lives ? nil : house.now), "\(row)")
            #expect(now.expiresAt == house.at(seconds: 1), "\(row)")
            if !row.lives { #expect(house.broker.nextDeadline(after: house.now) == nil) }
        }
    }

    /// 999 ms: renewed, 1000 ms: too late.
    @Test func anExpiredLeaseIsNeverExtended() throws {
        for (milliseconds, isRenewed) in [(999, true), (1_000, false)] as [(Int64, Bool)] {
            let house = try house()
            let lease = try house.grant("ann", ttl: 1)
            house.pass(milliseconds: milliseconds)
            let subject = Subject(holder: "ann", unixGroups: [])
            let refusal = house.refusal(
                .renew(lease.id, claim: .holder("ann"), subject: subject, ttlSeconds: 60))
            if isRenewed {
                #expect(refusal == nil)
            } else {
                let ended = try #require(house.broker.endedLease(lease.id))
                #expect(refusal == .leaseEnded(ended))
                #expect(ended.reason == .expired)
            }
        }
    }

    @Test func allThatIsDueEndsAtOnceInOrder() throws {
        let house = try house()
        let late = try house.grant("ann", ttl: 20)
        let early = try house.grant("bob", ttl: 10)
        house.pass(seconds: 30)
        try house.decide(.passTime)
        #expect(house.broker.image.ended.map(\.id) == [early.id, late.id])
        house.expectTrueCounts()
    }

    // MARK: Renewal

    @Test func renewingNeverShortens() throws {
        let table: [(asked: Int?, expires: Int)] = [
            (1, 5_000), (4_899, 5_000), (4_900, 5_000), (4_901, 5_001), (nil, 5_000),
            (7_200, 7_300), (9_999, 7_300), (0, 5_000), (-5, 5_000),
        ]
        for row in table {
            let house = try house()
            let lease = try house.grant("ann", ttl: 5_000)
            house.pass(seconds: 100)
            #expect(
                try house.renew(lease, ttl: row.asked).expiresAt == house.at(seconds: row.expires),
                "\(row)")
        }
    }

    @Test func renewingChecksEntitlement() throws {
        let house = try house()
        let lease = try house.grant("ann")
        house.pass(seconds: 10)
        let changes: [(Command, isEntitled: Bool)] = [
            (.putGroup(.plain("g", ["a"], quota: 0, people: ["ann"])), true),
            (.cordonPool("a", reason: "x"), true),
            (.putGroup(.plain("g", ["a"])), false),
            (.putGroup(.plain("g", [], people: ["ann"])), false),
            (.putGroup(.plain("g", ["a"], people: ["ann"])), true),
            (.deleteGroup("g"), false),
        ]
        for (change, isEntitled) in changes {
            try house.decide(change)
            let subject = Subject(holder: "ann", unixGroups: [])
            let refusal = house.refusal(
                .renew(lease.id, claim: .holder("ann"), subject: subject, ttlSeconds: nil))
            #expect(refusal == (isEntitled ? nil : .notEntitled("g", "a")))
        }
        // It runs on to its end all the same.
        #expect(try house.lease(lease).state == .active)
    }

    /// What a gateway vouched for at the grant counts as long as the lease lives.
    @Test func vouchedGroupsCount() throws {
        let house = try house()
        let gateway = Actor(name: "gw", uid: 999, role: .gateway)
        let command = house.grantCommand("eve", in: ["g"], isVouched: true)
        let lease = try #require(try house.decide(command, by: gateway).lease)
        #expect(lease.grantedBy == "gw")
        #expect(house.broker.vouchedGroups(lease.id) == ["g"])
        house.pass(seconds: 5)
        let subject = Subject(holder: "eve", unixGroups: [])
        for claim in [Claim.gateway("gw"), .holder("eve"), .anyone] {
            let decision = try house.decide(
                .renew(lease.id, claim: claim, subject: subject, ttlSeconds: 4_000))
            #expect(decision.lease?.expiresAt == house.at(seconds: 4_005))
        }
    }

    @Test func onlyWhoseItIsMayTouchIt() throws {
        let house = try house()
        let lease = try house.grant("ann")
        let subject = Subject(holder: "bob", unixGroups: [])
        for claim in [Claim.holder("bob"), .gateway("gw")] {
            #expect(
                house.refusal(.renew(lease.id, claim: claim, subject: subject, ttlSeconds: nil))
                    == .notYours)
            #expect(house.refusal(.release(lease.id, claim: claim)) == .notYours)
        }
        let unknown = LeaseID(high: 9, low: 9)
        #expect(house.refusal(.release(unknown, claim: .holder("bob"))) == .noSuchLease)
        #expect(house.refusal(.revoke(unknown, reason: "x", graceSeconds: 0)) == .noSuchLease)
    }

    // MARK: Release

    @Test func releasingTwiceIsDone() throws {
        let house = try house()
        let lease = try house.grant("ann")
        try house.release(lease)
        let image = house.broker.image
        try house.release(lease)
        #expect(house.broker.image == image)
        #expect(try house.lease(lease).endReason == .released)
        // One that ended in another way as well.
        let revoked = try house.grant("bob")
        try house.revoke(revoked)
        #expect(house.refusal(.release(revoked.id, claim: .holder("bob"))) == nil)
        #expect(house.refusal(.release(revoked.id, claim: .holder("ann"))) == .notYours)
        #expect(try house.lease(revoked).endReason == .revoked)
    }

    // MARK: Revocation

    @Test func revokedAtOnce() throws {
        let house = try house()
        let lease = try house.revoke(try house.grant("ann"), reason: "left the house")
        #expect(lease.state == .ended && lease.endReason == .revoked)
        #expect(lease.detail == "left the house" && lease.endedAt == house.now)
        let ended = try #require(house.broker.endedLease(lease.id))
        #expect(
            house.refusal(.revoke(lease.id, reason: "again", graceSeconds: 0)) == .leaseEnded(ended)
        )
    }

    @Test func revokedWithGrace() throws {
        let house = try house()
        let lease = try house.revoke(try house.grant("ann"), grace: 60)
        #expect(lease.state == .ending && lease.endingReason == .revoked)
        #expect(lease.expiresAt == house.at(seconds: 60))
        #expect(lease.endReason == nil && lease.detail == "maintenance")
        // A renewal answers, within the cap.
        #expect(try house.renew(lease, ttl: 7_000).expiresAt == house.at(seconds: 60))
        house.pass(milliseconds: 59_999)
        #expect(try house.lease(lease).state == .ending)
        house.pass(milliseconds: 1)
        let ended = try house.lease(lease)
        #expect(ended.endReason == .revoked && ended.endingReason == nil)
        #expect(ended.detail == "maintenance")
    }

    /// A second revocation only brings the end closer.
    @Test func theSoonerRevocationCounts() throws {
        let table: [(second: Int, deadline: Int, reason: String)] = [
            (59, 59, "second"), (60, 60, "first"), (61, 60, "first"), (1, 1, "second"),
        ]
        for row in table {
            let house = try house()
            let lease = try house.grant("ann")
            try house.revoke(lease, grace: 60, reason: "first")
            let again = try house.revoke(lease, grace: row.second, reason: "second")
            #expect(again.expiresAt == house.at(seconds: row.deadline), "\(row)")
            #expect(again.detail == row.reason, "\(row)")
        }
    }

    /// `ending_reason` says why it is ending, `end_reason` what really ended it.
    @Test func whatReallyEndsIt() throws {
        let house = try house()
        let lease = try house.grant("ann", ttl: 30)
        let revoked = try house.revoke(lease, grace: 60)
        #expect(revoked.endingReason == .revoked)
        #expect(revoked.expiresAt == house.at(seconds: 30))
        house.pass(seconds: 30)
        #expect(try house.lease(lease).endReason == .expired)

        let other = try house.grant("bob", ttl: 100)
        try house.revoke(other, grace: 50)
        try house.release(other)
        let ended = try house.lease(other)
        #expect(ended.endReason == .released && ended.detail == nil)
    }
}
