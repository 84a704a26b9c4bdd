import Testing

@testable import BrokerCore

/// What a full disk takes back is gone as if it had never been, for those who ask by its id too.
@Suite struct UndoTests {
    private static func house() throws -> House {
        let house = try House(
            [PoolSpec(name: PoolName("a"), size: 3)],
            [
                GroupSpec(
                    name: GroupName("g"), members: [.unixGroup(UnixGroupName("g"))],
                    pools: [PoolName("a")])
            ])
        house.broker.isUndoable = true
        return house
    }

    @Test func aLeaseThatCameAndWentWithinABatch() throws {
        let house = try Self.house()
        let kept = try house.grant("ann", in: ["g"])
        try house.release(kept)
        house.broker.settle()
        let undone = try house.grant("bob", in: ["g"])
        try house.release(undone)
        house.broker.undo()
        #expect(house.broker.lease(undone.id) == nil)
        #expect(house.refusal(.release(undone.id, claim: .anyone)) == .noSuchLease)
        // The place in the list is the next one's.
        let later = try house.grant("cid", in: ["g"])
        try house.release(later)
        #expect(house.broker.lease(undone.id) == nil)
        #expect(house.broker.lease(later.id)?.holder == HolderName("cid"))
        #expect(house.broker.lease(kept.id)?.holder == HolderName("ann"))
    }

    @Test func partOfABatch() throws {
        let house = try Self.house()
        let first = try house.grant("ann", in: ["g"])
        let image = house.broker.image
        let count = house.broker.undoCount
        let second = try house.grant("bob", in: ["g"])
        house.broker.undo(downTo: count)
        #expect(house.broker.image == image)
        #expect(house.broker.lease(second.id) == nil)
        #expect(house.broker.lease(first.id)?.state == .active)
    }
}
