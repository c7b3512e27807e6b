/// One line of a page: a name, labels, and a value.
public struct MetricSample: Sendable, Hashable {
    /// The whole name, suffix included: `http_requests_total`.
    public var name: String
    /// The labels in the order of the page.
    public var labels: [Label]
    /// The value; of a native histogram NaN.
    public var value: Double
    /// The sample's own time in seconds since 1970, where the page gives one.
    public var time: Double?
    public var exemplar: Exemplar?
    /// The histogram where the sample is a native one.
    public var histogram: NativeHistogram?
    public var family: MetricFamily

    /// A label and its value.
    public struct Label: Sendable, Hashable {
        public var name: String
        public var value: String

        /// Creates a label.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// What a sample was made of, such as the trace of one request.
    public struct Exemplar: Sendable, Hashable {
        public var labels: [Label]
        public var value: Double
        /// In seconds since 1970.
        public var time: Double?
    }

    /// A histogram whose buckets follow a schema rather than being written one by one.
    public struct NativeHistogram: Sendable, Hashable {
        public var count = 0.0
        public var sum = 0.0
        public var schema = 0.0
        public var zeroThreshold = 0.0
        public var zeroCount = 0.0
        public var positive = Buckets()
        public var negative = Buckets()

        /// Buckets as runs of filled ones, and the change of each one's count from that of the one before.
        public struct Buckets: Sendable, Hashable {
            public var spans: [Span] = []
            public var deltas: [Double] = []
        }

        /// A run of buckets: how many are passed over before it, and how long it is.
        public struct Span: Sendable, Hashable {
            public var offset: Int
            public var length: Int

            /// Creates a run.
            public init(offset: Int, length: Int) {
                self.offset = offset
                self.length = length
            }
        }
    }

    /// Whether its family and name make it one that only grows until its service starts anew.
    ///
    /// Nil where the page does not say.
    public var isCounter: Bool? {
        switch family.kind {
        case .counter: !name.hasSuffix("_created")
        case .histogram: name.hasSuffix("_bucket") || name.hasSuffix("_count") || name.hasSuffix("_sum")
        case .summary: name.hasSuffix("_count") || name.hasSuffix("_sum")
        case .unknown: nil
        case .gauge, .gaugeHistogram, .info, .stateset: false
        }
    }
}
