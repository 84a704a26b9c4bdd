import BrokerCore
import BrokerEngine
import BrokerStore
import Glibc

/// A place to send an answer to.
struct Reply: Sendable {
    var send: @Sendable (EngineAnswer) -> Void

    init(_ send: @escaping @Sendable (EngineAnswer) -> Void) { self.send = send }
}

/// The one thread that decides and writes: it runs the writer's loop with the machine's clocks.
///
/// While a batch is being synced, the next one gathers in the queue.
final class Writer: @unchecked Sendable {
    // Safe: after `start`, all but the queue is touched by the writer's thread alone.

    struct Submission: Sendable {
        var command: Command
        var actor: Actor
        var reply: Reply
    }

    /// What the writer is asked for.
    enum Work: Sendable {
        case command(Submission)
        /// Something to be read between two rounds that delays nobody for long.
        case visit(@Sendable (WriterLoop) -> Void)
    }

    let queue = WaitQueue<Work>()
    private let loop: WriterLoop
    private let publisher: Publisher
    private let published: PublishedState
    private let hooks: ServiceHooks
    private let store: any Store
    private let meters: WriterMeters
    /// How long the journal keeps batches, asked in every round; set before the start.
    var retention: @Sendable () -> JournalRetention? = { nil }
    private var thread: JoinableThread?

    /// - Parameter feed: for the history; nil: there is none.
    init(
        broker: Broker, snapshotRevision: UInt64, store: any Store, timeLine: TimeLine,
        published: PublishedState, windows: any WindowSource, hooks: ServiceHooks,
        meters: WriterMeters, feed: HistoryFeed?
    ) {
        publisher = Publisher(published: published, hooks: hooks, meters: meters, feed: feed)
        loop = WriterLoop(
            broker: broker, snapshotRevision: snapshotRevision, store: store, timeLine: timeLine,
            events: publisher, windows: windows)
        self.published = published
        self.hooks = hooks
        self.store = store
        self.meters = meters
    }

    func start() {
        loop.start()
        thread = DaemonThread.start("writer") { [self] in run() }
    }

    /// Decides what has been submitted, answers it, and ends the thread.
    func stop() {
        queue.close()
        thread?.join()
    }

    private func run() {
        do throws(WriterFailure) {
            while true {
                let taken = queue.takeAll(
                    waitingMilliseconds: loop.sleepMilliseconds(.now()))
                for work in taken.elements {
                    guard case .command(let submission) = work else { continue }
                    let ticket = publisher.ticket(for: submission.reply)
                    loop.submit(
                        Engine.Submission(
                            submission.command, by: submission.actor, ticket: ticket))
                }
                loop.retention = retention()
                try loop.round(.now())
                for case .visit(let body) in taken.elements { body(loop) }
                published.writerIsAlive()
                hooks.writerIsAlive()
                meters.look(at: store)
                if taken.isClosed && taken.elements.isEmpty && !loop.hasWork { break }
            }
            try loop.stop()
        } catch {
            hooks.fail("\(error.what): \(error.error.text)")
        }
    }
}

/// Takes what the writer's loop has done to readers, callers and the log.
private final class Publisher: WriterEvents {
    private let published: PublishedState
    private let hooks: ServiceHooks
    private let meters: WriterMeters
    private let feed: HistoryFeed?
    /// Who waits, by ticket; the first ticket is 1, for 0 is the loop's own.
    private var replies: [Reply] = []
    private var answeredCount = 0
    /// Who waits in the line.
    private var places: [WaitTicket: Reply] = [:]

    init(
        published: PublishedState, hooks: ServiceHooks, meters: WriterMeters, feed: HistoryFeed?
    ) {
        self.published = published
        self.hooks = hooks
        self.meters = meters
        self.feed = feed
    }

    func ticket(for reply: Reply) -> Ticket {
        // A round answers everything: then the numbers begin again.
        if answeredCount == replies.count {
            replies.removeAll(keepingCapacity: true)
            answeredCount = 0
        }
        replies.append(reply)
        return Ticket(UInt64(replies.count))
    }

    func appending() { meters.appending() }

