import BrokerService

/// How metrics are written: two forms of one text.
enum MetricsFormat: Sendable {
    /// Prometheus' own, version 0.0.4: what everybody reads.
    case prometheus
    /// OpenMetrics 1.0.0.
    case openMetrics

    var contentType: String {
        switch self {
        case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    /// What a client likes best by its `Accept`: OpenMetrics where it asks for it, in a version that
    /// is written, and likes no plain text better.
    init(accept fields: [String]) {
        var open: Double?
        var plain = 0.0
        for range in fields.flatMap({ $0.split(separator: ",") }) {
            let parts = range.split(separator: ";").map { $0.trimmed.lowercased() }
            let quality = Self.quality(parts.dropFirst())
            switch parts.first {
            case "application/openmetrics-text":
                let version = parts.dropFirst().first { $0.hasPrefix("version=") }
                guard version == nil || version == "version=1.0.0" else { continue }
                open = max(open ?? 0, quality)
            case "text/plain": plain = max(plain, quality)
            default: continue
            }
        }
        self = open.map { $0 > 0 && $0 >= plain } ?? false ? .openMetrics : .prometheus
    }

    /// 1 where nothing is said (RFC 9110, 12.4.2), and 0 where it is no number.
    private static func quality(_ parameters: ArraySlice<String>) -> Double {
        guard let weight = parameters.first(where: { $0.hasPrefix("q=") }) else { return 1 }
        return Double(weight.dropFirst(2)) ?? 0
    }
}

/// Writes metrics in one of the two forms.
struct MetricsWriter {
    private let format: MetricsFormat
    private(set) var text = ""

    init(_ format: MetricsFormat) { self.format = format }

    /// All of a list, as one whole answer.
    static func text(
        of metrics: [Metric], _ reading: MetricsReading, as format: MetricsFormat
    ) -> String {
        var writer = MetricsWriter(format)
        for metric in metrics { writer.write(metric, reading) }
        if format == .openMetrics { writer.text += "# EOF\n" }
        return writer.text
    }

    /// One family: what it is, and its samples.
    mutating func write(_ metric: Metric, _ reading: MetricsReading) {
        var samples = MetricSamples()
        metric.samples(reading, &samples)
        writeHead(metric)
        for sample in samples.all {
            precondition(sample.labels.count == metric.labels.count, "\(metric.name): labels")
            let labels = zip(metric.labels, sample.labels).map { "\($0)=\"\(Self.escaped($1))\"" }
            switch sample.value {
            case .integer(let value): line(metric.queryName, labels, "\(value)")
            case .real(let value): line(metric.queryName, labels, "\(value)")
            case .histogram(let reading): write(reading, of: metric.name, labels)
            }
        }
    }

    private mutating func writeHead(_ metric: Metric) {
        // Prometheus knows no infos, and names a family as its samples.
        let name: String
        let kind: String
        switch format {
        case .openMetrics: (name, kind) = (metric.name, metric.kind.rawValue)
        case .prometheus:
            name = metric.queryName
            kind = metric.kind == .info ? Metric.Kind.gauge.rawValue : metric.kind.rawValue
        }
        text += "# HELP \(name) \(escapedHelp(metric.help)).\n# TYPE \(name) \(kind)\n"
        if format == .openMetrics, let unit = metric.unit {
            text += "# UNIT \(name) \(unit.rawValue)\n"
        }
    }

    /// Bounds are written alike in both forms, so that series stay the same whichever is asked for.
    private mutating func write(
        _ reading: Histogram.Reading, of name: String, _ labels: [String]
    ) {
        var count = 0
        for (bound, more) in zip(reading.bounds, reading.counts) {
            count += more
            line("\(name)_bucket", labels + ["le=\"\(bound)\""], "\(count)")
        }
        count += reading.counts.last ?? 0
        line("\(name)_bucket", labels + ["le=\"+Inf\""], "\(count)")
        line("\(name)_sum", labels, "\(reading.sum)")
        line("\(name)_count", labels, "\(count)")
    }

    private mutating func line(_ name: String, _ labels: [String], _ value: String) {
        text += name
        if !labels.isEmpty { text += "{\(labels.joined(separator: ","))}" }
        text += " \(value)\n"
    }

    /// OpenMetrics wants quotes escaped in a help too, Prometheus takes them as they are.
    private func escapedHelp(_ help: String) -> String {
        switch format {
        case .openMetrics: Self.escaped(help)
        case .prometheus: help
        }
    }

    /// A label's value: whatever an admin has named a pool or a group.
    static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0x5C || $0 == 0x22 || $0 == 0x0A }) else {
            return text
        }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
