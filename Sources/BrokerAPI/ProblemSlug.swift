/// Every kind of refusal and error that the API answers; the last part of a problem's `type`.
package enum ProblemSlug: String, CaseIterable, Sendable {
    // Refusals of a grant.
    case notEntitled = "not-entitled"
    case outsideWindow = "outside-window"
    case quotaExceeded = "quota-exceeded"
    case poolExhausted = "pool-exhausted"
    case poolCordoned = "pool-cordoned"
    case poolDraining = "pool-draining"
    case lineFull = "line-full"
    case waitExpired = "wait-expired"
    // Everything else that a call can run into.
    case notFound = "not-found"
    case leaseEnded = "lease-ended"
    case eventsGone = "events-gone"
    case revisionMismatch = "revision-mismatch"
    case seatLimit = "seat-limit"
    case forbidden
    case badRequest = "bad-request"
    case conflict
    case tooManyRequests = "too-many-requests"
    case storage
    /// The daemon is stopping.
    case unavailable
    // HTTP itself.
    case methodNotAllowed = "method-not-allowed"
    case notAcceptable = "not-acceptable"
    case requestTimeout = "request-timeout"
    case contentTooLarge = "content-too-large"
    case unsupportedMediaType = "unsupported-media-type"
    case headersTooLarge = "headers-too-large"

    /// The path that a problem's `type` gives.
    package var type: String { "/v1/problems/\(rawValue)" }

    /// The slug at the end of a `type`; nil for one that a newer daemon has.
    package init?(type: String) {
        guard let last = type.split(separator: "/").last else { return nil }
        self.init(rawValue: String(last))
    }

    /// The HTTP status.
    package var status: Int {
        switch self {
        case .badRequest: 400
        case .notEntitled, .outsideWindow, .forbidden: 403
        case .notFound: 404
        case .methodNotAllowed: 405
        case .notAcceptable: 406
        case .requestTimeout: 408
        case .seatLimit, .conflict: 409
        case .leaseEnded, .eventsGone: 410
        case .revisionMismatch: 412
        case .contentTooLarge: 413
        case .unsupportedMediaType: 415
        case .quotaExceeded, .tooManyRequests: 429
        case .headersTooLarge: 431
        case .poolExhausted, .poolCordoned, .poolDraining, .lineFull, .waitExpired, .unavailable:
            503
        case .storage: 507
        }
    }

    /// What `brokerctl` exits with.
    package var exitCode: ExitStatus {
        switch self {
        case .notEntitled, .forbidden: .notAllowed
        case .outsideWindow, .quotaExceeded, .poolExhausted, .poolCordoned, .poolDraining,
            .lineFull, .tooManyRequests, .unavailable:
            .notNow
        case .waitExpired: .waitPassed
        case .notFound, .leaseEnded, .eventsGone: .noSuchThing
        case .revisionMismatch, .seatLimit, .badRequest, .contentTooLarge: .dataRefused
        case .conflict, .storage, .methodNotAllowed, .notAcceptable, .requestTimeout,
            .unsupportedMediaType, .headersTooLarge:
            .failed
        }
    }
}

/// The exit codes of `brokerctl`, after BSD's sysexits where one fits.
package enum ExitStatus: Int32, Sendable {
    case done = 0
    case failed = 1
    case wrongUsage = 64
    /// A bad site file, a stale revision.
    case dataRefused = 65
    case noSuchThing = 66
    case unreachable = 69
    /// Full, cordoned, over quota, or outside the window: the same call may pass later.
    case notNow = 75
    case notAllowed = 77
    /// `run` only.
    case leaseLost = 79
    /// The time that one would wait for a seat is over.
    case waitPassed = 124
    /// `run` only: the command was found but cannot be run.
    case cannotRun = 126
    /// `run` only.
    case commandNotFound = 127

    /// For a problem that has no slug that is known here.
    package init(httpStatus: Int) {
        switch httpStatus {
        case 200..<300: self = .done
        case 400, 412, 413, 422: self = .dataRefused
        case 401, 403: self = .notAllowed
        case 404, 410: self = .noSuchThing
        case 429, 503: self = .notNow
        default: self = .failed
        }
    }
}
