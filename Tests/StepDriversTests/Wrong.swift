import Testing

/// A text of a step with its problem between the signs, the problem's code, and what it hints at.
struct Wrong: Sendable, CustomTestStringConvertible {
    let code: String
    let text: String
    let hint: String

    init(_ code: String, _ text: String, _ hint: String) {
        self.code = code
        self.text = text
        self.hint = hint
    }

    var testDescription: String { text }
}
