/// Metrics of one name with what a page tells of them.
public struct MetricFamily: Sendable, Hashable {
    /// The name without the suffixes of its samples.
    public var name: String
    public var kind: Kind
    /// What the page says that it measures; nil where it says nothing.
    public var help: String?
    public var unit: String?

    /// What a family's samples mean.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case counter, gauge, histogram, summary, info, stateset
        case gaugeHistogram = "gaugehistogram"
        /// Not told; Prometheus's text calls it `untyped`.
        case unknown
    }

    /// Creates a family.
    public init(name: String, kind: Kind, help: String? = nil, unit: String? = nil) {
        self.name = name
        self.kind = kind
        self.help = help
        self.unit = unit
    }
}
