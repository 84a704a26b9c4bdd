import BrokerAPI
import BrokerCore
import BrokerService
import BrokerSite
import BrokerStore
import BrokerText
import NIOCore

extension APIServer {
    static let eventRoutes: [Route] = [
        Route(
            .get, "/v1/events", .seats,
            query: ["after", "follow", "type", "pool", "group", "holder"], streamEvents)
    ]

    @Sendable private static func streamEvents(_ call: Call) throws(Problem) {
        let filter = try call.eventFilter()
        let follows = try call.follows()
        let present = call.service.read { broker in broker.revision }
        // Both are looked at: what is wrong is said, even where the other one counts.
        let (resumed, asked) = (try call.lastEventID(), try call.revision("after"))
        let after = resumed ?? asked ?? present
        guard after <= present else {
            throw .eventsGone(.eventsToCome(after, present: present), goOnFrom: present)
        }
        let feed = call.events
        let sender = call.sender
        guard feed.takePlace(of: sender.uid, sender.roles) else {
            throw Problem(.tooManyRequests, detail: .tooManyReaders, retryAfterSeconds: 5)
        }
        @Sendable func start() {
            let handle = call.reply.startStream(
                status: 200, headers: StreamHandle.eventHeaders,
                lifetime: follows ? .endless : .finite)
            let reader = EventReader(
                handle, filter, after: after, until: follows ? nil : present,
                isAdmitted: call.admission)
            feed.add(reader, of: sender.uid)
            handle.keepAlive(every: .seconds(LeaseStream.keepAliveSeconds))
        }
        // The present needs no look at the disk.
        if after == present { return start() }
        call.inBackground { () throws(Problem) in
            do throws(Problem) {
                try feed.checkStart(after)
            } catch {
                feed.leavePlace(of: sender.uid)
                throw error
            }
            start()
        }
    }
}

extension EventFeed {
    /// Whether the journal goes back far enough.
    fileprivate func checkStart(_ revision: UInt64) throws(Problem) {
        let oldest: UInt64
        do {
            oldest = try oldestRevision()
        } catch {
            let why = (error as? StoreError)?.text ?? "\(error)"
            throw Problem(.unavailable, detail: .journalNotRead(why))
        }
        guard revision >= oldest else {
            throw .eventsGone(.eventsGone(revision, oldest: oldest), goOnFrom: oldest)
        }
    }
}

extension Call {
    /// Whether the sender may read events still, by the roles in force.
    fileprivate var admission: @Sendable (DaemonConfiguration.Roles) -> Bool {
        { [sender, peer = request.peer] configured in
            guard let peer else { return false }
            let caller = Caller(
                peer, name: sender.name, unixGroups: sender.unixGroups, on: sender.listener,
                configured)
            return !caller.roles.isDisjoint(with: Access.seats.roles)
        }
    }

    fileprivate func eventFilter() throws(Problem) -> EventFilter {
        var filter = EventFilter(
            pool: query["pool"], group: query["group"], holder: query["holder"])
        if let text = query["type"] {
            guard let types = EventFilter.types(text) else {
                throw Problem(.badRequest, detail: .eventTypes)
            }
            filter.types = types
        }
        return filter
    }

    /// Unlike other flags, it is true where nothing is said.
    fileprivate func follows() throws(Problem) -> Bool {
        query["follow"] == nil ? true : try flag("follow")
    }

    /// Where a client that comes back has stopped (HTML, 9.2.4).
    fileprivate func lastEventID() throws(Problem) -> UInt64? {
        guard let text = request.headers.values(of: "last-event-id").first?.trimmed, !text.isEmpty
        else { return nil }
        guard let revision = UInt64(text), revision <= UInt64(wireIntMax) else {
            throw Problem(.badRequest, detail: .lastEventID)
        }
        return revision
    }
}

extension Problem {
    fileprivate static func eventsGone(_ detail: Text, goOnFrom revision: UInt64) -> Problem {
        var problem = Problem(.eventsGone, detail: detail)
        problem.revision = Int(revision)
        return problem
    }
}
