package import BrokerCore
package import BrokerEngine
import BrokerHistory
package import BrokerRota
package import BrokerSite
package import BrokerStore
import Glibc
import Synchronization

/// The broker at work: the engine on its thread, the clock, names, and the configuration in force.
package final class BrokerService: Sendable {
    package let names: NameService
    package let instance: String
    /// What the writer has done and seen.
    package let meters: WriterMeters
    /// When this process began to serve: milliseconds since the Unix epoch.
    package let startedAtWallMilliseconds: Int64
    let published: PublishedState
    let writer: Writer
    /// nil: there is no history.
    let keeper: HistoryKeeper?
    let windows = SystemWindows()
    /// The rota as of a revision of the site and a release of the time zones.
    private let knownRota = Mutex<(revision: UInt64, zones: String, rota: Rota?)?>(nil)
    private let linePlaces = Mutex(LinePlaces())
    private let settings: Mutex<DaemonConfiguration>
    private let reloadSource: @Sendable () throws -> DaemonConfiguration
    private let stopping = Atomic<Bool>(false)
    /// One reload at a time, whoever asks for it.
    private let reloading = Mutex(())
    private let reloaded: @Sendable (DaemonConfiguration) -> Void

    /// Recovers the state and starts to serve it.
    ///
    /// - Parameters:
    ///   - configuration: as it was read at the start.
    ///   - history: where the history is kept; nil: there is none, and the journal is kept whole.
    ///   - site: the site for a store that has none; called only then.
    ///   - reload: reads the configuration again.
    ///   - reloaded: called with each configuration that was put into force later.
    /// - Throws: `StoreError`, and what `site` throws; nothing is running then.
    package init(
        configuration: DaemonConfiguration, store: any Store, hooks: ServiceHooks,
        history: HistorySource? = nil,
        site: () throws -> SiteSpec?, reload: @escaping @Sendable () throws -> DaemonConfiguration,
        reloaded: @escaping @Sendable (DaemonConfiguration) -> Void
    ) throws {
        let before = ClockReading.now()
        let recovery = try store.recover()
        var broker: Broker
        do {
            broker = try Engine.recover(recovery)
        } catch {
            throw StoreError.damaged(error.message)
        }
        let reading = ClockReading.now()
        let timeLine = TimeLine(known: broker.clock, latest: broker.latest, reading: reading)
        hooks.note(
            .recovered(
                revision: broker.revision, leases: broker.leaseCount,
                milliseconds: reading.bootMilliseconds - before.bootMilliseconds))
        let firstSite = broker.hasSite ? nil : try site()
        instance = store.instance
        startedAtWallMilliseconds = reading.wallMilliseconds
        names = NameService()
        settings = Mutex(configuration)
        reloadSource = reload
        self.reloaded = reloaded
        published = PublishedState(broker)
        meters = WriterMeters(snapshot: recovery.snapshot)
        let feed = HistoryFeed(tail: recovery.tail, latest: broker.revision)
        let writer = Writer(
            broker: broker, snapshotRevision: recovery.snapshot?.revision ?? 0, store: store,
            timeLine: timeLine, published: published, windows: windows, hooks: hooks,
            meters: meters, feed: history == nil ? nil : feed)
        self.writer = writer
        var keeper: HistoryKeeper?
        if let history {
            keeper = HistoryKeeper(
                source: history,
                access: HistoryKeeper.Access(
                    writer, instance: store.instance, snapshot: recovery.snapshot,
                    isLowOnSpace: { [published] in published.isLowOnSpace }, hooks),
                feed: feed, retention: HistoryRetention(configuration.history))
        }
        self.keeper = keeper
        writer.retention = { [weak keeper] in keeper?.journalRetention }
        writer.start()
        keeper?.start()
        try setUp(configuration, site: firstSite)
    }

    private func setUp(_ configuration: DaemonConfiguration, site: SiteSpec?) throws {
        do {
            _ = try submitAndWait(.setSeatLimit(configuration.seatLimit))
        } catch StoreError.full {
            // The former limit holds until the next start or reload; leases can be released.
        }
        guard let site else { return }
        do {
            _ = try submitAndWait(.applySite(site))
        } catch {
            stop()
            throw error
        }
    }

    /// Whether the process is about to end.
    package var isStopping: Bool { stopping.load(ordering: .relaxed) }

    /// Called when the listeners begin to close.
    package func willStop() { stopping.store(true, ordering: .relaxed) }

    /// Ends the writer once everything submitted is decided, and closes the store.
    package func stop() {
        willStop()
        keeper?.willStop()
        writer.stop()
        // Behind it, so that it has all there is.
        keeper?.stop()
    }

    // MARK: Commands

    /// Has a command decided, written and then answered, from the writer's thread; `reply` must be
    /// quick. A service that has stopped answers `nil`, from here.
    package func submit(
        _ command: Command, by actor: Actor,
        reply: @escaping @Sendable (EngineAnswer?) -> Void
    ) {
        let isTaken = writer.queue.add(
            .command(
                Writer.Submission(command: command, actor: actor, reply: Reply { reply($0) })))
        if !isTaken { reply(nil) }
    }

    /// The connection of a waiting request is gone.
    package func leaveLine(_ place: WaitTicket) {
        submit(.leaveLine(place), by: .system) { _ in }
    }

    /// As `submit`, for the program's start and for reloads.
    ///
    /// - Throws: the refusal; `StoreError.full`.
    package func submitAndWait(_ command: Command, by actor: Actor = .system) throws -> Decision {
        let answer = SharedAnswer()
        submit(command, by: actor) { answer.set($0) }
        switch answer.wait() {
        case .decided(let decision)?: return decision
        case .refused(let refusal)?: throw refusal
        case .noSpace?: throw StoreError.full
        case nil: throw StoreError.failed("the broker is stopping")
        }
    }

    /// What a command would be answered now, on a copy of the state that is on disk.
    ///
    /// The revision of a change is the one that it was foreseen at: whoever passes it on is safe from
    /// whatever others do meanwhile.
    package func rehearse(_ command: Command, by actor: Actor) -> Result<Decision, Refusal> {
        var copy = published.read { broker in copy broker }
        let revision = copy.revision
        let now = max(published.now, copy.latest)
        do throws(Refusal) {
            var decision = try copy.decide(command, by: actor, at: now, windows: windows)
            decision.setRevision(revision)
            return .success(decision)
        } catch {
            return .failure(error)
        }
    }

    // MARK: Reading

    /// Reads the state as far as it is on disk. `body` runs under a lock: it takes out what it needs.
    package func read<Value: Sendable>(_ body: (borrowing Broker) -> sending Value) -> Value {
        published.read(body)
    }

    /// A copy of the state as far as it is on disk, for work that takes longer.
    package func snapshot() -> Broker { published.read { broker in copy broker } }

    package var isLowOnSpace: Bool { published.isLowOnSpace }

    /// The rota of the site as far as it is on disk; nil: the site has none.
    ///
    /// - Throws: `Refusal.invalid` when its time zone is not there any more.
    package func rota() throws(Refusal) -> Rota? {
        let (revision, zones) = read { broker in (broker.siteRevision, broker.zones) }
        let known = knownRota.withLock { $0 }
        if let known, known.revision == revision, known.zones == zones { return known.rota }
        let site = read { broker in broker.siteSpec }
        let rota = site.rota == nil ? nil : try windows.rota(of: site)
        knownRota.withLock { $0 = (revision, zones, rota) }
        return rota
    }

    /// How a place in the line stands, as of half a second ago at most, so that a long line that
    /// looks at itself costs little; nil when it is no more.
    package func waitView(_ number: UInt64) -> WaitView? {
        let now = now
        return linePlaces.withLock { places in
            read { broker in places.view(of: number, broker, at: now) }
        }
    }

    /// Calls `body` with each later change of a lease, from the writer's thread; it must be quick.
    package func watch(
        _ id: LeaseID, _ body: @escaping @Sendable (LeaseView) -> Void
    ) -> LeaseWatch {
        published.watch(id, body)
    }

    /// The present instant on the state's time line.
    package var now: Instant { published.now }

    /// Wall clock minus time line, in milliseconds.
    package var wallOffsetMilliseconds: Int64 { published.wallOffsetMilliseconds }

    // MARK: Configuration

    /// The configuration in force.
    package var configuration: DaemonConfiguration { settings.withLock { $0 } }

    /// Reads the configuration again and puts it into force; a bad one changes nothing. Listeners
    /// and the state directory stay as they are until a restart. Blocks until the seat limit is on
    /// disk: not for event loops.
    ///
    /// - Parameter actor: who wants it; the broker itself where a signal asks.
    /// - Throws: `SiteFileError` with the place of the mistake, what reading the file says, and
    ///   `StoreError.full`.
    package func reload(by actor: Actor) throws -> ConfigurationChange {
        try reloading.withLock { _ in
            let new = try reloadSource()
            if new.seatLimit != read({ broker in broker.seatLimit }) {
                _ = try submitAndWait(.setSeatLimit(new.seatLimit), by: actor)
            }
            let old = settings.withLock { settings in
                defer { settings = new }
                return settings
            }
            reloaded(new)
            keeper?.retention = HistoryRetention(new.history)
            let change = ConfigurationChange(from: old, to: new)
            // On a full disk it is in force all the same.
            submit(.noteReload(change.changed), by: actor) { _ in }
            return change
        }
    }

    // MARK: Health

    /// Whether the writer has not gone round for so long that something holds it: a disk that hangs.
    package var isWriterStuck: Bool { writerSilenceMilliseconds > 5_000 }

    /// How long ago the writer last went round: half a second at most while it is well and idle.
    package var writerSilenceMilliseconds: Int64 { published.writerSilenceMilliseconds }

    /// Runs what takes long on a thread of its own.
    package func background(_ body: @escaping @Sendable () -> Void) {
        DaemonThread.start("background", body).detach()
    }
}

