import ArgumentParser
import BrokerLoad
import Glibc

/// What readers of the event stream cost everybody else when all log in at once.
struct WaveBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wave",
        abstract: "Lets 1,700 people log in at once, with and without readers of the event stream.",
        discussion: """
            Each person has a connection and asks for one seat. Waves with and without readers take \
            turns on one daemon, so that both meet the same machine. Compared are the lower \
            quartiles of the time from the first connection to the last answer: what else runs on \
            the machine only adds to it.
            """)

    @Option(help: "The daemon's program.")
    var brokerd: String

    @Option(help: "Readers of the event stream; each has all events.")
    var readers = 200

    @Option(help: "Waves of either kind.")
    var rounds = 15

    @Option(help: "People in a wave.")
    var people = 1_700

    @Option(help: "Where the state goes during the run: a folder on the disk to be measured.")
    var folder = "/var/tmp"

    @Option(help: "Fail if readers cost more than this, in percent.")
    var limitPercent: Int?

    func validate() throws {
        guard (1...250).contains(readers) else {
            throw ValidationError("--readers is from 1 to 250.")
        }
        guard (1...1_000).contains(rounds) else {
            throw ValidationError("--rounds is from 1 to 1000.")
        }
        guard (1...1_700).contains(people) else {
            throw ValidationError("--people is from 1 to 1700.")
        }
    }

    func run() throws {
        raiseDescriptorLimit()
        let daemon = try Daemon(program: brokerd, folder: folder)
        defer { daemon.stop() }
        var without: [Int] = []
        var with: [Int] = []
        var arrivals: [Int] = []
        // The first wave of either kind makes what is made once: caches, tables, the feed's thread.
        for round in 0...rounds {
            let alone = try Wave(socket: daemon.control, people: people).run()
            let crowd = try EventReaders(socket: daemon.control, count: readers)
            let watched = try Wave(socket: daemon.control, people: people).run {
                try crowd.read()
            }
            let arrived = try crowd.finish(grants: people)
            guard round > 0 else { continue }
            without.append(alone)
            with.append(watched)
            arrivals.append(arrived)
        }
        try report(without, with, arrivals, daemon)
    }

    private func report(
        _ without: [Int], _ with: [Int], _ arrivals: [Int], _ daemon: Daemon
    ) throws {
        let base = Self.quartile(without)
        let watched = Self.quartile(with)
        let percent = (watched - base) * 100 / base
        print("readers\twave ms, fastest\tquartile\tmedian\tslowest")
        for (count, times) in [(0, without), (readers, with)] {
            print(
                [times.min()!, Self.quartile(times), Self.median(times), times.max()!]
                    .reduce("\(count)") { "\($0)\t\(Self.milliseconds($1))" })
        }
        print("last reader had all grants\t\(Self.milliseconds(Self.median(arrivals))) ms after")
        print("resident\t\(daemon.usage().residentKiB / 1_024) MiB")
        print("cost of \(readers) readers\t\(percent) %")
        if let limitPercent, percent > limitPercent {
            throw BenchError("\(readers) readers cost a wave \(percent) %, above \(limitPercent) %")
        }
    }

    private static func quartile(_ values: [Int]) -> Int { values.sorted()[values.count / 4] }

    private static func median(_ values: [Int]) -> Int { values.sorted()[values.count / 2] }

    private static func milliseconds(_ microseconds: Int) -> String {
        "\(microseconds / 1_000).\(microseconds / 100 % 10)"
    }

    /// As many descriptors as the system lets a process have.
    private func raiseDescriptorLimit() {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}

/// People who connect all at once and ask for a seat each.
private struct Wave {
    private let socket: String
    private let people: Int

    init(socket: String, people: Int) {
        self.socket = socket
        self.people = people
    }

    /// Microseconds from the first connection to the last answer; the seats are given back then.
    ///
    /// - Parameter meanwhile: called between answers, as whoever shares the processor.
    func run(meanwhile: () throws -> Void = {}) throws -> Int {
        let start = Ticks.now()
        var connections: [UnixConnection] = []
        for number in 0..<people {
            let connection = try UnixConnection(socket: socket)
            try connection.send(Requests.grant(holder: "wave-\(number)"))
            connections.append(connection)
        }
        let leases = try answers(connections, status: 201, meanwhile).map(Requests.leaseID)
        let end = Ticks.now()
        for (connection, lease) in zip(connections, leases) {
            try connection.send(Requests.release(lease))
        }
        _ = try answers(connections, status: 204, meanwhile)
        return end - start
    }

