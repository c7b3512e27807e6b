/// Metrics as a page of text.
///
/// Only gauges, without times: such a page means the same as OpenMetrics 1.0, whose last line is `# EOF`, and as the
/// text format of Prometheus, to which that line and `# UNIT` are comments. So a file of it is taken by scrapers of
/// either, by node_exporter's textfile collector, and by the Pushgateway.
struct MetricsText {
    let metrics: RunMetrics

    /// The page, its last line ended.
    var bytes: [UInt8] {
        var text = ""
        for family in metrics.families where !family.samples.isEmpty {
            text += "# HELP \(family.name) \(family.help)\n# TYPE \(family.name) gauge\n"
            if let unit = family.unit { text += "# UNIT \(family.name) \(unit)\n" }
            for sample in family.samples {
                let labels = sample.labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
                text += family.name + (labels.isEmpty ? "" : "{\(labels)}") + " \(Self.number(sample.value))\n"
            }
        }
        return Array((text + "# EOF\n").utf8)
    }

    private static func number(_ value: Double) -> String {
        Int(exactly: value).map(String.init) ?? "\((value * 1_000_000).rounded() / 1_000_000)"
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
