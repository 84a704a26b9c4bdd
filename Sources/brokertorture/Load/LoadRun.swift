import BrokerLoad
import Glibc

/// All clients of a load, on one thread.
final class LoadRun {
    /// A call that has had no answer for so long is given up, and its connection with it: longer
    /// than anybody stops the daemon for.
    private static let answerMicrosecondsMax: Int64 = 60_000_000
    private static let auditMicroseconds: Int64 = 10_000_000
    /// The wall clock is looked at so often, and the stop file, and signals.
    private static let lookMicroseconds: Int64 = 20_000
    /// A smaller difference of two readings is no step.
    private static let stepMicrosecondsMin: Int64 = 2_000

    private enum Phase {
        case waiting
        case running
        /// The last answers come, lost ones are found out, the admin puts things back.
        case settling
        case auditing
        case done
    }

    private let options: LoadCommand
    private let history: HistoryWriter
    private let answers: Answers
    private let requests: Requests
    private var random: SeededRandom
    private var clients: [LoadClient]
    private var traffic: [Traffic] = []
    private var world = World.empty
    private var isWorldKnown = false
    private var admin: AdminWork?
    private var phase = Phase.waiting
    private var phaseAt: Int64
    private let startedAt: Int64
    private var runningAt: Int64 = 0
    private var keys: UInt64 = 0
    private var wallOffset: Int64 = 0
    private var lookAt: Int64 = 0
    private var auditAt: Int64 = 0
    private var allowance = 0.0
    private var allowanceAt: Int64 = 0

    private(set) var counts = Counts()

    struct Counts {
        var calls = 0
        var done = 0
        var refused = 0
        var unknown = 0
        var losses = 0
        var audits = 0
        var malformed = 0
        var seconds = 0.0
    }

    init(_ options: LoadCommand) throws {
        self.options = options
        history = try HistoryWriter(path: options.history)
        answers = Answers(history: history)
        random = SeededRandom(seed: options.seed)
        startedAt = Machine.bootMicroseconds()
        phaseAt = startedAt
        let nonce = String(UInt64(startedAt), radix: 36)
        requests = Requests(history: history, keyPrefix: "\(options.seed)-\(nonce)")
        clients = [LoadClient(.auditor), LoadClient(.admin)]
        for number in 0..<options.connections {
            clients.append(LoadClient(.traffic(number)))
            traffic.append(Traffic(client: number, of: options.connections))
        }
        wallOffset = Machine.wallOffsetMicroseconds()
        try history.clock(at: startedAt, wallOffset: wallOffset)
    }

    /// One line of figures.
    var summary: String {
        let perSecond = Int(Double(counts.calls) / max(0.001, counts.seconds))
        return "load: calls=\(counts.calls) done=\(counts.done) refused=\(counts.refused) "
            + "unknown=\(counts.unknown) losses=\(counts.losses) audits=\(counts.audits) "
            + "malformed=\(counts.malformed) per_second=\(perSecond) "
            + "bytes=\(history.writtenBytes)"
    }

    // MARK: The loop

    func run() throws {
        var wanted = sigset_t()
        sigemptyset(&wanted)
        sigaddset(&wanted, SIGTERM)
        sigaddset(&wanted, SIGINT)
        pthread_sigmask(SIG_BLOCK, &wanted, nil)
        var polled: [pollfd] = []
        while phase != .done {
            let now = Machine.bootMicroseconds()
            if now >= lookAt { try look(at: now) }
            for index in clients.indices { try step(index, at: now) }
            polled.removeAll(keepingCapacity: true)
            for client in clients {
                polled.append(
                    pollfd(
                        fd: client.connection?.descriptor ?? -1, events: Int16(POLLIN),
                        revents: 0))
            }
            guard poll(&polled, nfds_t(polled.count), 5) > 0 else { continue }
            for index in polled.indices where polled[index].revents != 0 {
                try receive(index)
            }
        }
        counts.seconds = Double(Machine.bootMicroseconds() - runningAt) / 1_000_000
        try history.end(at: Machine.bootMicroseconds())
    }