    /// The bodies of one answer each.
    private func answers(
        _ connections: [UnixConnection], status: Int, _ meanwhile: () throws -> Void
    ) throws -> [[UInt8]] {
        var bodies = [[UInt8]](repeating: [], count: connections.count)
        var waiting = Array(connections.indices)
        while !waiting.isEmpty {
            var polled = waiting.map {
                pollfd(fd: connections[$0].descriptor, events: Int16(POLLIN), revents: 0)
            }
            guard poll(&polled, nfds_t(polled.count), 10_000) > 0 else {
                throw BenchError("the daemon has not answered for 10 s")
            }
            var left: [Int] = []
            for (index, polled) in zip(waiting, polled) {
                guard polled.revents != 0, let answer = try connections[index].receive() else {
                    left.append(index)
                    continue
                }
                guard answer.status == status else {
                    throw BenchError("\(answer.status) instead of \(status)")
                }
                bodies[index] = answer.body
            }
            waiting = left
            try meanwhile()
        }
        return bodies
    }
}

/// Readers of the event stream on the measuring thread: they take what has come and count grants.
private final class EventReaders {
    private var descriptors: [Int32] = []
    private var polled: [pollfd] = []
    private var granted: [Int]
    private var chunk = [UInt8](repeating: 0, count: 256 << 10)
    /// How the present line of each begins.
    private var starts: [[UInt8]]
    private var connections: [UnixConnection] = []
    private static let word = Array("event: lease.granted".utf8)

    init(socket: String, count: Int) throws {
        granted = Array(repeating: 0, count: count)
        starts = Array(repeating: [], count: count)
        for _ in 0..<count {
            let connection = try UnixConnection(socket: socket)
            try connection.send(Array("GET /v1/events HTTP/1.1\r\nHost: broker\r\n\r\n".utf8))
            connections.append(connection)
            descriptors.append(connection.descriptor)
        }
        // Each stream says at once where it begins.
        for descriptor in descriptors {
            var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&polled, 1, 10_000) > 0 else { throw BenchError("a stream does not begin") }
        }
        polled = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        usleep(200_000)
        try read()
    }

    /// Takes what has come: one system call where nothing has.
    func read() throws {
        guard poll(&polled, nfds_t(polled.count), 0) > 0 else { return }
        for (index, descriptor) in descriptors.enumerated() where polled[index].revents != 0 {
            while true {
                let count = Glibc.read(descriptor, &chunk, chunk.count)
                if count < 0 && (errno == EAGAIN || errno == EINTR) { break }
                guard count > 0 else { throw BenchError("a stream has ended") }
                take(index, chunk[..<count])
            }
        }
    }

    private func take(_ index: Int, _ piece: ArraySlice<UInt8>) {
        piece.withUnsafeBytes { bytes in
            var line = bytes[...]
            while let base = UnsafeRawBufferPointer(rebasing: line).baseAddress,
                let found = memchr(base, 10, line.count)
            {
                let length = UnsafeRawPointer(found) - base
                begin(index, line.prefix(length))
                if starts[index] == Self.word { granted[index] += 1 }
                starts[index].removeAll(keepingCapacity: true)
                line = line.dropFirst(length + 1)
            }
            begin(index, line)
        }
    }

    /// Goes on with the start of a line.
    private func begin(_ index: Int, _ text: Slice<UnsafeRawBufferPointer>) {
        let room = Self.word.count + 1 - starts[index].count
        if room > 0 { starts[index] += text.prefix(room) }
    }

    /// Waits until every reader has seen so many grants; gives the microseconds that it took.
    func finish(grants: Int) throws -> Int {
        let start = Ticks.now()
        while granted.contains(where: { $0 < grants }) {
            guard Ticks.now() - start < 60_000_000 else {
                throw BenchError("a reader has not had all grants after a minute")
            }
            usleep(1_000)
            try read()
        }
        guard granted.allSatisfy({ $0 == grants }) else {
            throw BenchError("a reader has had a grant twice")
        }
        return Ticks.now() - start
    }
}
