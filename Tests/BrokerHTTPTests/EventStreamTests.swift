import BrokerAPI
import BrokerCore
import BrokerService
import BrokerStore
import Glibc
import NIOCore
import Testing

@testable import BrokerHTTP

/// The stream of events over the socket, the ring behind it, and who may read what.
@Suite struct EventStreamTests {
    /// The events of a body, without comments and marks.
    private func events(_ body: String) -> [String] {
        body.split(separator: "\n\n").map(String.init).filter { $0.contains("\ndata: ") }
    }

    private func parsed(_ body: String) throws -> [Event] {
        try events(body).map { text in
            let lines = text.split(separator: "\n")
            let event = try WireJSON.decode(
                Event.self, from: Array(lines[2].dropFirst("data: ".count).utf8))
            #expect(lines[0] == "id: \(event.revision)")
            #expect(lines[1] == "event: \(event.type.rawValue)")
            return event
        }
    }

    private func stored(_ house: House, _ query: String = "after=0") throws -> String {
        let answer = try house.ask("GET", "/v1/events?\(query)&follow=false")
        #expect(answer.status == 200)
        #expect(answer.fields["content-type"] == "text/event-stream")
        return answer.body
    }

    @Test func liveAndStoredEventsAreTheSame() throws {
        let house = try House(House.site(size: 4))
        let live = try house.connect()
        live.send(get("/v1/events?after=0"))
        let late = try house.connect()
        late.send(get("/v1/events"))
        let filtered = try house.connect()
        filtered.send(get("/v1/events?type=lease.ended,pool&holder=ben"))
        // The streams stand once their heads are there; the ring's thread is behind at most.
        let anna = try house.grant("anna").json(Lease.self)
        let ben = try house.grant("ben").json(Lease.self)
        #expect(try house.ask("POST", "/v1/leases/\(anna.id)/renew", "{}").status == 200)
        #expect(try house.ask("DELETE", "/v1/leases/\(anna.id)").status == 204)
        #expect(try house.ask("DELETE", "/v1/leases/\(ben.id)").status == 204)
        #expect(
            try house.ask("POST", "/v1/pools/desks/cordon", #"{"reason":"paint"}"#).status == 200)
        let body = try stored(house)
        let all = try parsed(body)
        #expect(
            all.map(\.type).suffix(6) == [
                .leaseGranted, .leaseGranted, .leaseRenewed, .leaseEnded, .leaseEnded,
                .poolCordoned,
            ])
        // What came before the end of the stream is sent with it.
        usleep(300_000)
        house.server.server.stop(graceSeconds: 1)
        #expect(events(try live.answer().body) == events(body))
        #expect(events(try late.answer().body).count <= events(body).count)
        let some = try parsed(filtered.answer().body)
        #expect(some.map(\.type) == [.leaseEnded])
        #expect(some.first?.lease?.holder == "ben")
    }

    @Test func resumption() throws {
        let house = try House(House.site(size: 4))
        for name in ["anna", "ben", "carl"] { _ = try house.grant(name) }
        let all = try parsed(stored(house))
        for (index, event) in all.enumerated() {
            let rest = try parsed(stored(house, "after=\(event.revision)"))
            #expect(rest == Array(all[(index + 1)...]))
        }
        // The header is stronger, and both are looked at.
        let last = all[all.count - 2].revision
        let answer = try house.ask(
            "GET", "/v1/events?after=0&follow=false", "", "Last-Event-ID: \(last)\r\n")
        #expect(try parsed(answer.body) == [all[all.count - 1]])
        // From now on, and no further: a mark alone.
        let none = try house.ask("GET", "/v1/events?follow=false")
        #expect(none.body == "id: \(all[all.count - 1].revision)\n\n")
    }

