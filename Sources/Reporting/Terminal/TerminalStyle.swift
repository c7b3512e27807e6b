/// How a stream can be written to: its width, colours, signs, and whether lines can be drawn again.
public struct TerminalStyle: Sendable, Hashable {
    /// The cells of a line; at least 20.
    public var width: Int
    public var hasColor: Bool
    /// Whether characters beyond ASCII arrive; else signs are words and others are written out.
    public var hasUnicode: Bool
    /// Whether running tests are drawn and erased again.
    public var isLive: Bool

    /// Creates a style; a width under 20 counts as 20.
    public init(width: Int = 100, hasColor: Bool = false, hasUnicode: Bool = true, isLive: Bool = false) {
        self.width = max(20, width)
        self.hasColor = hasColor
        self.hasUnicode = hasUnicode
        self.isLive = isLive
    }

    /// What `--color` says.
    public enum ColorChoice: String, Sendable, Hashable, CaseIterable {
        case auto, always, never
    }

    /// Finds the style of a stream.
    ///
    /// `columns` is what the terminal says of its width; nil where there is none. `NO_COLOR`, `TERM=dumb`
    /// and a locale that is not UTF-8 are honoured; `--color always` wins over the first.
    public init(isTerminal: Bool, columns: Int?, environment: [String: String], color: ColorChoice = .auto) {
        let isDumb = environment["TERM"] == "dumb"
        let isRefused = !(environment["NO_COLOR"] ?? "").isEmpty
        let isDrawn = isTerminal && !isDumb
        let hasColor =
            switch color {
            case .always: true
            case .never: false
            case .auto: isDrawn && !isRefused
            }
        self.init(
            width: columns.flatMap { $0 > 0 ? $0 : nil } ?? 100, hasColor: hasColor,
            hasUnicode: Self.isUTF8(environment), isLive: isDrawn)
    }

    private static func isUTF8(_ environment: [String: String]) -> Bool {
        // As setlocale(3) has it: the first that is set and not empty.
        let names = ["LC_ALL", "LC_CTYPE", "LANG"]
        let locale = names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? "C"
        // A modifier may follow, as in `ca_ES.UTF-8@valencia`.
        let encoding = locale.lowercased().prefix { $0 != "@" }
        return encoding.hasSuffix("utf-8") || encoding.hasSuffix("utf8")
    }
}
