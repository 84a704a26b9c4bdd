import BrokerAPI
import BrokerText
import Testing

@testable import brokerctl

@Suite struct ArgumentTests {
    @Test func aSeatIsReadByItsKeys() throws {
        #expect(
            try PoolCreate.seat("name=cad-01,host=a=b,port=3390,url=u,agent=jdupont")
                == ListedSeatSpec(
                    name: "cad-01", host: "a=b", port: 3390, url: "u", agent: "jdupont"))
        for text in ["", "host=a", "name=a,port=0", "name=a,port=65536", "name=a,x=1", "name"] {
            #expect(throws: (any Error).self) { try PoolCreate.seat(text) }
        }
    }

    @Test func aReserveNeedsItsPool() throws {
        #expect(
            try GroupSet.reserve(["3"], pools: ["p"]) == [PoolReserve(pool: "p", seats: 3)])
        #expect(
            try GroupSet.reserve(["p=1", "q=2", "p=3"], pools: ["p", "q"])
                == [PoolReserve(pool: "q", seats: 2), PoolReserve(pool: "p", seats: 3)])
        for (texts, pools) in [
            (["3"], ["p", "q"]), (["3"], []), (["x"], ["p"]), (["p=-1"], ["p"]),
        ] {
            #expect(throws: CommandError.self) { try GroupSet.reserve(texts, pools: pools) }
        }
    }

    @Test(arguments: [
        ("a-b._~Z9", "a-b._~Z9"), ("a/b?c", "a%2Fb%3Fc"), ("é\n", "%C3%A9%0A"), ("", ""),
    ])
    func aNameIsOnePartOfAPath(name: String, encoded: String) {
        #expect(HTTPRequest.encoded(name) == encoded)
    }

    @Test func aQueryHoldsWhatIsThere() {
        let request = HTTPRequest(
            .get, ["v1", "leases"], query: [("pool", "a b"), ("group", nil)])
        #expect(request.target == "/v1/leases?pool=a%20b")
        #expect(HTTPRequest(.get, ["v1"], query: [("a", nil)]).target == "/v1")
    }

    @Test func aRuleIsASentence() {
        let rule = Rule(rule: .quotaExceeded, group: "g", passed: false, used: 3, limit: 3)
        #expect(rule.sentence.english == "quota-exceeded: group g, 3 of 3 used")
        #expect(Rule(rule: .notEntitled).sentence.english == "not-entitled")
        #expect(
            Rule(rule: .poolExhausted, pool: "p", available: 2, reserved: 2).sentence.english
                == "pool-exhausted: pool p, 2 available, 2 reserved for others")
    }

    @Test func theEnvironmentNamesEveryPart() {
        let seat = LeaseSeat(
            name: "room", host: nil, port: nil, seatProtocol: .url, url: "https://x")
        let instant = Timestamp(milliseconds: 0)
        let lease = Lease(
            id: "x", token: 7, state: .active, pool: "p", group: "g", holder: "h", seat: seat,
            grantedAt: instant, expiresAt: instant)
        #expect(
            LeaseEnvironment.variables(lease).map { "\($0.name)=\($0.value)" } == [
                "BROKER_LEASE=x", "BROKER_TOKEN=7", "BROKER_SEAT=room", "BROKER_HOST=",
                "BROKER_PORT=", "BROKER_PROTOCOL=url", "BROKER_EXPIRES=1970-01-01T00:00:00.000Z",
                "BROKER_URL=https://x",
            ])
    }

    @Test func anExplicitSocketIsTheOnlyOne() {
        for need in [SocketNeed.agent, .control, .agentThenControl, .controlThenAgent] {
            #expect(SocketChoice.paths(explicit: "/x", need: need) == ["/x"])
        }
    }
}