    @Test func filters() throws {
        let house = try House(House.site(size: 4))
        let lease = try house.grant("anna").json(Lease.self)
        _ = try house.grant("ben")
        func types(_ query: String) throws -> [EventType] {
            try parsed(stored(house, "after=0&\(query)")).map(\.type)
        }
        #expect(try types("type=lease") == [.leaseGranted, .leaseGranted])
        #expect(try types("holder=anna") == [.leaseGranted])
        #expect(try types("holder=anna&type=seat") == [])
        #expect(try types("type=pool.created,group.created") == [.poolCreated, .groupCreated])
        #expect(try types("group=staff") == [.groupCreated, .leaseGranted, .leaseGranted])
        #expect(try types("pool=nowhere") == [])
        #expect(lease.holder == "anna")
    }

    @Test func whatIsRefused() throws {
        let house = try House(House.site(size: 1))
        for query in [
            "type=", "type=lease.gone", "type=lease,,pool", "after=x", "after=-1", "follow=maybe",
            "seat=desks-0001",
        ] {
            #expect(try house.ask("GET", "/v1/events?\(query)").slug == .badRequest, "\(query)")
        }
        #expect(
            try house.ask("GET", "/v1/events", "", "Last-Event-ID: now\r\n").slug == .badRequest)
        let gone = try house.ask("GET", "/v1/events?after=9007199254740991")
        #expect(gone.status == 410)
        #expect(gone.slug == .eventsGone)
        let present = house.service.read { broker in broker.revision }
        #expect(try gone.json(Problem.self).revision == Int(present))
    }

    @Test func whatTheJournalHasNoMore() throws {
        let store = MemoryStore()
        var house: House? = try House(House.site(size: 2), store: store)
        let lease = try house!.grant("anna").json(Lease.self)
        house = nil
        // The last snapshot is the base at which the journal is cut.
        _ = try store.trim(before: Instant(milliseconds: .max), through: .max, limit: 10_000)
        let later = try House(House.site(size: 2), store: store)
        #expect(try later.ask("DELETE", "/v1/leases/\(lease.id)").status == 204)
        let answer = try later.ask("GET", "/v1/events?after=1&follow=false")
        #expect(answer.status == 410)
        #expect(answer.slug == .eventsGone)
        let revision = try #require(try answer.json(Problem.self).revision)
        // The lease was granted before all that is left, and its end tells all of it.
        let ended = try #require(try parsed(stored(later, "after=\(revision)")).last)
        #expect(ended.type == .leaseEnded)
        #expect(ended.lease?.seat == lease.seat)
        #expect(ended.lease?.token == lease.token)
        #expect(ended.holder == "anna")
    }

    @Test func readersAreCounted() throws {
        let house = try House(House.site(size: 1))
        let feed = EventFeed(house.service, readersMax: 2)
        #expect(feed.takePlace(of: 1, .observer))
        #expect(feed.takePlace(of: 2, .observer))
        #expect(!feed.takePlace(of: 3, .observer))
        #expect(!feed.takePlace(of: 0, .admin))
        feed.leavePlace(of: 1)
        #expect(feed.takePlace(of: 3, .observer))
        // A crowd does not keep the seat drivers out.
        for _ in 0..<EventFeed.seatReadersMax { #expect(feed.takePlace(of: 4, .seats)) }
        #expect(!feed.takePlace(of: 4, .seats))
    }

    @Test func aUserHasAShare() throws {
        let house = try House(House.site(size: 1))
        let feed = EventFeed(house.service)
        for _ in 0..<EventFeed.userReadersMax { #expect(feed.takePlace(of: 1, .observer)) }
        #expect(!feed.takePlace(of: 1, .observer))
        #expect(feed.takePlace(of: 2, .observer))
        feed.leavePlace(of: 1)
        #expect(feed.takePlace(of: 1, .observer))
        for _ in 0...EventFeed.userReadersMax { #expect(feed.takePlace(of: 0, .admin)) }
    }

    @Test func whoSleepsHoldsNobodyUp() throws {
        let house = try House(House.site(size: 1))
        let reason = String(repeating: "x", count: 200)
        let client = try house.connect()
        for _ in 0..<1_500 {
            for (verb, body) in [("cordon", "{\"reason\":\"\(reason)\"}"), ("uncordon", "{}")] {
                client.send(request("POST", "/v1/pools/desks/\(verb)", body))
                #expect(try client.answer().status == 200)
            }
        }
        let path = "/v1/events?after=0&follow=false"
        let sleepers = try (0..<3).map { _ in try house.connect() }
        for sleeper in sleepers { sleeper.send(get(path)) }
        usleep(100_000)
        let began = EventFeed.milliseconds()
        let body = try stored(house)
        // Less than one sleeper's patience.
        #expect(EventFeed.milliseconds() - began < EventReader.patienceMilliseconds - 3_000)
        #expect(events(body).count > 3_000)
        // Who wakes in time gets all of it.
        for sleeper in sleepers { #expect(try sleeper.answer().body == body) }
    }

    @Test func whatIsStoredIsNotCutShortUnseen() throws {
        let house = try House(House.site(size: 4))
        _ = try house.grant("anna")
        let following = try house.connect()
        following.send(get("/v1/events"))
        #expect(try stored(house).contains("lease.granted"))
        house.service.willStop()
        let client = try house.connect()
        client.send(get("/v1/events?after=0&follow=false"))
        // No last chunk: the client knows that there is more.
        #expect(throws: RawClient.Failure.self) { try client.answer() }
        #expect(try following.answer().status == 200)
    }

    // MARK: The ring

    private func frame(_ revision: Int, holder: String = "anna") -> EventFrame {
        EventFrame(
            Event(
                revision: revision, type: .leaseGranted, at: Timestamp(milliseconds: 0),
                actor: EventActor(name: "a", role: .agent), holder: holder))
    }

    private func ids(_ bytes: ByteBuffer) -> [Int] {
        String(buffer: bytes).split(separator: "\n").compactMap { line in
            line.hasPrefix("id: ") ? Int(line.dropFirst(4)) : nil
        }
    }

    @Test func theRingKeepsTheLatest() {
        let size = frame(1).size
        var ring = EventRing(after: 10, sizeMax: size * 3 + size / 2)
        let open = EventFilter()
        #expect(ring.chunk(after: 10, through: .max, open).reach == 10)
        ring.append([frame(12)], through: 13)
        ring.append([frame(14), frame(15)], through: 15)
        #expect(ring.start == 10)
        #expect(ids(ring.chunk(after: 10, through: .max, open).bytes) == [12, 14, 15])
        #expect(ids(ring.chunk(after: 12, through: .max, open).bytes) == [14, 15])
        #expect(ring.chunk(after: 12, through: 14, open).reach == 14)
        #expect(ids(ring.chunk(after: 12, through: 14, open).bytes) == [14])
        // Nothing of an event is told that goes beyond what is asked.
        #expect(ids(ring.chunk(after: 10, through: 11, open).bytes) == [])
        ring.append([], through: 20)
        #expect(ring.chunk(after: 15, through: .max, open).reach == 20)
        ring.append([frame(21)], through: 21)
        #expect(ring.start == 12)
        #expect(ids(ring.chunk(after: 12, through: .max, open).bytes) == [14, 15, 21])
        let ben = EventFilter(holder: "ben")
        let none = ring.chunk(after: 12, through: .max, ben)
        #expect(none.bytes.readableBytes == 0)
        #expect(none.reach == 21)
    }

    @Test func aChunkIsBounded() {
        var ring = EventRing(after: 0)
        for revision in 1...3_000 { ring.append([frame(revision)], through: UInt64(revision)) }
        var cursor: UInt64 = 0
        var seen: [Int] = []
        while cursor < ring.end {
            let chunk = ring.chunk(after: cursor, through: .max, EventFilter())
            #expect(chunk.bytes.readableBytes <= EventRing.chunkBytesMax + 1_024)
            seen += ids(chunk.bytes)
            cursor = chunk.reach
        }
        #expect(seen == Array(1...3_000))
    }
}