    /// What is looked at now and then.
    private func look(at now: Int64) throws {
        lookAt = now + Self.lookMicroseconds
        let offset = Machine.wallOffsetMicroseconds()
        if abs(offset - wallOffset) >= Self.stepMicrosecondsMin {
            wallOffset = offset
            try history.clock(at: now, wallOffset: offset)
        }
        for index in clients.indices
        where clients[index].isBusy && now - clients[index].askedAt > Self.answerMicrosecondsMax {
            try lose(index, at: now)
        }
        let isLate = now - phaseAt > Int64(options.patience) * 1_000_000
        switch phase {
        case .waiting where isLate: throw TortureError("the daemon does not answer")
        case .running where isTimeOver(at: now): enter(.settling, at: now)
        case .settling where isSettled || isLate:
            auditAt = now
            enter(.auditing, at: now)
        case .auditing where isLate:
            printError("the daemon does not answer: the history has no last audit")
            enter(.done, at: now)
        case .waiting, .running, .settling, .auditing, .done: break
        }
    }

    private func enter(_ phase: Phase, at now: Int64) {
        self.phase = phase
        phaseAt = now
        if phase == .running { runningAt = now }
        if phase == .settling { admin?.restore() }
    }

    private func isTimeOver(at now: Int64) -> Bool {
        var pending = sigset_t()
        sigpending(&pending)
        if sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1 { return true }
        if let path = options.stopFile, access(path, F_OK) == 0 { return true }
        if let seconds = options.seconds { return now - runningAt >= Int64(seconds) * 1_000_000 }
        return counts.calls >= options.operations ?? 0
    }

    /// How much of the load is over, from 0 to 1. Most that are told a time are ended before it, so
    /// that then calls count too: half is over after 500 for each of the people.
    private func progress(at now: Int64) -> Double {
        guard let seconds = options.seconds else {
            return Double(counts.calls) / Double(options.operations ?? 1)
        }
        let calls = Double(counts.calls) / Double(options.holders * 500)
        let time = Double(now - runningAt) / (Double(seconds) * 1_000_000)
        return max(time, calls / (1 + calls))
    }

    private var isSettled: Bool {
        admin?.isRestored ?? true
            && clients.allSatisfy { client in
                guard case .traffic(let number) = client.role else { return true }
                return !client.isBusy && !traffic[number].hasFollowUp
                    && (options.keepLeases || traffic[number].nextRelease(in: world) == nil)
            }
    }

    private func printError(_ text: String) {
        var line = "brokertorture: \(text)\n"
        line.withUTF8 { _ = write(2, $0.baseAddress, $0.count) }
    }

    // MARK: Asking

    private func step(_ index: Int, at now: Int64) throws {
        guard !clients[index].isBusy else { return }
        if clients[index].connection == nil {
            // Only the auditor comes before there is a world to ask for.
            guard isWorldKnown || index == 0 else { return }
            guard try clients[index].connect(options.socket, at: now) else { return }
            if case .auditor = clients[index].role { auditAt = now }
        }
        if clients[index].isNew {
            clients[index].isNew = false
            return try ask(index, Call(.status))
        }
        switch clients[index].role {
        case .auditor:
            guard now >= auditAt else { return }
            auditAt = now + Self.auditMicroseconds
            clients[index].reading = AuditReading(
                client: UInt32(index), pools: LoadCommand.names(options.pools), history)
            try askPage(index)
        case .admin:
            guard let call = admin?.next(at: now, &random) else { return }
            try ask(index, call)
        case .traffic(let number):
            guard let call = nextCall(number, at: now) else { return }
            try ask(index, call)
        }
    }

