public import ScenarioModel

/// A form in which `plumb plan` shows what a run would do.
///
/// To add one, write it in a file of its own and name it in `all`.
public struct PlanFormat: Sendable {
    /// The word that `--format` takes.
    public let name: String
    /// One line for `--help`.
    public let summary: String
    /// Draws a graph for a stream of a style; the last line is ended.
    public let draw: @Sendable (RunGraph, TerminalStyle) -> String

    /// Every format, in the order of `--help`.
    public static let all: [PlanFormat] = [.text, .json, .mermaid, .dot]

    /// The format of a name.
    public static func named(_ name: String) -> PlanFormat? { all.first { $0.name == name } }
}
