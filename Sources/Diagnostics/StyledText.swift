/// Text in runs of one style each; plain and coloured output are two ways to write it.
///
/// What is appended is made visible first, so no text of a scenario or a service reaches a terminal as a command.
public struct StyledText: Sendable, Hashable {
    /// A run of characters in one style.
    public struct Run: Sendable, Hashable {
        public var text: String
        public var style: Style
    }

    /// What a run is; how it looks is the writer's business.
    public enum Style: Sendable, Hashable, CaseIterable {
        case plain
        case strong
        case dim
        case error
        case warning
        case note
        case success
        case place
        case gutter
        case hint
    }

    /// How styles are written.
    public enum Palette: Sendable, Hashable {
        /// The text alone.
        case plain
        /// ANSI escape sequences of the sixteen standard colours.
        case ansi
    }

    /// The runs, in order; neighbours differ in style.
    public private(set) var runs: [Run] = []

    /// Creates an empty text.
    public init() {}

    /// Creates a text of one run.
    public init(_ text: String, _ style: Style = .plain) {
        append(text, style)
    }

    /// Adds text; control and bidirectional characters but line feeds are written out as escapes.
    public mutating func append(_ text: String, _ style: Style = .plain) {
        guard !text.isEmpty else { return }
        let isHarmless = text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F || $0 == 0x0A }
        let visible =
            isHarmless
            ? text
            : text.split(separator: "\n", omittingEmptySubsequences: false)
                .map { VisibleText(String($0)).text }.joined(separator: "\n")
        if let last = runs.indices.last, runs[last].style == style {
            runs[last].text += visible
        } else {
            runs.append(Run(text: visible, style: style))
        }
    }

    /// Adds another text behind this one.
    public mutating func append(_ other: StyledText) {
        for run in other.runs { append(run.text, run.style) }
    }

    /// Whether there is nothing in it.
    public var isEmpty: Bool { runs.isEmpty }

    /// The text without its styles.
    public var plain: String { written(in: .plain) }

    /// The text with ANSI colours.
    public var ansi: String { written(in: .ansi) }

    /// The text as the palette writes it; a style never stays open across a line end.
    public func written(in palette: Palette) -> String {
        var output = ""
        for run in runs {
            guard let code = palette.code(of: run.style) else {
                output += run.text
                continue
            }
            for (index, line) in run.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                if index > 0 { output += "\n" }
                if !line.isEmpty { output += "\u{1B}[\(code)m\(line)\u{1B}[0m" }
            }
        }
        return output
    }
}

extension StyledText: ExpressibleByStringInterpolation {
    /// Creates a plain text.
    public init(stringLiteral value: String) {
        self.init(value)
    }
}

extension StyledText.Palette {
    fileprivate func code(of style: StyledText.Style) -> String? {
        guard self == .ansi else { return nil }
        return switch style {
        case .plain: nil
        case .strong: "1"
        case .dim: "2"
        case .error: "1;31"
        case .warning: "1;33"
        case .note: "1;36"
        case .success: "32"
        case .place: "36"
        case .gutter: "34"
        case .hint: "36"
        }
    }
}
