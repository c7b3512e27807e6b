public import Diagnostics

/// A value and the place that set it, so that `plan` and every failure can name the winner.
public struct Setting<Wrapped: Sendable>: Sendable {
    public var value: Wrapped
    public var origin: Origin

    /// Creates a setting.
    public init(_ value: Wrapped, _ origin: Origin) {
        self.value = value
        self.origin = origin
    }
}

/// Where a setting comes from (config.md, "Precedence, and saying so").
public enum Origin: Sendable, Hashable, CustomStringConvertible {
    /// Plumb's own default.
    case builtIn
    /// A command-line flag, such as `--timeout`.
    case flag(String)
    /// A line of a scenario or a configuration file.
    case file(SourceSpan)
    /// The embedded services, which choose their ports when they start.
    case sandbox

    public var description: String {
        switch self {
        case .builtIn: "default"
        case .flag(let name): name
        case .file(let span): span.line
        case .sandbox: "sandbox"
        }
    }
}
