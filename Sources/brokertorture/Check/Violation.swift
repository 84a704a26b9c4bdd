/// A promise that a history shows to be broken.
enum ViolationKind: String, CaseIterable {
    // What was acknowledged is not there.
    case lostLease = "lost-lease"
    case cameBack = "came-back"
    case lostChange = "lost-change"
    case lostToken = "lost-token"
    case lostKey = "lost-key"
    // Two things at once, or in the wrong order.
    case seatOverlap = "seat-overlap"
    case tokenTwice = "token-twice"
    case holderOverlap = "holder-overlap"
    case overQuota = "over-quota"
    case closedGrant = "closed-grant"
    case twoProcesses = "two-processes"
    // A refusal or a count that cannot have been.
    case wrongRefusal = "wrong-refusal"
    case wrongCount = "wrong-count"
    // Deadlines.
    case endedEarly = "ended-early"
    case outlived = "outlived"
    case wrongDeadline = "wrong-deadline"
    // Answers.
    case keyEffects = "key-effects"
    case wrongAnswer = "wrong-answer"
    case nobodyAsked = "nobody-asked"
    case contradiction = "contradiction"
    case unexpected = "unexpected"
    case malformed = "malformed"
    case serverError = "server-error"
    case cutOff = "cut-off"

    /// Whether it means that something acknowledged was lost: what a daemon that does not sync does.
    var isLoss: Bool {
        switch self {
        case .lostLease, .cameBack, .lostChange, .lostToken, .lostKey: true
        case .seatOverlap, .tokenTwice, .holderOverlap, .overQuota, .closedGrant, .twoProcesses,
            .wrongRefusal, .wrongCount, .endedEarly, .outlived, .wrongDeadline, .keyEffects,
            .wrongAnswer, .nobodyAsked, .contradiction, .unexpected, .malformed, .serverError,
            .cutOff:
            false
        }
    }
}

/// One broken promise and the records that show it.
struct Violation {
    var kind: ViolationKind
    var text: String
    var records: [UInt32]
}

/// What was found, the first few of each kind in full.
struct Findings {
    static let shownCountMax = 8

    private(set) var shown: [Violation] = []
    private(set) var counts: [ViolationKind: Int] = [:]

    /// - Parameter records: numbers of the stream; 0 is left out.
    mutating func add(
        _ kind: ViolationKind, _ text: @autoclosure () -> String, _ records: UInt32...
    ) {
        let count = counts[kind, default: 0]
        counts[kind] = count + 1
        guard count < Self.shownCountMax else { return }
        var distinct: [UInt32] = []
        for record in records where record != 0 && !distinct.contains(record) {
            distinct.append(record)
        }
        shown.append(Violation(kind: kind, text: text(), records: distinct.sorted()))
    }

    var total: Int { counts.values.reduce(0, +) }
    var lost: Int { counts.reduce(0) { $0 + ($1.key.isLoss ? $1.value : 0) } }
}
