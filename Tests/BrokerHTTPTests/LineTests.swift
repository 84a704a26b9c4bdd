import BrokerAPI
import BrokerService
import BrokerSite
import Glibc
import Testing

@testable import BrokerHTTP

/// Waiting for a seat, as clients see it.
@Suite struct LineTests {
    private let events = "Accept: text/event-stream\r\n"

    @Test func aSeatThatComesFreeGoesToWhoeverWaits() throws {
        let house = try House(House.site(size: 1))
        let first = try house.grant("anna").json(Lease.self)
        let client = try house.startGrant("ben", #""wait_seconds":30"#)
        #expect(eventually { house.lineCount() == 1 })
        #expect(try house.ask("DELETE", "/v1/leases/\(first.id)").status == 204)
        let answer = try client.answer()
        #expect(answer.status == 201)
        let lease = try answer.json(Lease.self)
        #expect(lease.holder == "ben")
        #expect(answer.fields["location"] == "/v1/leases/\(lease.id)")
        #expect(house.lineCount() == 0)
    }

    @Test func whoeverWaitsInEventsSeesItsPlace() throws {
        let house = try House(House.site(size: 1))
        let first = try house.grant("anna").json(Lease.self)
        let before = try house.startGrant("ben", #""wait_seconds":30"#)
        #expect(eventually { house.lineCount() == 1 })
        let client = try house.startGrant("carl", #""wait_seconds":30"#, events)
        #expect(eventually { house.lineCount() == 2 })
        #expect(try house.ask("DELETE", "/v1/leases/\(first.id)").status == 204)
        let second = try before.answer().json(Lease.self)
        // Its place is looked at once a second.
        usleep(1_600_000)
        #expect(try house.ask("DELETE", "/v1/leases/\(second.id)").status == 204)
        let answer = try client.answer()
        #expect(answer.status == 200)
        #expect(answer.fields["content-type"] == "text/event-stream")
        #expect(answer.events.map(\.name) == ["queue", "queue", "lease"])
        let places = try answer.events.prefix(2).map {
            try WireJSON.decode(QueueNotice.self, from: Array($0.data.utf8))
        }
        #expect(places.map(\.place) == [2, 1])
        #expect(places.map(\.ahead) == [1, 0])
        #expect(places[0].expiresAt == places[1].expiresAt)
        let lease = try WireJSON.decode(Lease.self, from: Array(answer.events[2].data.utf8))
        #expect(lease.holder == "carl")
    }

    @Test func aSeatAtOnceIsOneEvent() throws {
        let house = try House(House.site(size: 1))
        let answer = try house.grant("anna", #""wait_seconds":30"#, events)
        #expect(answer.status == 200)
        #expect(answer.events.map(\.name) == ["lease"])
        // Without a wait the header means nothing here.
        let plain = try house.grant("anna", "", events)
        #expect(plain.fields["content-type"] == "application/json")
        #expect(try house.grant("anna", #""wait_seconds":0"#, events).status == 200)
    }

    @Test func theTimeToWaitEnds() throws {
        let house = try House(House.site(size: 1))
        _ = try house.grant("anna")
        let client = try house.startGrant("ben", #""wait_seconds":1"#, events)
        let answer = try house.grant("carl", #""wait_seconds":1"#)
        #expect(answer.status == 503)
        #expect(answer.fields["retry-after"] != nil)
        let problem = try answer.json(Problem.self)
        #expect(problem.slug == .waitExpired)
        #expect(problem.ahead != nil)
        #expect(problem.reasons.map(\.rule) == ["pool-exhausted"])
        let stream = try client.answer()
        #expect(stream.events.last?.name == "problem")
        let last = try WireJSON.decode(
            Problem.self, from: Array((stream.events.last?.data ?? "").utf8))
        #expect(last.slug == .waitExpired)
        #expect(last.retryAfterSeconds != nil)
    }

    @Test(arguments: [false, true])
    func whoeverGoesLeavesTheLine(inEvents: Bool) throws {
        let house = try House(House.site(size: 1))
        let first = try house.grant("anna").json(Lease.self)
        do {
            let client = try house.startGrant(
                "ben", #""wait_seconds":30"#, inEvents ? events : "")
            #expect(eventually { house.lineCount() == 1 })
            withExtendedLifetime(client) {}
        }
        #expect(eventually { house.lineCount() == 0 })
        let half = try house.startGrant("carl", #""wait_seconds":30"#)
        #expect(eventually { house.lineCount() == 1 })
        half.endOutput()
        #expect(eventually { house.lineCount() == 0 })
        #expect(try house.ask("DELETE", "/v1/leases/\(first.id)").status == 204)
        #expect(try house.ask("GET", "/v1/leases").json(LeaseList.self).leases.isEmpty)
    }

    @Test func aKeyKeepsThePlaceForWhoeverComesBack() throws {
        let house = try House(House.site(size: 1))
        let first = try house.grant("anna").json(Lease.self)
        let key = "Idempotency-Key: k1\r\n"
        do {
            let client = try house.startGrant("ben", #""wait_seconds":30"#, key)
            #expect(eventually { house.lineCount() == 1 })
            withExtendedLifetime(client) {}
        }
        #expect(
            eventually {
                let list = try? house.ask("GET", "/v1/queue").json(QueueList.self)
                return list?.waiting.map(\.connected) == [false]
            })
        // Another one came meanwhile, and is behind.
        let other = try house.startGrant("carl", #""wait_seconds":30"#)
        #expect(eventually { house.lineCount() == 2 })
        let again = try house.startGrant("ben", #""wait_seconds":20"#, key)
        #expect(
            eventually {
                let list = try? house.ask("GET", "/v1/queue").json(QueueList.self)
                return list?.waiting.map(\.connected) == [true, true]
            })
        #expect(try house.ask("DELETE", "/v1/leases/\(first.id)").status == 204)
        #expect(try again.answer().json(Lease.self).holder == "ben")
        // The same key gives the same lease from now on.
        let replayed = try house.grant("ben", #""wait_seconds":20"#, key)
        #expect(replayed.status == 201)
        #expect(replayed.fields["idempotency-replayed"] == "true")
        withExtendedLifetime(other) {}
    }

    @Test func aSecondRequestTakesThePlaceOver() throws {
        let house = try House(House.site(size: 1))
        _ = try house.grant("anna")
        let older = try house.startGrant("ben", #""wait_seconds":30"#)
        #expect(eventually { house.lineCount() == 1 })
        let newer = try house.startGrant("ben", #""wait_seconds":1"#)
        let answer = try older.answer()
        #expect(answer.status == 409)
        #expect(answer.slug == .conflict)
        #expect(try newer.answer().slug == .waitExpired)
    }

    @Test func theLineIsBounded() throws {
        var configuration = DaemonConfiguration()
        configuration.limits.waiting = 1
        let house = try House(House.site(size: 1), configuration: configuration)
        _ = try house.grant("anna")
        let client = try house.startGrant("ben", #""wait_seconds":30"#)
        #expect(eventually { house.lineCount() == 1 })
        let answer = try house.grant("carl", #""wait_seconds":30"#)
        #expect(answer.status == 503)
        let problem = try answer.json(Problem.self)
        #expect(problem.slug == .lineFull)
        #expect(problem.reasons.first?.waiting == 1)
        #expect(problem.reasons.first?.limit == 1)
        withExtendedLifetime(client) {}
    }

    @Test func adminsSeeTheLine() throws {
        let house = try House(House.site(size: 1))
        _ = try house.grant("anna")
        var clients: [RawClient] = []
        for (index, name) in ["ben", "carl", "dora"].enumerated() {
            clients.append(
                try house.startGrant(name, #""pool":"desks","wait_seconds":30"#))
            #expect(eventually { house.lineCount() == index + 1 })
        }
        let page = try house.ask("GET", "/v1/queue?pool=desks&group=staff&limit=2")
            .json(QueueList.self)
        #expect(page.waiting.map(\.holder) == ["ben", "carl"])
        #expect(page.waiting.map(\.place) == [1, 2])
        #expect(page.waiting[0].pool == "desks" && page.waiting[0].group == "staff")
        let rest = try house.ask("GET", "/v1/queue?after=\(try #require(page.next))")
            .json(QueueList.self)
        #expect(rest.waiting.map(\.place) == [3])
        #expect(rest.next == nil)
        let status = try house.ask("GET", "/v1/status").json(Status.self)
        #expect(status.queue.waiting == 3)
        let group = try house.ask("GET", "/v1/groups/staff").json(Group.self)
        #expect(group.waiting == 3)
        #expect(try house.ask("GET", "/v1/queue?pool=nope").status == 404)
        #expect(try house.ask("GET", "/v1/queue?group=nope").status == 404)
        #expect(try house.ask("GET", "/v1/queue?after=x").status == 400)
        let explained = try house.ask("GET", "/v1/explain?pool=desks").json(
            BrokerAPI.Explanation.self)
        #expect(explained.ahead == 3)
        withExtendedLifetime(clients) {}
    }

    @Test func aStopTellsThemToComeBack() throws {
        let house = try House(House.site(size: 1))
        _ = try house.grant("anna")
        let client = try house.startGrant("ben", #""wait_seconds":30"#)
        let stream = try house.startGrant("carl", #""wait_seconds":30"#, events)
        #expect(eventually { house.lineCount() == 2 })
        house.service.willStop()
        house.server.server.stop(graceSeconds: 5)
        #expect(try client.answer().slug == .unavailable)
        #expect(try stream.answer().events.map(\.name) == ["queue", "problem"])
    }
}