    private func nextCall(_ number: Int, at now: Int64) -> Call? {
        guard phase == .running || phase == .settling else { return nil }
        if let call = traffic[number].nextFollowUp() { return call }
        guard phase == .running else {
            return options.keepLeases ? nil : traffic[number].nextRelease(in: world)
        }
        if let rate = options.rate {
            // Up to a tenth of a second of calls may gather.
            let earned = Double(now - allowanceAt) * Double(rate) / 1_000_000
            allowance = min(allowance + earned, max(1, Double(rate) / 10))
            allowanceAt = now
            guard allowance >= 1 else { return nil }
            allowance -= 1
        }
        let call = traffic[number].next(
            in: world, key: keys + 1, progress: progress(at: now), &random)
        if call.key == keys + 1 {
            keys += 1
            world.useKey(of: call.holder)
        }
        return call
    }

    private func ask(_ index: Int, _ call: Call) throws {
        let bytes = requests.bytes(of: call, in: world)
        var call = call
        call.client = UInt32(index)
        call.invokedAt = Machine.bootMicroseconds()
        clients[index].underWay = call
        if !clients[index].send(bytes, at: call.invokedAt) {
            try lose(index, at: Machine.bootMicroseconds())
        }
    }

    private func askPage(_ index: Int) throws {
        let now = Machine.bootMicroseconds()
        guard let bytes = clients[index].reading?.request(at: now) else { return }
        if !clients[index].send(bytes, at: now) { try lose(index, at: now) }
    }

    // MARK: Answers

    private func receive(_ index: Int) throws {
        let answer: UnixConnection.Answer?
        do throws(ConnectionError) {
            answer = try clients[index].connection?.receive()
        } catch {
            if case .malformed = error { printError(error.description) }
            return try lose(index, at: Machine.bootMicroseconds())
        }
        guard let answer else { return }
        let now = Machine.bootMicroseconds()
        clients[index].answered()
        if var call = clients[index].underWay {
            clients[index].underWay = nil
            call.returnedAt = now
            answers.read(answer, into: &call)
            try finish(index, call)
        } else if clients[index].reading != nil {
            try takePage(index, answer, at: now)
        }
        // The next one at once: whoever has an answer does not wait for the rest of the round.
        if clients[index].connection != nil { try step(index, at: now) }
    }

    private func takePage(
        _ index: Int, _ answer: UnixConnection.Answer, at now: Int64
    ) throws {
        do {
            guard try clients[index].reading!.take(answer, at: now) else {
                return try askPage(index)
            }
        } catch {
            printError("an audit was given up: \(error)")
            clients[index].reading = nil
            auditAt = now + 1_000_000
            return
        }
        let reading = clients[index].reading!
        clients[index].reading = nil
        try history.audit(reading.audit)
        counts.audits += 1
        switch phase {
        case .waiting:
            world = try World(
                reading.audit, reading.site, holderCount: options.holders,
                holderPrefix: requests.keyPrefix,
                pools: LoadCommand.names(options.pools),
                groups: LoadCommand.names(options.groups), history)
            isWorldKnown = true
            if !options.noAdmin {
                admin = AdminWork(world, reading.audit, at: now, &random)
            }
            enter(.running, at: now)
        case .auditing: enter(.done, at: now)
        case .running, .settling, .done: break
        }
    }

    private func lose(_ index: Int, at now: Int64) throws {
        let call = clients[index].underWay
        clients[index].lost(at: now)
        counts.losses += 1
        guard var call else { return }
        call.returnedAt = now
        try finish(index, call)
    }

    private func finish(_ index: Int, _ call: Call) throws {
        counts.calls += 1
        if call.isDone { counts.done += 1 } else { counts.refused += 1 }
        if call.isUnknown {
            counts.refused -= 1
            counts.unknown += 1
        }
        if call.isMalformed {
            counts.malformed += 1
            printError("malformed: \(history.text(call.slug))")
        }
        try history.call(call)
        guard call.kind != .status else { return }
        switch clients[index].role {
        case .traffic(let number):
            traffic[number].finished(call, in: &world, &random)
        case .admin: admin?.finished(call)
        case .auditor: break
        }
    }
}
