import BrokerAPI
import BrokerCore
import BrokerRota
import BrokerService
import BrokerText

/// The core's values in the API's words. It holds the wall clock's offset of the moment in which it
/// was made, so that all instants of one answer agree.
struct Wire: Sendable {
    private let service: BrokerService
    private let wallOffsetMilliseconds: Int64
    /// Of what is written for people in answers that are no problems.
    let language: Language

    init(_ service: BrokerService, _ language: Language = .standard) {
        self.service = service
        self.language = language
        wallOffsetMilliseconds = service.wallOffsetMilliseconds
    }

    private var now: Instant { service.now }

    /// The instant at which the wall clock shows this.
    func instant(_ timestamp: Timestamp) -> Instant {
        Instant(milliseconds: timestamp.milliseconds - wallOffsetMilliseconds)
    }

    func timestamp(_ instant: Instant) -> Timestamp {
        Timestamp(milliseconds: instant.milliseconds + wallOffsetMilliseconds)
    }

    /// A second of the wall clock.
    func timestamp(_ time: UnixTime) -> Timestamp {
        Timestamp(milliseconds: Int64(time.seconds) * 1_000)
    }

    var nowTimestamp: Timestamp { timestamp(now) }

    /// By the clock of the site's rota, as it is on disk.
    var localTimes: LocalTimes { LocalTimes(zone: (try? service.rota())?.zone) }

    /// Seconds until an instant for somebody who is to come back then: 1 at least.
    func retryAfterSeconds(_ instant: Instant?) -> Int? {
        instant.map { max(1, now.secondsUntil($0)) }
    }

    /// Seconds until a window opens, and up to half a minute more: a whole group waits for it, and
    /// it is not to come back in one second. Always the same for a person, so that asking again
    /// gains nothing.
    func retryAfterSeconds(opening: UnixTime, holder: HolderName?) -> Int {
        let seconds = max(1, now.secondsUntil(instant(timestamp(opening))))
        return seconds + (holder.map { Self.spreadSeconds($0) } ?? 0)
    }

