public import Diagnostics

extension Diagnostic.Code {
    public static let yamlSyntax = Diagnostic.Code(
        "yaml.syntax",
        "The file is not well-formed YAML. Most often the place shown, or the line above it, is indented otherwise "
            + "than its neighbours or lacks a quote, a bracket or a colon.")
    public static let yamlEncoding = Diagnostic.Code(
        "yaml.encoding",
        "The file is not UTF-8. Save it as UTF-8; the message names the first byte that does not belong.")
    public static let yamlControlCharacter = Diagnostic.Code(
        "yaml.control-character",
        "The file holds a character that YAML forbids, such as NUL or ESC. Remove it, or write it in double quotes "
            + "as an escape such as \"\\x1B\".")
    public static let yamlNotText = Diagnostic.Code(
        "yaml.not-text",
        "The file is not a text file but, say, an archive or a picture. Remove it from the directory or name it "
            + "otherwise than .yaml.")
    public static let yamlTooLarge = Diagnostic.Code(
        "yaml.too-large",
        "A file, a scalar, a key or the number of nodes is beyond the limit. Move large data to a file of its own and "
            + "name that with `file`.")
    public static let yamlTooDeep = Diagnostic.Code(
        "yaml.too-deep",
        "Lists and mappings stand inside each other beyond 100 levels, which no scenario needs; most often a bracket "
            + "is repeated or never closed.")
    public static let yamlAliasLimit = Diagnostic.Code(
        "yaml.alias-limit",
        "Aliases name aliases so that the document stands for more than 100,000 nodes. Write the data out or make it "
            + "with a jq expression.")
    public static let yamlUndefinedAlias = Diagnostic.Code(
        "yaml.undefined-alias",
        "`*name` stands for the value marked `&name` above it in the same file, and there is none. A text that begins "
            + "with `*` stands in quotes.")
    public static let yamlRecursiveAlias = Diagnostic.Code(
        "yaml.recursive-alias", "A value holds an alias of itself, so it would have no end.")
    public static let yamlDuplicateKey = Diagnostic.Code(
        "yaml.duplicate-key",
        "A mapping has the same key twice, and YAML keeps only one of the values. Quoted or not, keys are compared by "
            + "their text. Remove one or rename it.")
    public static let yamlKeyNotScalar = Diagnostic.Code(
        "yaml.key-not-scalar", "The key of a mapping is a list or a mapping; only text can be a key.")
    public static let yamlTag = Diagnostic.Code(
        "yaml.tag",
        "A tag such as `!!python/object` or `!name` is none of YAML's own, or does not fit its value. A text that "
            + "begins with `!` stands in quotes.")
    public static let yamlSeveralDocuments = Diagnostic.Code(
        "yaml.several-documents",
        "A line `---` begins a second document. A file holds one scenario; put the others into files of their own.")
    public static let yamlEmpty = Diagnostic.Code(
        "yaml.empty", "The file holds nothing, only comments, or only `---`.")
    public static let yamlTab = Diagnostic.Code(
        "yaml.tab", "A tab stands where indentation is due. YAML is indented by spaces only.")
    public static let yamlUnclosed = Diagnostic.Code(
        "yaml.unclosed", "A quote, a bracket or a brace is opened and not closed.")
    public static let yamlNeedsQuotes = Diagnostic.Code(
        "yaml.needs-quotes",
        "A text holds what YAML reads as its own: a leading `[ { \" ' @ * & ! % | >` or backtick, a `: ` or ` #` "
            + "inside, or brackets in a flow list. Put it in single quotes, where only ' is special and is doubled, "
            + "or in block style behind `|`.")
    public static let yamlUnquotedTemplate = Diagnostic.Code(
        "yaml.unquoted-template",
        "`{{ x }}` without quotes is a mapping to YAML, not a template. Templates are written `${{ x }}`, and in quotes "
            + "where they stand in brackets or braces.")
    public static let yamlCommaInFlow = Diagnostic.Code(
        "yaml.comma-in-flow",
        "Inside braces or brackets a comma ends a text that has no quotes. Quote the text or write it in block style.")
    public static let yamlUnknownEscape = Diagnostic.Code(
        "yaml.unknown-escape",
        "In double quotes a backslash begins one of YAML's escapes. Write jq's `\\(…)` and regular expressions in "
            + "single quotes or in block style, where a backslash is itself.")
    public static let yamlMerge = Diagnostic.Code(
        "yaml.merge", "The merge key `<<` takes a mapping, an alias of one, or a list of such.")
    public static let yamlCutByComment = Diagnostic.Code(
        "yaml.cut-by-comment",
        "` #` begins a comment, so an expression without quotes ends there. Quote it or write it in block style.")
    public static let unknownKey = Diagnostic.Code(
        "syntax.unknown-key",
        "A mapping has a key that the language does not know here. `plumb explain` lists the keys; those that begin "
            + "with `x-` are free.")
    public static let missingKey = Diagnostic.Code(
        "syntax.missing-key", "A mapping lacks a key that it must have.")
    public static let wrongType = Diagnostic.Code(
        "syntax.wrong-type", "A value is of another type than its key takes, such as a list where a text is due.")
    public static let badValue = Diagnostic.Code(
        "syntax.bad-value",
        "A value is of the right type, and its text is not: a duration without a unit, a size, a rate or a name that "
            + "does not read as one.")

    /// The codes of reading text and trees, in the order of the reference.
    public static let allSyntaxCodes: [Diagnostic.Code] = [
        .yamlSyntax, .yamlEncoding, .yamlControlCharacter, .yamlNotText, .yamlTooLarge, .yamlTooDeep, .yamlAliasLimit,
        .yamlUndefinedAlias, .yamlRecursiveAlias, .yamlDuplicateKey, .yamlKeyNotScalar, .yamlTag,
        .yamlSeveralDocuments, .yamlEmpty, .yamlTab, .yamlUnclosed, .yamlNeedsQuotes, .yamlUnquotedTemplate,
        .yamlCommaInFlow, .yamlUnknownEscape, .yamlMerge, .yamlCutByComment,
        .unknownKey, .missingKey, .wrongType, .badValue, .moreProblems,
    ]
}
