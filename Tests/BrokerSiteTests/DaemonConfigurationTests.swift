import BrokerSite
import Testing

@Suite struct DaemonConfigurationTests {
    private func mistakes(_ text: String) -> [String] {
        do {
            _ = try DaemonConfiguration.parse(text)
            return []
        } catch {
            return error.description.split(separator: "\n").map(String.init)
        }
    }

    @Test func anEmptyTextGivesTheDefaults() throws {
        let configuration = try DaemonConfiguration.parse("")
        #expect(configuration == DaemonConfiguration())
        #expect(configuration.stateDirectory == nil)
        #expect(configuration.seatLimit == nil)
        #expect(configuration.siteFile == nil)
        #expect(configuration.listen.agent == "/run/brokerd/agent.sock")
        #expect(configuration.listen.control == "/run/brokerd/control.sock")
        #expect(configuration.listen.controlGroup == .name("brokerd"))
        #expect(configuration.listen.monitoring == nil)
        #expect(configuration.roles.admin == [.unixGroup(.name("brokerd-admin"))])
        #expect(configuration.roles.gateway == [.user(.name("brokerd-gateway"))])
        #expect(configuration.limits.connectionsPerUser == 64)
        #expect(configuration.limits.requestsPerSecondPerUser == 50)
        #expect(configuration.limits.waiting == 5_000)
        #expect(configuration.limits.waitingPerGroup == 1_000)
    }

