/// A piece of SQL, as far as the checks need to tell pieces apart.
struct SQLToken: Equatable {
    var kind: Kind
    /// UTF-8 offsets into the text.
    var range: Range<Int>

    enum Kind: Equatable {
        /// A word without quotes, in capitals: a key word or a name.
        case word(String)
        /// `"name"`, and what the dialect has beside it.
        case quotedName
        /// A string of any form.
        case string
        case comment
        /// `$1`.
        case parameter(Int)
        /// `:"name"`.
        case slot(String)
        case semicolon
        /// `(` or `[`, and what closes it.
        case open, close
        /// A sign, number or operator.
        case other
        /// A string, quoted name, comment or dollar quote that does not end.
        case unclosed(String)
    }

    /// Whether the server reads more in it than a blank.
    var isMeaningful: Bool { kind != .comment }
}
