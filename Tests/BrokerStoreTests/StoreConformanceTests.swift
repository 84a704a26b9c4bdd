import BrokerCore
import BrokerStore
import BrokerStoreSQLite
import Testing

/// What every store does, whatever it keeps its bytes in.
@Suite struct StoreConformanceTests {
    /// A kind of store, and what is left of one after a restart.
    struct Kind: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let open: @Sendable (TemporaryFolder) throws -> any Store
        /// Closes it and gives what a next process would have.
        let reopen: @Sendable (any Store, TemporaryFolder) throws -> any Store
    }

    static let kinds = [
        Kind(
            testDescription: "memory", open: { _ in MemoryStore(instance: "m") },
            reopen: { store, _ in
                store.close()
                return store
            }),
        Kind(
            testDescription: "sqlite",
            open: { folder in try SQLiteStore(directory: folder.path) { "first" } },
            reopen: { store, folder in
                store.close()
                return try SQLiteStore(directory: folder.path) { "second" }
            }),
    ]

    /// Appends some batches, and gives them.
    private func fill(
        _ store: any Store, _ samples: inout Samples, count: Int, after: UInt64 = 0
    ) throws -> [JournalBatch] {
        var batches: [JournalBatch] = []
        for _ in 0..<count {
            let batch = samples.batch(after: batches.last?.revision ?? after)
            try store.append(batch)
            batches.append(batch)
        }
        return batches
    }

    @Test(arguments: kinds) func aNewStoreIsEmpty(kind: Kind) throws {
        let folder = TemporaryFolder()
        var store = try kind.open(folder)
        for _ in 0..<2 {
            let recovery = try store.recover()
            #expect(recovery.snapshot == nil && recovery.tail.isEmpty)
            store = try kind.reopen(store, folder)
        }
        store.close()
    }

    @Test(arguments: kinds) func batchesComeBackInOrder(kind: Kind) throws {
        let folder = TemporaryFolder()
        var samples = Samples(seed: 1)
        var store = try kind.open(folder)
        var batches = try fill(store, &samples, count: 30)
        #expect(try store.recover().tail == batches)
        store = try kind.reopen(store, folder)
        #expect(try store.recover().tail == batches)
        batches += try fill(store, &samples, count: 5, after: batches.last!.revision)
        store = try kind.reopen(store, folder)
        #expect(try store.recover().tail == batches)
        store.close()
    }

    @Test(arguments: kinds) func aBatchFollowsTheLast(kind: Kind) throws {
        let folder = TemporaryFolder()
        var samples = Samples(seed: 2)
        var store = try kind.open(folder)
        let batches = try fill(store, &samples, count: 3)
        let revision = batches.last!.revision
        for _ in 0..<2 {
            for after in [0, revision - 1, revision + 1, .max >> 1] {
                let wrong = samples.batch(after: after)
                #expect(throws: StoreError.outOfOrder(expected: after, found: revision)) {
                    try store.append(wrong)
                }
                let image = samples.image(revision: after)
                #expect(throws: StoreError.outOfOrder(expected: after, found: revision)) {
                    try store.save(image)
                }
            }
            #expect(try store.recover().tail == batches)
            store = try kind.reopen(store, folder)
        }
        try store.append(samples.batch(after: revision))
        store.close()
    }

    @Test(arguments: kinds) func aSnapshotStandsForWhatWasBefore(kind: Kind) throws {
        let folder = TemporaryFolder()
        var samples = Samples(seed: 3)
        var store = try kind.open(folder)
        var revision: UInt64 = 0
        for _ in 0..<3 {
            revision = try fill(store, &samples, count: 4, after: revision).last!.revision
            let image = samples.image(revision: revision)
            try store.save(image)
            #expect(try store.recover().snapshot == image)
            #expect(try store.recover().tail.isEmpty)
            let tail = try fill(store, &samples, count: 2, after: revision)
            revision = tail.last!.revision
            store = try kind.reopen(store, folder)
            let recovery = try store.recover()
            #expect(recovery.snapshot == image && recovery.tail == tail)
        }
        store.close()
    }

    /// The state of a store may be saved again and again at one revision.
    @Test(arguments: kinds) func theLatestSnapshotCounts(kind: Kind) throws {
        let folder = TemporaryFolder()
        var samples = Samples(seed: 4)
        let store = try kind.open(folder)
        defer { store.close() }
        let revision = try fill(store, &samples, count: 1).last!.revision
        for _ in 0..<3 {
            let image = samples.image(revision: revision)
            try store.save(image)
            #expect(try store.recover().snapshot == image)
        }
    }

    @Test(arguments: kinds) func theNameStays(kind: Kind) throws {
        let folder = TemporaryFolder()
        let store = try kind.open(folder)
        let instance = store.instance
        #expect(!instance.isEmpty)
        let again = try kind.reopen(store, folder)
        #expect(again.instance == instance)
        again.close()
    }

    @Test(arguments: kinds) func theReserveComesAndGoes(kind: Kind) throws {
        let folder = TemporaryFolder()
        let store = try kind.open(folder)
        defer { store.close() }
        for _ in 0..<2 {
            #expect(store.restoreReserve())
            #expect(store.restoreReserve())
            store.releaseReserve()
            store.releaseReserve()
        }
    }

    // MARK: Memory alone

    @Test func aFullMemoryStoreWritesNothing() throws {
        var samples = Samples(seed: 5)
        let store = MemoryStore()
        let first = try fill(store, &samples, count: 2)
        store.space = 3
        let next = samples.batch(after: first.last!.revision)
        #expect(throws: StoreError.full) { try store.append(next) }
        #expect(try store.recover().tail == first)
        store.space = nil
        try store.append(next)
        #expect(try store.recover().tail == first + [next])
    }
}
