import BrokerAPI

/// Decides how the event stream is followed over cuts and restarts. Pure: time is an argument, in
/// milliseconds of a clock that does not step.
struct EventsKeeper {
    /// What is to be done next.
    enum Action: Equatable {
        /// Drop the connection that there may be, and ask for what comes after an id, or from now on.
        case ask(after: String?)
        /// An event's data, as they came.
        case print(String)
        case say(Word)
        /// The present is reached.
        case done
        case refused(Problem)
        /// Nobody answers.
        case failed(HTTPFailure)
    }

    /// What the person is told.
    enum Word: Equatable {
        case absent
        case back
        /// The daemon has hung up, for this reason.
        case dropped(String)
    }

    /// What was heard.
    enum Event {
        case head(status: Int, contentType: String)
        case body([UInt8])
        case end
        case failed(HTTPFailure)
        case timePassed
    }

    /// The stream carries a comment every few seconds; longer silence means that nobody is there.
    private static let silenceMillisecondsMax: Int64 = 15_000
    /// While the daemon restarts: soon enough to be back within a blink, rare enough not to storm.
    private static let retryMillisecondsMin: Int64 = 100
    private static let retryMillisecondsMax: Int64 = 1000
    /// Who does not follow waits for a restart, and no longer.
    private static let absenceMillisecondsMax: Int64 = 30_000
    private static let answerBytesMax = 1 << 20

    private let follows: Bool
    /// Added to each pause, so that a crowd does not come back as one.
    private let spreadMilliseconds: Int64
    /// From the oldest event on, wherever that is.
    private var seeksOldest: Bool

    private var lastID: String?
    private var isAsking = false
    private var askAt: Int64
    private var heardAt: Int64
    private var retry = retryMillisecondsMin
    /// Since when there is no connection; nil while there is one.
    private var lostAt: Int64?
    /// Whether there ever was a stream.
    private var wasReached = false
    /// Whether events came since the daemon last hung up, or since it was first asked.
    private var hasProgress = false
    private var isDone = false

    private var status = 0
    private var isStream = false
    private var parser = EventStreamParser()
    private var answer: [UInt8] = []

    /// - Parameter after: nil: from now on for who follows, else from the oldest event on.
    init(follows: Bool, after: Int?, spreadMilliseconds: Int64, now: Int64) {
        self.follows = follows
        self.spreadMilliseconds = spreadMilliseconds
        seeksOldest = !follows && after == nil
        lastID = seeksOldest ? "0" : after.map { "\($0)" }
        askAt = now
        heardAt = now
    }

    /// When to come back with `timePassed` at the latest.
    var nextDeadline: Int64 { isAsking ? heardAt + Self.silenceMillisecondsMax : askAt }

    mutating func handle(_ event: Event, now: Int64) -> [Action] {
        if isDone { return [] }
        switch event {
        case .head(let status, let contentType):
            heardAt = now
            self.status = status
            isStream = status == 200 && contentType.hasPrefix("text/event-stream")
            guard isStream else { return [] }
            let isBack = lostAt != nil
            wasReached = true
            lostAt = nil
            return isBack ? [.say(.back)] : []
        case .body(let bytes):
            heardAt = now
            guard isStream else {
                if answer.count < Self.answerBytesMax { answer += bytes }
                return []
            }
            return take(parser.receive(bytes), now: now)
        case .end:
            // What ends a stream that was given up already is no answer.
            guard isAsking else { return [] }
            guard isStream else { return takeAnswer(now: now) }
            // A stream that has an end of its own has reached it.
            return follows ? lose(.cut, now: now) : finish(.done)
        case .failed(let failure): return lose(failure, now: now)
        case .timePassed: return due(now: now)
        }
    }

    private mutating func take(_ events: [EventStreamParser.Event], now: Int64) -> [Action] {
        lastID = parser.lastID ?? lastID
        var actions: [Action] = []
        for event in events {
            guard event.name == "dropped" else {
                actions.append(.print(event.data))
                hasProgress = true
                retry = Self.retryMillisecondsMin
                continue
            }
            return actions + takeDropped(event.data, now: now)
        }
        return actions
    }

    /// The daemon hangs up, and says why: asking again helps who was too slow.
    private mutating func takeDropped(_ data: String, now: Int64) -> [Action] {
        var detail = ""
        if let word = try? WireJSON.decode(EventsDropped.self, from: Array(data.utf8)) {
            if lastID != "\(word.revision)" { hasProgress = true }
            lastID = "\(word.revision)"
            detail = word.detail
        }
        // Who does not follow wants an end, and nothing would come the next time either.
        guard follows || hasProgress else {
            return [.say(.dropped(detail))] + finish(.failed(.cut))
        }
        hasProgress = false
        isAsking = false
        askAt = now + retry + spreadMilliseconds
        retry = min(retry * 2, Self.retryMillisecondsMax)
        isStream = false
        return [.say(.dropped(detail))]
    }

    /// What the clock alone asks for.
    private mutating func due(now: Int64) -> [Action] {
        if isAsking {
            guard now >= heardAt + Self.silenceMillisecondsMax else { return [] }
            return lose(.timeout(milliseconds: Self.silenceMillisecondsMax), now: now)
        }
        guard now >= askAt else { return [] }
        isAsking = true
        heardAt = now
        status = 0
        isStream = false
        parser = EventStreamParser()
        answer = []
        return [.ask(after: lastID)]
    }

    private mutating func takeAnswer(now: Int64) -> [Action] {
        let problem = HTTPResponse(status: status, contentType: "", body: answer).problem
        if problem.slug == .eventsGone, seeksOldest, let revision = problem.revision {
            seeksOldest = false
            lastID = "\(revision)"
            isAsking = false
            askAt = now
            return due(now: now)
        }
        // A daemon that stops, or has too many readers at the moment.
        guard problem.status == 503 || problem.status == 429 else {
            return finish(.refused(problem))
        }
        return lose(.cut, now: now, otherwise: .refused(problem))
    }

    /// The connection is gone: the stream goes on where it was cut.
    private mutating func lose(
        _ failure: HTTPFailure, now: Int64, otherwise: Action? = nil
    ) -> [Action] {
        // What comes of the end of a connection that was given up already.
        guard isAsking else { return [] }
        let isFirst = lostAt == nil
        let since = lostAt ?? now
        guard wasReached, follows || now - since < Self.absenceMillisecondsMax else {
            return finish(otherwise ?? .failed(failure))
        }
        isAsking = false
        lostAt = since
        askAt = now + retry + spreadMilliseconds
        retry = min(retry * 2, Self.retryMillisecondsMax)
        return isFirst ? [.say(.absent)] : []
    }

    private mutating func finish(_ action: Action) -> [Action] {
        isDone = true
        return [action]
    }
}
