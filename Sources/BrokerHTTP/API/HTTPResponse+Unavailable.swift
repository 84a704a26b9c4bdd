import BrokerAPI
package import BrokerText

extension HTTPResponse {
    /// 503, whatever was asked: for a daemon that cannot serve, and says so.
    ///
    /// - Parameters:
    ///   - detail: Why, in a sentence that anybody may read.
    ///   - request: Whose language it is told in.
    ///   - retryAfterSeconds: When asking again may help.
    package static func unavailable(
        _ detail: Text, for request: HTTPRequest, retryAfterSeconds: Int
    ) -> HTTPResponse {
        Problem(.unavailable, detail: detail, retryAfterSeconds: retryAfterSeconds)
            .response(in: request.language)
    }
}
