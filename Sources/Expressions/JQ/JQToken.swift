/// A word of a jq program, with its range in the expression's UTF-8 bytes.
struct JQToken {
    var kind: Kind
    var range: Range<Int>

    enum Kind: Equatable {
        case identifier(String)
        /// `.name`; the name without the dot.
        case field(String)
        case number(Double)
        /// `@base64`, with the `@`.
        case format(String)
        case keyword(Keyword)
        case symbol(Symbol)
        /// An operator that is no word; `or` and `and` are keywords.
        case infix(JQSyntax.Operator)
        case stringStart
        case stringText(String)
        case interpolationStart
        case interpolationEnd
        case stringEnd
        /// Bytes that begin no token; the parser reports them when it gets there.
        case bad(message: String, hint: String?)
        case end
    }

    enum Keyword: String {
        case `as`, `import`, include, module, def, `if`, then, `else`, elif, and, or, end, reduce, foreach
        case `try`, `catch`, label, `break`
        case location = "__loc__"
    }

    /// A sign that stands between no operands.
    enum Symbol: String {
        case dot = "."
        case dots = ".."
        case question = "?"
        case questionAlternative = "?//"
        case semicolon = ";"
        case comma = ","
        case colon = ":"
        case pipe = "|"
        case dollar = "$"
        case openParenthesis = "("
        case closeParenthesis = ")"
        case openBracket = "["
        case closeBracket = "]"
        case openBrace = "{"
        case closeBrace = "}"
    }
}

/// Why a text is no jq program: the first place where it stops being one.
struct JQSyntaxError: Error {
    var kind = Kind.syntax
    var message: String
    var range: Range<Int>
    var hint: String?
    /// Another place that explains it, such as the bracket that is not closed.
    var related: (range: Range<Int>, text: String)?

    enum Kind {
        case syntax, forbidden, empty
    }
}
