import BrokerAPI
import BrokerCore
package import BrokerService
import BrokerStore

extension APIServer {
    static let statusRoutes: [Route] = [
        Route(.get, "/v1/status", .open, status),
        Route(.get, "/healthz", .open, health),
        Route(.get, "/readyz", .open, ready),
        Route(.get, "/v1/openapi.json", .open, openAPI),
        Route(
            .get, "/v1/explain", .agent(or: .observer), query: ["agent", "pool", "at"], explain),
    ]

    @Sendable private static func status(_ call: Call) throws(Problem) {
        call.send(
            StatusReport.status(
                of: call.service, namesPeople: call.request.listener != .monitoring))
    }

    @Sendable private static func health(_ call: Call) throws(Problem) {
        guard !call.service.isWriterStuck else {
            throw Problem(.unavailable, detail: .writerStuck)
        }
        call.sendText("ok\n")
    }

    @Sendable private static func ready(_ call: Call) throws(Problem) {
        guard !call.service.isStopping else { throw .stopping }
        guard !call.service.isWriterStuck else {
            throw Problem(.unavailable, detail: .writerStuck)
        }
        guard !call.service.isLowOnSpace else {
            throw Problem(.unavailable, detail: .diskFull)
        }
        call.sendText("ok\n")
    }

    @Sendable private static func openAPI(_ call: Call) throws(Problem) {
        call.reply.send(
            HTTPResponse(
                status: 200, contentType: "application/json",
                bytes: Array(OpenAPIDocument.json.utf8)))
    }

    // MARK: Explain

    @Sendable private static func explain(_ call: Call) throws(Problem) {
        let wire = Wire(call.service)
        let agent = call.query["agent"] ?? call.sender.name
        if call.sender.listener != .control && agent != call.sender.name {
            throw Problem(.forbidden, detail: .ownExplanation)
        }
        var at: Instant?
        if let text = call.query["at"] {
            guard let timestamp = Timestamp(text: text) else {
                throw Problem(.badRequest, detail: .atInstant)
            }
            guard timestamp >= wire.nowTimestamp else {
                throw Problem(.badRequest, detail: .atPast)
            }
            at = wire.instant(timestamp)
        }
        guard agent != call.sender.name else {
            try explain(call.sender.subject, at, call)
            return
        }
        let instant = at
        call.service.names.groups(ofUserNamed: agent) { answer in
            let groups: [String]
            switch answer {
            case .found(let found): groups = found
            case .absent:
                call.send(.missingUser(agent))
                return
            case .unavailable:
                call.send(.namesUnavailable)
                return
            }
            let subject = Subject(
                holder: HolderName(agent), unixGroups: groups.map { UnixGroupName($0) })
            do throws(Problem) {
                try explain(subject, instant, call)
            } catch {
                call.send(error)
            }
        }
    }

    private static func explain(
        _ subject: Subject, _ at: Instant?, _ call: Call
    ) throws(Problem) {
        let wire = Wire(call.service)
        let pool = call.name("pool") { PoolName($0) }
        let state = call.service.snapshot()
        let at = max(at ?? call.service.now, state.latest)
        do throws(Refusal) {
            let explanation = try state.explain(subject, pool: pool, at: at)
            call.send(
                wire.explanation(explanation, of: subject.holder.value, pool: pool, at: at))
        } catch {
            throw wire.problem(error)
        }
    }
}