    /// From 0 to 29: FNV-1a over the name.
    static func spreadSeconds(_ holder: HolderName) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in holder.value.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return Int(hash % 30)
    }

    // MARK: Leases

    func lease(_ view: LeaseView) -> Lease {
        Lease(view, wallOffsetMilliseconds: wallOffsetMilliseconds)
    }

    func reason(_ reason: EndReason) -> LeaseEndReason { LeaseEndReason(reason) }

    func seatProtocol(_ seatProtocol: SeatProtocol) -> SeatProtocolName {
        SeatProtocolName(seatProtocol)
    }

    // MARK: Pools and seats

    func state(of pool: PoolView) -> PoolState {
        switch pool.mode.kind {
        case .open: .open
        case .cordoned: .cordoned
        case .draining: pool.isDrained ? .drained : .draining
        }
    }

    /// Why a pool is closed or will be, by whom, and when.
    struct Closing {
        var reason: String?
        var by: String?
        var deadlineAt: Timestamp?
        var startsAt: Timestamp?
    }

    /// An open pool tells of the drain that is to come; one that is closed says why it is.
    func closing(of pool: PoolView) -> Closing {
        let mode = pool.mode
        let isOpen = mode.kind == .open
        return Closing(
            reason: isOpen ? mode.upcoming?.reason : mode.reason,
            by: isOpen ? mode.upcoming?.by : mode.by,
            deadlineAt: (mode.deadline ?? mode.upcoming?.deadline).map { timestamp($0) },
            startsAt: mode.upcoming.map { timestamp($0.start) })
    }

    func counts(_ counts: SeatCounts) -> PoolSeats {
        PoolSeats(available: counts.available, leased: counts.leased, cordoned: counts.cordoned)
    }

    func pool(_ view: PoolView) -> Pool {
        let spec = view.spec
        let closing = closing(of: view)
        return Pool(
            name: spec.name.value, size: view.size, targetSize: spec.size, state: state(of: view),
            reason: closing.reason, by: closing.by, deadlineAt: closing.deadlineAt,
            drainStartsAt: closing.startsAt,
            revision: Int(view.revision), seats: counts(view.seats), driver: .none,
            seatName: spec.seatName, seatHost: spec.seatHost, seatURL: spec.seatURL,
            port: spec.port, seatProtocol: seatProtocol(spec.seatProtocol),
            leaseTTLSeconds: spec.leaseTTLSeconds, leaseTTLSecondsMax: spec.leaseTTLSecondsMax,
            seatsListed: spec.listed.map {
                ListedSeatSpec(
                    name: $0.name.value, host: $0.host, port: $0.port, url: $0.url,
                    agent: $0.keptFor?.value)
            })
    }

    func seat(_ view: SeatView) -> Seat {
        Seat(
            name: view.address.name.value, pool: view.pool.value,
            state: view.lease == nil ? .available : .leased,
            cordoned: view.cordon.map { $0.start == nil } ?? false,
            host: view.address.host, port: view.address.port,
            seatProtocol: seatProtocol(view.address.seatProtocol), url: view.address.url,
            token: Int(view.token), lease: view.lease?.text, holder: view.holder?.value,
            reason: view.cordon?.reason ?? (view.isRetiring ? "The pool was made smaller." : nil),
            deadlineAt: view.cordon?.deadline.map { timestamp($0) },
            drainStartsAt: view.cordon?.start.map { timestamp($0) })
    }

    // MARK: Groups

    func group(_ view: GroupView) -> Group {
        Group(
            name: view.spec.name.value, members: view.spec.members.map(\.text),
            pools: view.spec.pools.map(\.value), quota: view.spec.quota,
            reserve: view.spec.reserve.map { PoolReserve(pool: $0.pool.value, seats: $0.seats) },
            slots: view.spec.slots, used: view.used, waiting: view.waiting, open: view.isOpen,
            opensAt: view.opens.map { timestamp($0) }, closesAt: view.closes.map { timestamp($0) })
    }

    // MARK: Explanations

    func explanation(
        _ explanation: BrokerCore.Explanation, of agent: String, pool: PoolName?, at: Instant
    ) -> BrokerAPI.Explanation {
        BrokerAPI.Explanation(
            agent: agent, pool: pool?.value, at: timestamp(at),
            outcome: outcome(explanation.outcome),
            rules: explanation.rules.map { rule($0, withPassed: true) },
            ahead: explanation.ahead, accountMinutes: explanation.accountMinutes,
            earliestAt: explanation.earliest.map { timestamp($0) })
    }

    private func outcome(_ outcome: BrokerCore.Explanation.Outcome) -> ExplainOutcome {
        switch outcome {
        case .granted: .granted
        case .refused: .refused
        case .held: .held
        }
    }

    func slug(_ rule: BrokerCore.Rule) -> ProblemSlug { ProblemSlug(rule) }

    /// - Parameter withPassed: the reasons of a problem have all failed and do not say so.
    func rule(_ result: RuleResult, withPassed: Bool) -> BrokerAPI.Rule {
        var rule = BrokerAPI.Rule(
            rule: slug(result.rule), group: result.group?.value, pool: result.pool?.value,
            passed: withPassed ? result.passed : nil,
            earliestAt: result.earliest.map { timestamp($0) })
        switch result.numbers {
        case .none: break
        case .quota(let used, let limit):
            rule.used = used
            rule.limit = limit
        case .seats(let available, let reserved):
            rule.available = available
            rule.reserved = reserved
        case .closed(let reason): rule.reason = reason
        case .window(let opens, let closes):
            rule.opensAt = opens.map { timestamp($0) }
            rule.closesAt = closes.map { timestamp($0) }
        case .line(let waiting, let limit):
            rule.waiting = waiting
            rule.limit = limit
        }
        return rule
    }
}
