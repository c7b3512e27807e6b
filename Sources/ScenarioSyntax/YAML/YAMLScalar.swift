public import Diagnostics

/// A text in a YAML document, with the way it was written.
public struct YAMLScalar: Sendable {
    /// How a scalar was written.
    public enum Style: Sendable {
        case plain
        case singleQuoted
        case doubleQuoted
        case literal
        case folded
    }

    /// What the text means by the core schema of YAML 1.2.
    public enum Resolved: Sendable, Hashable {
        case null
        case bool(Bool)
        /// A whole number of any size as decimal digits: `0o17` is `15`, `+007` is `7`.
        case integer(String)
        /// A number with a fraction or an exponent; `1e999` and `.inf` are infinite.
        case float(Double)
        case string
    }

    /// The text and the place of each of its bytes in the source.
    public let located: LocatedText
    public let style: Style
    /// The type that a tag gives it, whatever it looks like.
    let forced: CoreSchema.Kind?

    /// Creates a scalar.
    public init(_ located: LocatedText, style: Style) {
        self.init(located, style: style, forced: nil)
    }

    init(_ located: LocatedText, style: Style, forced: CoreSchema.Kind?) {
        self.located = located
        self.style = style
        self.forced = forced
    }

    /// The text.
    public var text: String { located.text }

    /// What the text means; a quoted or block scalar is a string.
    public var resolved: Resolved {
        if let forced { return CoreSchema.resolve(text, as: forced) ?? .string }
        return style == .plain ? CoreSchema.resolve(text) : .string
    }

    /// What the text would mean if it were written without quotes.
    var resolvedAsPlain: Resolved { CoreSchema.resolve(text) }

    /// What stands here, for "expected …, found …".
    var found: String {
        switch resolved {
        case .null: text.isEmpty ? "nothing" : "null"
        case .bool(let value): value ? "true" : "false"
        case .integer, .float: "the number \(text)"
        case .string: "text"
        }
    }
}
