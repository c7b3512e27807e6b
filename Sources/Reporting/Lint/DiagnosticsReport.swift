public import Diagnostics
internal import Expressions

/// The forms in which `plumb lint` tells of problems.
public enum DiagnosticsFormat: String, Sendable, Hashable, CaseIterable {
    /// Excerpts for people.
    case text
    /// One JSON document.
    case json
    /// SARIF 2.1.0, as code hosts and editors read it.
    case sarif
    /// Workflow commands that GitHub shows beside the lines of a pull request.
    case github
}

/// Writes problems in one of the forms.
public struct DiagnosticsReport: Sendable {
    public var format: DiagnosticsFormat
    /// How a terminal takes the text form.
    public var style: TerminalStyle
    /// The tool's version, for SARIF.
    public var version: String

    /// Creates a writer.
    public init(format: DiagnosticsFormat, style: TerminalStyle = TerminalStyle(), version: String = "0") {
        self.format = format
        self.style = style
        self.version = version
    }

    /// The whole output, its last line ended; empty for no problems in the forms that have no frame.
    public func render(_ diagnostics: [Diagnostic]) -> String {
        switch format {
        case .text:
            var text = DiagnosticText(width: style.width)
            text.wrapsHints = style.isLive
            let written = text.render(diagnostics).written(in: style.hasColor ? .ansi : .plain)
            return style.hasUnicode ? written : ASCIIText.folded(written)
        case .json: return DiagnosticsJSON.value(of: diagnostics).json(pretty: true) + "\n"
        case .sarif: return SARIFLog.value(of: diagnostics, version: version).json(pretty: true) + "\n"
        case .github: return diagnostics.map(GitHubCommand.line).joined()
        }
    }
}
