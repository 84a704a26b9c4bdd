import BrokerAPI

extension HTTPResponse {
    /// 503, whatever was asked: for a daemon that cannot serve, and says so.
    ///
    /// - Parameters:
    ///   - detail: Why, in a sentence that anybody may read.
    ///   - retryAfterSeconds: When asking again may help.
    package static func unavailable(_ detail: String, retryAfterSeconds: Int) -> HTTPResponse {
        TransportProblem.response(.unavailable, detail, retryAfterSeconds: retryAfterSeconds)
    }
}
