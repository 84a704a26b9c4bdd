import BrokerAPI

extension APIServer {
    static let metricsRoutes: [Route] = [Route(.get, "/metrics", .monitoring, metrics)]

    @Sendable private static func metrics(_ call: Call) throws(Problem) {
        let format = MetricsFormat(accept: call.request.headers.values(of: "accept"))
        let reading = MetricsReading(call.service, call.meters)
        let text = MetricsWriter.text(of: MetricsList.all, reading, as: format)
        call.reply.send(
            HTTPResponse(
                status: 200, contentType: format.contentType, bytes: Array(text.utf8),
                headers: [
                    (name: "Cache-Control", value: "no-store"), (name: "Vary", value: "Accept"),
                ]))
    }
}
