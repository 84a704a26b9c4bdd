import BrokerAPI
import BrokerCore
import BrokerEngine
import BrokerRota
import BrokerService
import BrokerSite
import BrokerStore
import NIOCore
import Synchronization

extension APIServer {
    static let replayRoutes: [Route] = [
        Route(.post, "/v1/replay", .admin, query: ["since"], replay)
    ]

    /// A week of requests keeps a core busy for seconds: one at a time.
    private static let isReplaying = Mutex(false)

    @Sendable private static func replay(_ call: Call) throws(Problem) {
        guard let text = call.query["since"], let since = Timestamp(text: text) else {
            throw Problem(.badRequest, detail: .sinceMissing)
        }
        // A forgotten body is no empty site.
        guard call.request.body.readableBytes > 0 else {
            throw Problem(.badRequest, detail: .replaySiteMissing)
        }
        let isFirst = isReplaying.withLock { isReplaying in
            defer { isReplaying = true }
            return !isReplaying
        }
        guard isFirst else {
            throw Problem(.unavailable, detail: .replayUnderWay, retryAfterSeconds: 5)
        }
        call.inBackground { () throws(Problem) in
            defer { isReplaying.withLock { $0 = false } }
            try replay(call, since: since)
        }
    }

    private static func replay(_ call: Call, since: Timestamp) throws(Problem) {
        let bytes = Array(call.request.body.readableBytesView)
        let wire = Wire(call.service)
        let result: ReplayResult
        var spec = SiteSpec()
        do {
            spec = try SiteFile.parse(bytes: bytes)
            let start = call.service.read { broker in
                broker.instant(wallMilliseconds: since.milliseconds)
            }
            result = try call.service.replay(spec, since: start)
        } catch let error as SiteFileError {
            throw Problem(error)
        } catch let refusal as Refusal {
            let times = LocalTimes(
                zone: spec.rota.flatMap { try? ZoneDirectory.system().zone(named: $0.timezone) })
            throw wire.siteProblems(refusal, times).map { Problem(SiteFile.error($0, in: bytes)) }
                ?? wire.problem(refusal)
        } catch let error as StoreError {
            throw Problem(.unavailable, detail: .journalNotRead(error.text))
        } catch {
            throw Problem(.unavailable, detail: .journalNotRead("\(error)"))
        }
        call.send(wire.replay(result))
    }
}

extension Wire {
    fileprivate func replay(_ result: ReplayResult) -> ReplayReport {
        ReplayReport(
            since: timestamp(result.since), until: timestamp(result.until),
            requests: result.groups.reduce(0) { $0 + $1.requests },
            groups: result.groups.map { count in
                ReplayCount(
                    group: count.group.value, requests: count.requests,
                    grantedBefore: count.grantedBefore, grantedAfter: count.grantedAfter,
                    grantedToRefused: count.grantedToRefused,
                    refusedToGranted: count.refusedToGranted,
                    waitedBeforeSeconds: count.waitedBeforeSeconds,
                    waitedAfterSeconds: count.waitedAfterSeconds)
            })
    }
}