/// The one object that monitoring reads.
package enum StatusReport {
    /// What it tells of the state, of one moment.
    private struct Reading: Sendable {
        var pools: [PoolView]
        var groups: [GroupView]
        var seatLimit: Int?
        var revision: UInt64
        var waiting: Int
        var oldestSince: Instant?
        var rota: (timezone: String, zones: String, reach: UnixTime?)?

        init(_ broker: borrowing Broker, at now: Instant) {
            pools = broker.poolViews
            groups = broker.groupViews(at: max(now, broker.latest))
            seatLimit = broker.seatLimit
            revision = broker.revision
            (waiting, oldestSince) = broker.lineSummary
            if let rota = broker.rota {
                self.rota = (rota.timezone, broker.zones, broker.windowsReach)
            }
        }
    }

    /// - Parameter namesPeople: false leaves out who closed a pool, and all texts that
    ///   somebody has written or that come from the machine: an operator's reason may name anybody.
    static func status(of service: BrokerService, namesPeople: Bool) -> Status {
        let wire = Wire(service)
        let now = service.now
        let reading = service.read { broker in Reading(broker, at: now) }
        var total = SeatCounts()
        for pool in reading.pools {
            total.available += pool.seats.available
            total.leased += pool.seats.leased
            total.cordoned += pool.seats.cordoned
        }
        return Status(
            version: BrokerVersion.text, instance: service.instance, now: wire.nowTimestamp,
            startedAt: Timestamp(milliseconds: service.startedAtWallMilliseconds),
            state: state(of: service),
            seats: StatusSeats(
                limit: reading.seatLimit, total: reading.pools.reduce(0) { $0 + $1.size },
                counts: wire.counts(total)),
            pools: reading.pools.map { self.pool($0, namesPeople: namesPeople, wire) },
            groups: reading.groups.map { group in
                StatusGroup(
                    name: group.spec.name.value, used: group.used, quota: group.spec.quota,
                    waiting: group.waiting, open: group.isOpen,
                    closesAt: group.closes.map { wire.timestamp($0) },
                    opensAt: group.opens.map { wire.timestamp($0) })
            },
            queue: StatusQueue(
                waiting: reading.waiting,
                oldestSeconds: reading.oldestSince.map {
                    Int(max(0, now.milliseconds - $0.milliseconds) / 1_000)
                } ?? 0),
            rota: reading.rota.map { rota in
                StatusRota(
                    timezone: rota.timezone, tzdata: rota.zones,
                    reachesUntil: rota.reach.map { wire.timestamp($0) })
            },
            store: store(of: service, revision: reading.revision),
            history: service.historyStatus.map { history in
                var history = StatusHistory(history)
                if !namesPeople { history.reason = nil }
                return history
            })
    }

    private static func store(of service: BrokerService, revision: UInt64) -> StatusStore {
        let figures = service.meters.storeFigures
        return StatusStore(
            kind: "sqlite", revision: Int(revision), lowSpace: service.isLowOnSpace,
            databaseBytes: figures?.databaseBytes, freeBytes: figures?.freeBytes,
            capacityBytes: figures?.capacityBytes,
            writerSilenceSeconds: Int(service.writerSilenceMilliseconds / 1_000))
    }

    private static func pool(
        _ view: PoolView, namesPeople: Bool, _ wire: Wire
    ) -> StatusPool {
        let closing = wire.closing(of: view)
        return StatusPool(
            name: view.spec.name.value, state: wire.state(of: view), size: view.size,
            leased: view.seats.leased, available: view.seats.available,
            reason: namesPeople ? closing.reason : nil, by: namesPeople ? closing.by : nil,
            deadlineAt: closing.deadlineAt,
            drainStartsAt: closing.startsAt)
    }

    private static func state(of service: BrokerService) -> ServiceState {
        if service.isStopping { return .stopping }
        return service.isLowOnSpace ? .readOnly : .serving
    }

    /// The line for the service manager: the numbers that matter.
    package static func line(of service: BrokerService) -> String {
        let status = status(of: service, namesPeople: false)
        let seats = status.seats
        var parts = [
            "\(seats.counts.leased) of \(seats.total) seats leased",
            "\(seats.counts.available) free",
        ]
        if seats.counts.cordoned > 0 { parts.append("\(seats.counts.cordoned) cordoned") }
        let closed = status.pools.filter { $0.state != .open }
        if !closed.isEmpty {
            let names = closed.map { "\($0.name) \($0.state.rawValue)" }
            parts.append(names.joined(separator: ", "))
        }
        if status.queue.waiting > 0 { parts.append("\(status.queue.waiting) waiting") }
        if status.store.lowSpace { parts.append("DISK FULL, only releases are written") }
        if status.history?.state == .failed { parts.append("the history takes nothing") }
        return parts.joined(separator: "; ")
    }
}

extension StatusHistory {
    init(_ status: HistoryStatus) {
        let state: State =
            switch status.state {
            case .current: .current
            case .behind: .behind
            case .failed: .failed
            }
        self.init(state: state, revision: Int(clamping: status.revision), reason: status.reason)
    }
}
