/// Docs/METRICS.md's table of all metrics, made from the list of the code.
enum MetricsPage {
    /// Between these lines of the page.
    static let start =
        "<!-- From here to the end of the table it is made of the list in the code. -->"
    static let end = "<!-- The end of the table. -->"

    static func table(of metrics: [Metric]) -> String {
        var lines = ["| metric | type | labels | what it is |", "| --- | --- | --- | --- |"]
        for metric in metrics {
            let labels = metric.labels.map { "`\($0)`" }.joined(separator: ", ")
            let kind = metric.kind == .info ? "gauge, always 1" : metric.kind.rawValue
            lines.append("| `\(metric.queryName)` | \(kind) | \(labels) | \(metric.help) |")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
