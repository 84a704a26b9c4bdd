import BrokerAPI
import BrokerCore
import BrokerRota
import BrokerService
import BrokerStore

/// Everything that the metrics of one answer are made from, taken in one go.
///
/// Nothing in it waits for the disk: the state is the published one, and what the disk is like is
/// what the writer last saw of it.
struct MetricsReading: Sendable {
    /// A pool with what the API says of it.
    struct PoolFigures: Sendable {
        var name: String
        var view: PoolView
        var seats: PoolSeats
        var state: PoolState
    }

    var pools: [PoolFigures]
    var groups: [GroupView]
    var seatLimit: Int?
    var oldestWaits: [GroupName: Instant]
    var revision: UInt64
    var windowsReach: UnixTime?
    /// East of Greenwich, by the rota's zone; nil where the site has none.
    var zoneOffsetSeconds: Int?
    var now: Instant
    var startedAtWallMilliseconds: Int64
    var writer: WriterMeters.Counts
    var commitSeconds: Histogram.Reading
    var batchEntries: Histogram.Reading
    var store: StoreFigures?
    var isLowOnSpace: Bool
    /// Nil where there is no history.
    var historyState: StatusHistory.State?
    var writerSilenceMilliseconds: Int64
    var grants: APIMeters.Counts
    var grantSeconds: Histogram.Reading
    var waitSeconds: Histogram.Reading
    var names: NameService.Counts
    var lookUpSeconds: Histogram.Reading
    var transport: [(kind: ListenerKind, counters: TransportCounters)]
    var process: ProcessFigures
    private let wire: Wire

    /// What the published state holds of it.
    private struct State: Sendable {
        var pools: [PoolView]
        var groups: [GroupView]
        var seatLimit: Int?
        var oldestWaits: [GroupName: Instant]
        var revision: UInt64
        var windowsReach: UnixTime?

        init(_ broker: borrowing Broker, at now: Instant) {
            pools = broker.poolViews
            groups = broker.groupViews(at: max(now, broker.latest))
            seatLimit = broker.seatLimit
            oldestWaits = broker.oldestWaits
            revision = broker.revision
            windowsReach = broker.rota == nil ? nil : broker.windowsReach
        }
    }

    init(_ service: BrokerService, _ meters: APIMeters) {
        let wire = Wire(service)
        let now = service.now
        let state = service.read { broker in State(broker, at: now) }
        self.wire = wire
        self.now = now
        pools = state.pools.map { view in
            PoolFigures(
                name: view.spec.name.value, view: view, seats: wire.counts(view.seats),
                state: wire.state(of: view))
        }
        groups = state.groups
        seatLimit = state.seatLimit
        oldestWaits = state.oldestWaits
        revision = state.revision
        windowsReach = state.windowsReach
        let wallSeconds = Int(wire.nowTimestamp.milliseconds / 1_000)
        zoneOffsetSeconds = (try? service.rota())?.zone.offsetSeconds(
            at: UnixTime(seconds: wallSeconds))
        startedAtWallMilliseconds = service.startedAtWallMilliseconds
        writer = service.meters.counts
        commitSeconds = service.meters.commitSeconds.reading
        batchEntries = service.meters.batchEntries.reading
        store = service.meters.storeFigures
        isLowOnSpace = service.isLowOnSpace
        historyState = service.historyStatus.map { StatusHistory($0).state }
        writerSilenceMilliseconds = service.writerSilenceMilliseconds
        grants = meters.counts
        grantSeconds = meters.grantSeconds.reading
        waitSeconds = meters.waitSeconds.reading
        names = service.names.counts
        lookUpSeconds = service.names.lookUpSeconds.reading
        transport = ListenerKind.allCases.map { ($0, meters.transport($0)) }
        process = .read()
    }

    /// An instant of the time line as seconds since the Unix epoch, by the wall clock as it is now.
    func wallSeconds(_ instant: Instant) -> Double {
        Double(wire.timestamp(instant).milliseconds) / 1_000
    }

    /// How the API calls the reason.
    func reason(_ reason: EndReason) -> String { wire.reason(reason).rawValue }
}
