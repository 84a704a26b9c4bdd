import BrokerAPI

/// Decides how a place in the line is kept until there is an answer. Pure: time is an argument, in
/// milliseconds of a clock that does not step.
struct LineKeeper {
    /// What is to be done next.
    enum Action: Equatable {
        /// Drop the connection that there may be, and ask, with the same key, to wait for so long.
        case ask(waitSeconds: Int)
        case show(QueueNotice)
        /// The connection broke; the place is kept for a while.
        case showAbsence
        /// The answer: a lease, as it came.
        case granted([UInt8])
        case refused(Problem)
        /// Nobody answers any more.
        case failed(HTTPFailure)
    }

    /// What was heard.
    enum Event {
        case head(status: Int, contentType: String)
        case body([UInt8])
        case end
        case failed(HTTPFailure)
        case timePassed
    }

    /// How long the broker keeps the place of somebody whose connection is gone.
    private static let absenceMilliseconds: Int64 = 30_000
    /// The stream carries a comment every few seconds; longer silence means that nobody is there.
    private static let silenceMillisecondsMax: Int64 = 15_000
    /// While the daemon restarts: soon enough to be back within a blink, rare enough not to storm.
    private static let retryMillisecondsMin: Int64 = 100
    private static let retryMillisecondsMax: Int64 = 1000
    /// A whole answer is a lease or a problem, of some kilobytes at most.
    private static let answerBytesMax = 1 << 20

    /// When the person has waited for long enough.
    let until: Int64
    /// Added to each pause, so that a crowd does not come back as one.
    private let spreadMilliseconds: Int64

    private var isAsking = false
    private var askAt: Int64
    private var heardAt: Int64
    private var retry = retryMillisecondsMin
    /// Since when there is no connection; nil while there is one.
    private var lostAt: Int64?
    /// Whether the broker has ever been reached: before that, there is no place to be kept.
    private var wasReached = false
    private var isDone = false

    private var status = 0
    private var isStream = false
    private var parser = EventStreamParser()
    private var answer: [UInt8] = []

    init(waitSeconds: Int, spreadMilliseconds: Int64, now: Int64) {
        until = now + Int64(waitSeconds) * 1000
        self.spreadMilliseconds = spreadMilliseconds
        askAt = now
        heardAt = now
    }

    /// When to come back with `timePassed` at the latest.
    var nextDeadline: Int64 { isAsking ? heardAt + Self.silenceMillisecondsMax : askAt }

    mutating func handle(_ event: Event, now: Int64) -> [Action] {
        if isDone { return [] }
        switch event {
        case .head(let status, let contentType):
            wasReached = true
            heardAt = now
            self.status = status
            isStream = status == 200 && contentType.hasPrefix("text/event-stream")
            return []
        case .body(let bytes):
            heardAt = now
            guard isStream else {
                if answer.count < Self.answerBytesMax { answer += bytes }
                return []
            }
            return parser.receive(bytes).flatMap { take($0, now: now) }
        case .end: return isStream ? lose(.cut, now: now) : takeAnswer(now: now)
        case .failed(let failure): return lose(failure, now: now)
        case .timePassed: return due(now: now)
        }
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
        // At least a second: that the time is over is for the broker to say.
        return [.ask(waitSeconds: max(1, Int((until - now + 999) / 1000)))]
    }

    private mutating func take(_ event: EventStreamParser.Event, now: Int64) -> [Action] {
        if isDone { return [] }
        let bytes = Array(event.data.utf8)
        switch event.name {
        case "queue":
            guard let notice = try? WireJSON.decode(QueueNotice.self, from: bytes) else {
                return []
            }
            lostAt = nil
            retry = Self.retryMillisecondsMin
            return [.show(notice)]
        case "lease": return finish(.granted(bytes))
        case "problem":
            let problem =
                HTTPResponse(status: 503, contentType: Problem.contentType, body: bytes).problem
            return take(problem, now: now)
        // A newer broker may say more.
        default: return []
        }
    }

    private mutating func takeAnswer(now: Int64) -> [Action] {
        let response = HTTPResponse(status: status, contentType: "", body: answer)
        return response.isSuccess
            ? finish(.granted(answer)) : take(response.problem, now: now)
    }

    private mutating func take(_ problem: Problem, now: Int64) -> [Action] {
        // A daemon that stops: the next one keeps the place.
        guard problem.slug == .unavailable else { return finish(.refused(problem)) }
        return lose(.cut, now: now) { .refused(problem) }
    }

    /// The connection is gone: the place is asked for again for as long as it is kept.
    private mutating func lose(
        _ failure: HTTPFailure, now: Int64, otherwise: (() -> Action)? = nil
    ) -> [Action] {
        let isFirst = lostAt == nil
        let since = lostAt ?? now
        guard wasReached, now - since < Self.absenceMilliseconds, now < until else {
            return finish(otherwise?() ?? .failed(failure))
        }
        isAsking = false
        lostAt = since
        askAt = now + retry + spreadMilliseconds
        retry = min(retry * 2, Self.retryMillisecondsMax)
        return isFirst ? [.showAbsence] : []
    }

    private mutating func finish(_ action: Action) -> [Action] {
        isDone = true
        return [action]
    }
}