/// What a reload brought, by the configuration's keys.
package struct ConfigurationChange: Equatable, Sendable {
    /// In force now.
    package var changed: [String] = []
    /// In force after a restart.
    package var needsRestart: [String] = []

    init(from old: DaemonConfiguration, to new: DaemonConfiguration) {
        if old.seatLimit != new.seatLimit { changed.append("broker.seat_limit") }
        if old.roles != new.roles { changed.append("roles") }
        if old.limits != new.limits { changed.append("limits") }
        if old.siteFile != new.siteFile { changed.append("broker.site_file") }
        if old.history != new.history { changed.append("history") }
        if old.stateDirectory != new.stateDirectory { needsRestart.append("broker.state_dir") }
        if old.listen != new.listen { needsRestart.append("listen") }
    }
}

/// An answer that one thread waits for.
private final class SharedAnswer: Sendable {
    private let queue = WaitQueue<EngineAnswer?>()

    func set(_ answer: EngineAnswer?) { _ = queue.add(answer) }

    func wait() -> EngineAnswer? { queue.takeFirst() ?? nil }
}

extension Decision {
    /// Says at which revision of the journal a change of the site stands.
    fileprivate mutating func setRevision(_ revision: UInt64) {
        switch self {
        case .site(var change):
            change.revision = revision
            self = .site(change)
        case .group(var change):
            change.revision = revision
            self = .group(change)
        case .granted, .held, .replayed, .waiting, .lease, .pool, .resized, .draining, .seat,
            .windowsSet, .done:
            break
        }
    }
}