    @Test func everyKeyIsRead() throws {
        let configuration = try DaemonConfiguration.parse(
            """
            [broker]
            state_dir  = "/srv/broker"
            seat_limit = 1700
            site_file  = "/etc/brokerd/site.toml"
            [listen]
            agent         = "/tmp/a"
            control       = "/tmp/c"
            control_group = "wheel"
            monitoring    = "127.0.0.1:9470"
            [roles]
            admin    = ["alice", "@staff", 1000, "1001", "@123"]
            operator = []
            gateway  = ["gw"]
            seats    = ["seats"]
            observer = ["@all"]
            [limits]
            connections_per_user = 1
            requests_per_second_per_user = 100000
            waiting = 0
            waiting_per_group = 20000
            [history]
            names_days = 32
            keep_days = 3650
            """)
        #expect(configuration.stateDirectory == "/srv/broker")
        #expect(configuration.seatLimit == 1_700)
        #expect(configuration.siteFile == "/etc/brokerd/site.toml")
        #expect(configuration.listen.agent == "/tmp/a")
        #expect(configuration.listen.control == "/tmp/c")
        #expect(configuration.listen.controlGroup == .name("wheel"))
        #expect(
            configuration.listen.monitoring == MonitoringAddress(host: "127.0.0.1", port: 9_470))
        #expect(
            configuration.roles.admin == [
                .user(.name("alice")), .unixGroup(.name("staff")), .user(.id(1_000)),
                .user(.id(1_001)), .unixGroup(.id(123)),
            ])
        #expect(configuration.roles.operator == [])
        #expect(configuration.roles.gateway == [.user(.name("gw"))])
        #expect(configuration.roles.seats == [.user(.name("seats"))])
        #expect(configuration.roles.observer == [.unixGroup(.name("all"))])
        #expect(configuration.limits.connectionsPerUser == 1)
        #expect(configuration.limits.requestsPerSecondPerUser == 100_000)
        #expect(configuration.limits.waiting == 0)
        #expect(configuration.limits.waitingPerGroup == 20_000)
        #expect(configuration.history.namesDays == 32)
        #expect(configuration.history.keepDays == 3_650)
    }

    @Test(arguments: [
        ("[brokers]", "1:2: unknown key \"brokers\": did you mean \"broker\"?"),
        ("[broker]\nseat_limits = 5", "2:1: unknown key \"seat_limits\": did you mean"),
        ("[broker]\nseat_limit = 0", "2:14: \"seat_limit\" is 1 to 2000000: leave it out"),
        ("[broker]\nseat_limit = 1.5", "2:14: \"seat_limit\" takes a whole number"),
        ("[broker]\nstate_dir = \"state\"", "2:13: \"state_dir\" takes a path"),
        ("[broker]\nsite_file = \"/a\\u0000b\"", "2:13: \"site_file\" takes a path"),
        ("broker = 1", "1:10: \"broker\" is a table: write [broker], once"),
        ("[[broker]]", "1:3: \"broker\" is a table: write [broker], once"),
        ("[listen]\nagent = \"/run/brokerd/control.sock\"", "1:1: the agent and the control"),
        ("[listen]\nmonitoring = \"nowhere\"", "2:14: \"nowhere\" is no address"),
        ("[listen]\nmonitoring = \"localhost:9470\"", "2:14: \"localhost:9470\" is no address"),
        ("[listen]\nmonitoring = \"127.0.0.1:0\"", "2:14: "),
        ("[listen]\nmonitoring = \"127.0.0.1:+1\"", "2:14: "),
        ("[listen]\nmonitoring = \"127.0.0.1:65536\"", "2:14: "),
        ("[listen]\nmonitoring = \"::1:9470\"", "2:14: "),
        ("[listen]\nmonitoring = 9470", "2:14: \"monitoring\" takes text in quotes"),
        ("[listen]\ncontrol_group = \"\"", "2:17: \"\" is no name"),
        ("[roles]\nadmin = \"alice\"", "2:9: \"admin\" takes a list"),
        ("[roles]\nadmin = [\"\"]", "2:10: \"\" is no name"),
        ("[roles]\nadmin = [\"a\", \"@\"]", "2:15: \"\" is no name"),
        ("[roles]\nadmin = [-1]", "2:10: -1 is no number"),
        ("[roles]\nadmin = [65534]", "2:10: 65534 is no number"),
        ("[roles]\nadmin = [\"@4294967295\"]", "2:10: 4294967295 is no number"),
        ("[roles]\nadmin = [true]", "2:10: \"admin\" lists user names"),
        ("[roles]\nroot = [\"a\"]", "2:1: unknown key \"root\""),
        ("[limits]\nconnections_per_user = 0", "2:24: \"connections_per_user\" is 1 to 10000"),
        ("[limits]\nrequests_per_second_per_user = 100001", "2:32: "),
        ("[history]\nnames_days = 31", "2:14: \"names_days\" is 32 to 3650"),
        ("[history]\nkeep_days = 3651", "2:13: \"keep_days\" is 32 to 3650"),
        ("[history]\nkeep_days = 179", "2:13: what is dropped has no name any more"),
        ("[history]\nnames_days = 1096", "2:14: what is dropped has no name any more"),
        (
            "[listen]\nagent = \"/\(String(repeating: "a", count: 107))\"",
            "2:9: the path of a socket"
        ),
    ])
    func oneMistake(text: String, message: String) {
        let found = mistakes(text)
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.hasPrefix(message) == true, "\(found)")
    }

    @Test func addressesForMonitoring() throws {
        for (text, host, port) in [
            ("0.0.0.0:1", "0.0.0.0", 1), ("[::1]:65535", "::1", 65_535),
            ("[fe80::1]:9470", "fe80::1", 9_470),
        ] {
            let configuration = try DaemonConfiguration.parse("listen.monitoring = \"\(text)\"")
            #expect(configuration.listen.monitoring == MonitoringAddress(host: host, port: port))
        }
    }

    @Test func theStateDirectory() {
        var configuration = DaemonConfiguration()
        let given = ["STATE_DIRECTORY": "/var/lib/private/brokerd:/var/lib/other"]
        #expect(configuration.stateDirectory(environment: [:]) == "/var/lib/brokerd")
        #expect(
            configuration.stateDirectory(environment: ["STATE_DIRECTORY": ""])
                == "/var/lib/brokerd")
        #expect(configuration.stateDirectory(environment: given) == "/var/lib/private/brokerd")
        configuration.stateDirectory = "/srv"
        #expect(configuration.stateDirectory(environment: given) == "/srv")
    }
}
