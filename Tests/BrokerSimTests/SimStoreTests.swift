import BrokerCore
import BrokerStore
import Testing

@testable import BrokerSim

/// What the simulated disk keeps, and what it loses.
@Suite struct SimStoreTests {
    private static func batch(after: UInt64) -> JournalBatch {
        JournalBatch(
            after: after,
            entries: [
                JournalEntry(
                    at: Instant(milliseconds: 1_000 + Int64(after)), actor: .system,
                    verb: .setSeatLimit, records: [.seatLimitSet(Int(after))])
            ])
    }

    /// The revision that a new process finds.
    private func revision(_ disk: SimDisk) throws -> UInt64 {
        let recovery = try SimStore(disk: disk).recover()
        return recovery.tail.last?.revision ?? recovery.snapshot?.revision ?? 0
    }

    /// A disk with two batches, the second struck by a fault.
    private func struck(
        _ point: DiskPoint, _ kind: DiskFault.Kind, salt: UInt64
    ) throws -> SimDisk {
        let disk = SimDisk(instance: "test")
        let store = SimStore(disk: disk)
        try store.append(Self.batch(after: 0))
        disk.armed = DiskFault(point: point, kind: kind, salt: salt, offMilliseconds: 0)
        #expect(throws: StoreError.self) { try store.append(Self.batch(after: 1)) }
        #expect(store.struck?.point == point && store.lost?.after == 1)
        return disk
    }

    @Test(arguments: DiskFault.Kind.allCases, 1...40 as ClosedRange<UInt64>)
    func aFaultTakesAtMostTheLastBatch(kind: DiskFault.Kind, salt: UInt64) throws {
        #expect(try revision(try struck(.beforeWrite, kind, salt: salt)) == 1)
        #expect(try revision(try struck(.tornWrite, kind, salt: salt)) == 1)
        #expect([1, 2].contains(try revision(try struck(.beforeSync, kind, salt: salt))))
        #expect(try revision(try struck(.afterSync, kind, salt: salt)) == 2)
    }

    @Test func aPowerCutTakesWhatWasNotSyncedBySometimes() throws {
        let found = try (1...60).map {
            try revision(try struck(.beforeSync, .powerCut, salt: UInt64($0)))
        }
        #expect(found.contains(1) && found.contains(2))
        #expect(try revision(try struck(.beforeSync, .kill, salt: 1)) == 2)
    }

    /// What was read at a start is on disk then, or an answer could rest on what a power cut takes.
    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func whatWasReadStays(salt: UInt64) throws {
        let disk = try struck(.beforeSync, .kill, salt: salt)
        #expect(try revision(disk) == 2)
        disk.losePower(salt: salt)
        #expect(try revision(disk) == 2)
    }

    @Test(arguments: DiskPoint.allCases.filter { $0.rawValue >= 4 }, 1...20 as ClosedRange<UInt64>)
    func aSnapshotIsTheOldOneOrTheNew(point: DiskPoint, salt: UInt64) throws {
        for kind in DiskFault.Kind.allCases {
            let disk = SimDisk(instance: "test")
            let store = SimStore(disk: disk)
            var broker = Broker()
            for limit in 1...3 {
                _ = try broker.decide(
                    .setSeatLimit(limit), by: .system, at: Instant(milliseconds: 1_000))
                let records = broker.takePending()
                try store.append(
                    JournalBatch(
                        after: broker.revision - 1,
                        entries: [
                            JournalEntry(
                                at: Instant(milliseconds: 1_000), actor: .system,
                                verb: .setSeatLimit, records: records)
                        ]))
            }
            try store.save(broker.image)
            disk.armed = DiskFault(point: point, kind: kind, salt: salt, offMilliseconds: 0)
            #expect(throws: StoreError.self) { try store.save(broker.image) }
            #expect(try revision(disk) == 3, "\(kind)")
        }
    }

    @Test func spaceEndsAndTheReserveHelps() throws {
        let disk = SimDisk(instance: "test")
        let store = SimStore(disk: disk)
        disk.fill(leftBytes: 10)
        #expect(throws: StoreError.full) { try store.append(Self.batch(after: 0)) }
        #expect(store.appended == .full && store.lost == nil)
        store.releaseReserve()
        try store.append(Self.batch(after: 0))
        #expect(store.appended == .written)
        #expect(!store.restoreReserve())
        disk.free()
        #expect(store.restoreReserve() && disk.holdsReserve)
    }
}
