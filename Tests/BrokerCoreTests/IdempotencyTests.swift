import Testing

@testable import BrokerCore

/// Idempotency keys.
@Suite struct IdempotencyTests {
    private let ann = Actor(name: "ann", uid: 1_000, role: .agent)

    private func house(_ size: Int = 100) throws -> House {
        try House([.plain("a", size)], [.plain("g", ["a"])])
    }

    private func ask(
        _ house: House, _ key: String, fingerprint: UInt64 = 1, holder: String = "ann",
        by actor: Actor? = nil
    ) throws(Refusal) -> Decision {
        let command = house.grantCommand(
            holder, in: ["g"], key: key, fingerprint: fingerprint)
        return try house.decide(command, by: actor ?? ann)
    }

    private func refusal(_ body: () throws(Refusal) -> Decision) -> Refusal? {
        do {
            _ = try body()
            return nil
        } catch {
            return error
        }
    }

    /// The repeat gets what the first got, with the lease as it is now.
    @Test func aRepeatIsAnsweredAsTheFirst() throws {
        let house = try house()
        guard case .granted(let first) = try ask(house, "k") else { throw House.Unexpected() }
        // A key that found the lease there already stands for 200.
        guard case .held = try ask(house, "other") else { throw House.Unexpected() }
        house.pass(seconds: 10)
        try house.renew(first, in: ["g"], ttl: 7_000)
        let before = house.broker.image
        for (key, wasCreated) in [("k", true), ("other", false), ("k", true)] {
            guard case .replayed(let lease, let created) = try ask(house, key)
            else { throw House.Unexpected() }
            #expect(lease.id == first.id && created == wasCreated)
            #expect(lease.expiresAt == house.at(seconds: 7_010))
        }
        #expect(house.broker.image == before)
    }

    @Test func anotherBodyIsRefused() throws {
        let house = try house()
        _ = try ask(house, "k", fingerprint: 1)
        #expect(refusal { () throws(Refusal) in try ask(house, "k", fingerprint: 2) } == .keyReused)
        guard case .replayed = try ask(house, "k", fingerprint: 1) else {
            throw House.Unexpected()
        }
    }

    @Test func anEndedLeaseIsTold() throws {
        let house = try house()
        let lease = try #require(try ask(house, "k").lease)
        try house.release(lease)
        let ended = try #require(house.broker.endedLease(lease.id))
        #expect(refusal { () throws(Refusal) in try ask(house, "k") } == .leaseEnded(ended))
        // Another key is another request.
        #expect(try ask(house, "l").lease?.id != lease.id)
    }

    /// Only successes are remembered: a refusal is decided anew.
    @Test func refusalsAreNotRemembered() throws {
        let house = try house(1)
        let bob = try house.grant("bob", in: ["g"])
        #expect(refusal { () throws(Refusal) in try ask(house, "k") }?.rule == .poolExhausted)
        try house.release(bob)
        guard case .granted = try ask(house, "k", fingerprint: 2) else { throw House.Unexpected() }
    }

    @Test func keysAreByActorAndHolder() throws {
        let house = try house()
        let gateways = ["gw1", "gw2"].map { Actor(name: $0, uid: 1, role: .gateway) }
        let first = try ask(house, "k", holder: "ann", by: gateways[0])
        guard case .granted(let lease) = first else { throw House.Unexpected() }
        // The same holder through another gateway: its lease, under a key of its own.
        guard case .held(let held) = try ask(house, "k", holder: "ann", by: gateways[1])
        else { throw House.Unexpected() }
        #expect(held.id == lease.id)
        // Another holder through the same gateway.
        guard case .granted = try ask(house, "k", fingerprint: 2, holder: "bob", by: gateways[0])
        else { throw House.Unexpected() }
    }

    @Test func aKeyIsKeptForADay() throws {
        for (milliseconds, isKnown) in [(86_399_999, true), (86_400_000, false)] as [(Int64, Bool)]
        {
            for isSettled in [false, true] {
                let house = try house()
                _ = try ask(house, "k")
                house.pass(milliseconds: milliseconds)
                // Another change moves the journal's time; settling then forgets.
                try house.grant("bob", in: ["g"])
                if isSettled { house.broker.settle() }
                let refused = refusal { () throws(Refusal) in try ask(house, "k") }
                if isKnown {
                    guard case .leaseEnded = refused else { throw House.Unexpected() }
                } else {
                    #expect(refused == nil)
                }
                #expect(house.broker.image.keys.count == 1)
            }
        }
    }

    /// At most 64 a scope; the oldest gives way, whatever it stands for.
    @Test func roomFor64() throws {
        let house = try house()
        let lease = try #require(try ask(house, "0").lease)
        for number in 1..<64 { _ = try ask(house, "\(number)") }
        #expect(house.broker.image.keys.map(\.key.key) == (0..<64).map { "\($0)" })
        _ = try ask(house, "64")
        #expect(house.broker.image.keys.map(\.key.key) == (1...64).map { "\($0)" })
        // A young key that only found the lease still stands for it once it is over.
        try house.release(lease)
        guard case .leaseEnded = refusal({ () throws(Refusal) in try ask(house, "64") }) else {
            throw House.Unexpected()
        }
        #expect(
            refusal { () throws(Refusal) in try ask(house, "64", fingerprint: 9) } == .keyReused)
        // One that gave way is decided anew.
        guard case .granted = try ask(house, "0", fingerprint: 9) else { throw House.Unexpected() }
        // Another scope has room of its own.
        _ = try ask(house, "0", holder: "bob")
        #expect(house.broker.image.keys.count == 65)
    }
}
