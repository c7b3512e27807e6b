/// A kind of report that `--report FORMAT=PATH` writes, or `--report FORMAT=URL` sends.
///
/// To add one, write it in a file of its own and name it in `all`.
public struct ReportFormat: Sendable {
    /// The word that `--report` takes.
    public let name: String
    /// What a file of it is usually called, without the dot.
    public let fileExtension: String
    /// One line for `--help`.
    public let summary: String
    /// Makes the reporter that writes to a sink.
    public let make: @Sendable (any ReportSink) -> any Reporter
    /// Where reports of this kind are sent; nil for those that are files.
    public let service: Service?

    /// A service that takes reports.
    public struct Service: Sendable {
        /// An address such as users give.
        public let example: String
        /// Makes the reporter that sends through a courier.
        public let make: @Sendable (any ReportCourier) -> any Reporter

        /// Creates a service.
        public init(example: String, make: @escaping @Sendable (any ReportCourier) -> any Reporter) {
            self.example = example
            self.make = make
        }
    }

    /// Creates a kind of report; where it goes to a service, `make` writes what would be sent.
    public init(
        name: String, fileExtension: String, summary: String, service: Service? = nil,
        make: @escaping @Sendable (any ReportSink) -> any Reporter
    ) {
        self.name = name
        self.fileExtension = fileExtension
        self.summary = summary
        self.service = service
        self.make = make
    }

    /// Every format, in the order of `--help`.
    public static let all: [ReportFormat] = [
        .junit, .json, .jsonLines, .markdown, .openMetrics, .pushgateway, .otlp,
        .html,
    ]

    /// The format of a name.
    public static func named(_ name: String) -> ReportFormat? { all.first { $0.name == name } }
}
