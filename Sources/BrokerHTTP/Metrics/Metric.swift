import BrokerService

/// One family of metrics: its name and what it means, and where its values come from.
struct Metric: Sendable {
    /// What a value is.
    enum Kind: String, Sendable {
        case gauge
        /// Grows for as long as the process lives.
        case counter
        /// Counts of measured values by their size.
        case histogram
        /// Always 1; the labels say it.
        case info
    }

    /// The base units that there are; the last part of a name with one.
    enum Unit: String, Sendable {
        case seconds
        case bytes
    }

    /// Without what a kind adds at the end: `_total`, `_info`, `_bucket` and so on.
    let name: String
    let kind: Kind
    /// Nil: plain numbers.
    let unit: Unit?
    /// A sentence without its full stop.
    let help: String
    /// What tells its samples from each other.
    let labels: [String]
    let samples: @Sendable (MetricsReading, inout MetricSamples) -> Void

    init(
        _ name: String, _ kind: Kind, _ unit: Unit?, _ help: String, labels: [String] = [],
        _ samples: @escaping @Sendable (MetricsReading, inout MetricSamples) -> Void
    ) {
        self.name = name
        self.kind = kind
        self.unit = unit
        self.help = help
        self.labels = labels
        self.samples = samples
    }

    /// One of plain numbers.
    init(
        _ name: String, _ kind: Kind, _ help: String, labels: [String] = [],
        _ samples: @escaping @Sendable (MetricsReading, inout MetricSamples) -> Void
    ) {
        self.init(name, kind, nil, help, labels: labels, samples)
    }

    /// As queries name it; a histogram's parts have endings of their own.
    var queryName: String {
        switch kind {
        case .gauge, .histogram: name
        case .counter: "\(name)_total"
        case .info: "\(name)_info"
        }
    }
}

/// The values of one metric, as its source gives them.
struct MetricSamples: Sendable {
    enum Value: Sendable {
        case integer(Int)
        case real(Double)
        case histogram(Histogram.Reading)
    }

    private(set) var all: [(labels: [String], value: Value)] = []

    /// - Parameter labels: the values of the metric's labels, in their order.
    mutating func add(_ value: Int, _ labels: String...) {
        all.append((labels, .integer(value)))
    }

    mutating func add(_ value: Double, _ labels: String...) {
        all.append((labels, .real(value)))
    }

    mutating func add(_ value: Bool, _ labels: String...) {
        all.append((labels, .integer(value ? 1 : 0)))
    }

    mutating func add(_ reading: Histogram.Reading, _ labels: String...) {
        all.append((labels, .histogram(reading)))
    }

    /// Only where there is a value.
    mutating func add(_ value: Int?, _ labels: String...) {
        if let value { all.append((labels, .integer(value))) }
    }

    mutating func add(_ value: Double?, _ labels: String...) {
        if let value { all.append((labels, .real(value))) }
    }
}