    func appended(_ batch: JournalBatch) {
        meters.appended(batch)
        published.apply(batch)
        feed?.add(batch)
        for record in batch.entries.lazy.flatMap(\.records) {
            // Whoever was connected has gone away.
            switch record {
            case .waitAbsent(let place, _), .waitEnded(let place, .left, _): places[place] = nil
            default: continue
            }
        }
        for entry in batch.entries {
            for (verb, what) in entry.records.noteworthy {
                hooks.note(.changed(actor: entry.actor, verb: verb, what: what))
            }
        }
    }

    func answer(_ answers: [(Addressee, EngineAnswer)]) {
        for (addressee, answer) in answers {
            switch addressee {
            case .ticket(WriterLoop.ownTicket): continue
            case .ticket(let ticket):
                answeredCount += 1
                let reply = replies[Int(ticket.number) - 1]
                if case .decided(.waiting(let place)) = answer { places[place.ticket] = reply }
                reply.send(answer)
            case .place(let place):
                places.removeValue(forKey: place)?.send(answer)
            }
        }
    }

    func clockSet(_ mark: ClockMark) { published.setClock(mark) }

    func snapshotTaken(at revision: UInt64) { meters.snapshotTaken(at: revision) }

    func note(_ note: WriterNote) {
        meters.note(note)
        switch note {
        case .lowOnSpace: published.setLowOnSpace(true)
        case .spaceRestored: published.setLowOnSpace(false)
        case .clockStepped, .snapshotFailed, .windowsFailed: break
        }
        hooks.note(.writer(note))
    }
}

extension [Record] {
    /// What the log says of one decision: what was changed first, and which groups' windows opened
    /// or closed, each kind in one line however many they are.
    fileprivate var noteworthy: [(verb: String, what: String)] {
        var notes: [(verb: String, what: String)] = []
        var hasChange = false
        for record in self {
            guard let note = record.noteworthy else { continue }
            guard case .turnSet = record else {
                if !hasChange { notes.append(note) }
                hasChange = true
                continue
            }
            if let known = notes.firstIndex(where: { $0.verb == note.verb }) {
                notes[known].what += " \(note.what)"
            } else {
                notes.append(note)
            }
        }
        return notes
    }
}

extension Record {
    /// What an admin would want to find in the log of changes; nil for the daily traffic.
    var noteworthy: (verb: String, what: String)? {
        switch self {
        case .poolPut(let spec, _): ("pool-set", spec.name.value)
        case .poolModeSet(let name, let mode, _):
            switch mode.kind {
            case .open:
                (mode.upcoming == nil ? "pool-opened" : "pool-drain-planned", name.value)
            case .cordoned: ("pool-cordoned", name.value)
            case .draining: ("pool-draining", name.value)
            }
        case .poolRemoved(let name): ("pool-removed", name.value)
        case .groupPut(let spec): ("group-set", spec.name.value)
        case .groupRemoved(let name): ("group-removed", name.value)
        case .siteOrdered: ("site-ordered", "")
        case .seatCordonSet(let name, let cordon):
            (cordon == nil ? "seat-opened" : "seat-cordoned", name.value)
        case .seatOpened(let name, _): ("seat-opened", name.value)
        case .leaseRevocationSet(let id, _, _): ("lease-revoked", id.text)
        case .leaseEnded(let id, .revoked, _): ("lease-revoked", id.text)
        case .seatLimitSet(let limit): ("seat-limit-set", limit.map { "\($0)" } ?? "none")
        case .tokenFloorSet(let floor): ("token-floor-set", "\(floor)")
        case .rotaSet(let rota): ("rota-set", rota?.timezone ?? "none")
        case .windowsReach(_, let zones): ("windows-set", zones)
        case .turnSet(let group, let turn):
            (turn?.phase == .open ? "window-opened" : "window-closed", group.value)
        case .clockSet, .seatsAdded, .seatListed, .seatRemoved, .seatRetiring, .seatReclaimed,
            .leaseGranted, .leaseRenewed, .leaseEnded, .keyRemembered, .windowsSet, .leaseCharged,
            .subjectSeen, .waitStarted, .waitResumed, .waitAbsent, .waitEnded, .refused,
            .changeRefused, .configurationRead:
            nil
        }
    }
}
