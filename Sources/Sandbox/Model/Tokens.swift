/// How the models count and cut text.
enum Tokens {
    /// The longest token, in characters without its leading space.
    private static let maximumLength = 8

    /// Cuts text into tokens; joined they are the text again.
    ///
    /// A token is a run of letters or digits with the space before it, or one other character.
    static func split(_ text: String) -> [String] {
        var tokens: [String] = []
        var token = ""
        var length = 0
        func flush() {
            if !token.isEmpty { tokens.append(token) }
            token = ""
            length = 0
        }
        for character in text {
            if character == " " {
                flush()
                token = " "
            } else if character.isLetter || character.isNumber {
                if length == maximumLength { flush() }
                token.append(character)
                length += 1
            } else {
                if length > 0 { flush() }
                token.append(character)
                flush()
            }
        }
        flush()
        return tokens
    }

    static func count(_ text: String) -> Int {
        split(text).count
    }
}
