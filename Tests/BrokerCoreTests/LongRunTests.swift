import Testing

@testable import BrokerCore

/// Long random runs, audited after every command.
@Suite struct LongRunTests {
    private static let stepCount = 2_000
    /// What refuses somebody in a house where nobody waits and all may enter at any time.
    private static let rules: [Rule] = [
        .notEntitled, .poolCordoned, .poolDraining, .quotaExceeded, .poolExhausted,
    ]

    /// The rules of the house; a journal that says everything; images that are the whole state;
    /// undo that leaves nothing behind.
    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func aHouseForALongTime(seed: UInt64) throws {
        var workload = Workload(seed: seed)
        var auditor = Auditor()
        var broker = Broker()
        _ = try broker.decide(.applySite(Workload.site), by: House.admin, at: workload.now)
        // Knows the journal alone.
        var replica = Broker()
        for record in broker.takePending() { try replica.apply(record, at: workload.now) }
        // Was made of an image lately, and decides beside the first.
        var twin: Broker?
        for step in 0..<Self.stepCount {
            let (command, actor) = workload.next()
            let outcome = broker.outcome(of: command, by: actor, at: workload.now)
            if case .success(let decision) = outcome { workload.note(decision) }
            let records = broker.takePending()
            broker.settle()
            for record in records { try replica.apply(record, at: workload.now) }
            replica.settle()
            try #require(broker.shortImage == replica.shortImage, "step \(step): \(command)")
            auditor.check(broker, after: command, outcome, at: workload.now, step: step)

            if let other = twin?.outcome(of: command, by: actor, at: workload.now) {
                try #require(same(other, outcome), "step \(step): \(command)")
                try #require(twin?.takePending() == records, "step \(step)")
                twin?.settle()
            }
            if step % 100 == 0 {
                let image = broker.image
                twin = try Broker(image: image)
                try #require(twin?.image == image, "step \(step)")
                try #require(replica.image == image, "step \(step)")
            }
            if step % 100 == 50 { twin = nil }
            if step % 20 == 0 { try undoABatch(&broker, workload, step) }
        }
        // The run met what it is for.
        #expect(auditor.granted > 100)
        for rule in Self.rules { #expect(auditor.refused[rule] ?? 0 > 0, "\(rule)") }
    }

    /// Some commands are decided and taken back; the broker goes on with the rest of the run.
    private func undoABatch(_ broker: inout Broker, _ workload: Workload, _ step: Int) throws {
        let before = broker.shortImage
        broker.isUndoable = true
        var other = workload
        other.random = Random(seed: UInt64(step) << 32 | 7)
        for _ in 0...Int(other.random.next() % 10) {
            let (command, actor) = other.next()
            let outcome = broker.outcome(of: command, by: actor, at: other.now)
            if case .success(let decision) = outcome { other.note(decision) }
            if other.random.chance(50) { _ = broker.takePending() }
        }
        broker.undo()
        broker.isUndoable = false
        try #require(broker.shortImage == before, "step \(step): undo")
        try #require(broker.takePending() == [], "step \(step): undo")
    }

    private func same(_ a: Result<Decision, Refusal>, _ b: Result<Decision, Refusal>) -> Bool {
        switch (a, b) {
        case (.failure(let a), .failure(let b)): a == b
        case (.success(let a), .success(let b)): a.isSame(as: b)
        default: false
        }
    }
}

extension Broker {
    fileprivate mutating func outcome(
        of command: Command, by actor: Actor, at now: Instant
    ) -> Result<Decision, Refusal> {
        do throws(Refusal) {
            return .success(try decide(command, by: actor, at: now))
        } catch {
            return .failure(error)
        }
    }

    /// The image with the latest of the ended leases alone, which is what a step can change.
    fileprivate var shortImage: BrokerImage {
        var image = image
        image.ended.removeFirst(max(0, image.ended.count - 12))
        return image
    }
}

extension Decision {
    fileprivate func isSame(as other: Decision) -> Bool {
        switch (self, other) {
        case (.granted(let a), .granted(let b)), (.held(let a), .held(let b)),
            (.lease(let a), .lease(let b)):
            a == b
        case (.replayed(let a, let created), .replayed(let b, let wasCreated)):
            a == b && created == wasCreated
        case (.pool(let a), .pool(let b)): a == b
        case (.resized(let a), .resized(let b)): a == b
        case (.draining(let a), .draining(let b)): a == b
        case (.seat(let a), .seat(let b)): a == b
        case (.group(let a), .group(let b)): a == b
        case (.waiting(let a), .waiting(let b)): a == b
        case (.windowsSet(let a), .windowsSet(let b)): a == b
        case (.site(let a), .site(let b)): a == b
        case (.done, .done): true
        default: false
        }
    }
}
