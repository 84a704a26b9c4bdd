import BrokerAPI
import BrokerCore
import BrokerRota
import BrokerService
import BrokerSite
import BrokerStore
import BrokerText
import NIOCore

extension APIServer {
    static let siteRoutes: [Route] = [
        Route(.get, "/v1/site", .observer, showSite),
        Route(.put, "/v1/site", .admin, query: ["dry_run", "if_revision"], putSite),
        Route(.post, "/v1/reload", .admin, reload),
        Route(.get, "/v1/backup", .admin, backup),
    ]

    @Sendable private static func showSite(_ call: Call) throws(Problem) {
        let text = SiteFile.export(call.service.read { broker in broker.siteSpec })
        // Never an empty body: what is exported can be applied again.
        call.reply.send(
            HTTPResponse(
                status: 200, contentType: tomlContentType,
                bytes: Array((text.isEmpty ? "# No pools and no groups.\n" : text).utf8)))
    }

    @Sendable private static func putSite(_ call: Call) throws(Problem) {
        let isDryRun = try call.flag("dry_run")
        let ifRevision = try call.revision("if_revision")
        // A forgotten body must not empty the site.
        guard call.request.body.readableBytes > 0 else {
            throw Problem(.badRequest, detail: .siteMissing)
        }
        // A megabyte of site takes a while to read and to compare: not on the event loop.
        call.inBackground { () throws(Problem) in
            try putSite(call, isDryRun: isDryRun, ifRevision: ifRevision)
        }
    }

    private static func putSite(
        _ call: Call, isDryRun: Bool, ifRevision: UInt64?
    ) throws(Problem) {
        let spec: SiteSpec
        let bytes = Array(call.request.body.readableBytesView)
        do throws(SiteFileError) {
            spec = try SiteFile.parse(bytes: bytes)
        } catch {
            throw Problem(error)
        }
        // By the clock of the rota that is sent: it may be the first.
        let times = LocalTimes(
            zone: spec.rota.flatMap { try? ZoneDirectory.system().zone(named: $0.timezone) })
        let refused: @Sendable (Refusal, Wire) -> Problem = { refusal, wire in
            guard let problems = wire.siteProblems(refusal, times) else {
                return wire.problem(refusal)
            }
            return Problem(SiteFile.error(problems, in: bytes))
        }
        let answer: @Sendable (Decision, Wire) -> HTTPResponse = { decision, wire in
            guard case .site(let change) = decision else {
                preconditionFailure("it gives a change")
            }
            return .json(
                SiteApplyResult(
                    diff: SiteDiff.unified(
                        old: SiteFile.export(change.before), new: SiteFile.export(change.after)),
                    displaced: change.displaced.map { wire.lease($0) },
                    shortfalls: wire.shortfalls(change.shortfalls, times),
                    changed: change.isChanged, revision: Int(change.revision)),
                headers: wire.language.headers)
        }
        let command = Command.applySite(spec, ifRevision: ifRevision)
        if isDryRun {
            call.rehearse(command, refused: refused, answer)
        } else {
            call.decide(command, inBackground: true, refused: refused, answer)
        }
    }

    @Sendable private static func reload(_ call: Call) throws(Problem) {
        call.inBackground { () throws(Problem) in
            do {
                let change = try call.service.reload(by: call.sender.actor)
                call.send(
                    ReloadResult(changed: change.changed, needsRestart: change.needsRestart))
            } catch let error as SiteFileError {
                throw Problem(error)
            } catch is StoreError {
                throw Problem.noSpace
            } catch {
                throw Problem(.badRequest, detail: .configurationNotRead("\(error)"))
            }
        }
    }

    /// The state as it is on disk now, in the form that `brokerd restore` takes.
    @Sendable private static func backup(_ call: Call) throws(Problem) {
        let state = call.service.snapshot()
        let stream = call.reply.startStream(
            status: 200,
            headers: [
                (name: "Content-Type", value: "application/octet-stream"),
                (name: "Content-Disposition", value: "attachment; filename=\"brokerd.backup\""),
            ],
            lifetime: .finite)
        call.service.background { [instance = call.service.instance] in
            let backup = Backup(instance: instance, image: state.image)
            stream.send(backup.encoded)
        }
    }
}

extension Wire {
    /// What a refusal finds wrong with the text of a site; nil where it is about something else.
    func siteProblems(_ refusal: Refusal, _ times: LocalTimes) -> [SiteProblem]? {
        switch refusal {
        case .invalid(let problems): problems
        case .reservesCollide(let group, let shortfall):
            [SiteProblem(SitePlace(.group(group), .reserve), collision(shortfall, times))]
        case .grant, .notEntitled, .noSuchPool, .noSuchGroup, .noSuchSeat, .noSuchLease,
            .leaseEnded, .notYours, .revisionMismatch, .seatLimit, .keyReused, .poolExists,
            .poolInUse, .seatNameTaken, .belowListed, .placeTaken, .noWindow:
            nil
        }
    }
}

extension Problem {
    /// A text that was refused, with the place of its first mistake.
    init(_ error: SiteFileError) {
        let mistake = error.text
        self.init(
            .badRequest,
            detail: error.further.isEmpty ? mistake : .more(mistake, error.further.count),
            line: error.line, column: error.column,
            file: error.file)
    }
}
