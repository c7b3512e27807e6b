/// A kind of report that `--report FORMAT=PATH` writes.
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

    /// Every format, in the order of `--help`.
    public static let all: [ReportFormat] = [
        .junit, .json, .jsonLines, .markdown,
        .html,
    ]

    /// The format of a name.
    public static func named(_ name: String) -> ReportFormat? { all.first { $0.name == name } }
}
