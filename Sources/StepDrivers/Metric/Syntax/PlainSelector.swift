internal import Exposition

/// A query that picks samples and computes nothing: `http_requests_total{status=~"5.."}`.
enum PlainSelector {
    /// Why a query is no plain selector, and the word that makes it so.
    struct Misfit: Error, Equatable {
        var range: Range<Int>
        var message: String
    }

    /// What to do about a query that is none.
    static let hint =
        "ask a target of kind 'prometheus', or pick the samples by NAME{label=\"value\"} and compute in jq"

    /// The selector that a query is; labels whose text a template decides are taken as they stand.
    static func parse(_ text: String) throws(Misfit) -> SampleSelector {
        let lexer = PromQLLexer(text)
        if let problem = lexer.problem { throw Misfit(range: problem.range, message: problem.message) }
        var reader = Reader(tokens: lexer.tokens, end: text.utf8.count)
        return try reader.selector()
    }

    private struct Reader {
        let tokens: [PromQLToken]
        let end: Int
        var at = 0

        mutating func selector() throws(Misfit) -> SampleSelector {
            var selector = SampleSelector(name: nil)
            guard let first = token else { throw Misfit(range: 0..<end, message: "the query is empty") }
            if first.kind == .name {
                try checkOperator(first)
                selector.name = first.text
                at += 1
            } else if first.text != "{" || first.kind != .sign {
                throw unfit(first)
            }
            if isSign("{") {
                at += 1
                while !isSign("}") {
                    try addTerm(to: &selector)
                    guard isSign(",") else { break }
                    at += 1
                }
                guard isSign("}") else { throw misplaced("expected ',' or '}'") }
                at += 1
            }
            if let token { throw unfit(token) }
            guard selector.name != nil || selector.matchers.contains(where: Self.narrows) else {
                throw Misfit(
                    range: first.range, message: "the selector names neither a metric nor a label's value")
            }
            return selector
        }

        /// Whether a condition leaves anything out that lacks the label.
        private static func narrows(_ matcher: LabelMatcher) -> Bool {
            switch matcher.test {
            case .equal: matcher.value != ""
            case .matches: (try? Regex(matcher.value).wholeMatch(in: "")) ?? nil == nil
            case .notEqual, .matchesNot: false
            }
        }

        private var token: PromQLToken? { at < tokens.count ? tokens[at] : nil }

        private func isSign(_ text: String) -> Bool { token?.kind == .sign && token?.text == text }

        private mutating func addTerm(to selector: inout SampleSelector) throws(Misfit) {
            guard let label = token, label.kind == .name || label.kind == .string else {
                throw misplaced("expected the name of a label")
            }
            at += 1
            let name = label.kind == .string ? Self.unquoted(label.text) : label.text
            if label.kind == .string, isSign(",") || isSign("}") {
                guard selector.name == nil else {
                    throw Misfit(range: label.range, message: "the metric has two names")
                }
                selector.name = name
                return
            }
            guard let sign = token, sign.kind == .sign, let test = LabelMatcher.Test(rawValue: sign.text) else {
                throw misplaced("expected '=', '!=', '=~' or '!~' behind '\(name)'")
            }
            at += 1
            guard let value = token, value.kind == .string else {
                throw misplaced("expected a text in quotes behind '\(test.rawValue)'")
            }
            at += 1
            let text = Self.unquoted(value.text)
            if test == .matches || test == .matchesNot, !value.isDynamic, (try? Regex(text)) == nil {
                throw Misfit(range: value.range, message: "the regular expression cannot be read")
            }
            if name == "__name__", test == .equal {
                selector.name = text
            } else {
                selector.matchers.append(LabelMatcher(name, test, text))
            }
        }

        private func misplaced(_ message: String) -> Misfit {
            Misfit(range: token?.range ?? max(0, end - 1)..<end, message: message)
        }

        /// A name at the start that is the head of something else.
        private func checkOperator(_ first: PromQLToken) throws(Misfit) {
            guard at + 1 < tokens.count else { return }
            let next = tokens[at + 1]
            let aggregates = [
                "sum", "avg", "min", "max", "count", "stddev", "stdvar", "topk", "bottomk", "quantile", "group",
                "count_values",
            ]
            if next.text == "(" || aggregates.contains(first.text) && ["by", "without"].contains(next.text) {
                throw Misfit(
                    range: first.range,
                    message: "'\(first.text)' is a function, and an 'openmetrics' target answers plain selectors only")
            }
        }

        private func unfit(_ token: PromQLToken) -> Misfit {
            let what: String =
                switch (token.kind, token.text) {
                case (.sign, "["): "a range of time"
                case (.sign, "@"), (.name, "offset"): "another time"
                case (.number, _), (.string, _): "'\(token.text.prefix(40))'"
                default: "the operator '\(token.text.prefix(40))'"
                }
            return Misfit(
                range: token.range,
                message: "\(what) needs a Prometheus: an 'openmetrics' target answers plain selectors only")
        }

        /// The text between quotes, with the escapes that Go has.
        static func unquoted(_ text: String) -> String {
            let inner = text.dropFirst().dropLast()
            guard text.first != "`", inner.contains("\\") else { return String(inner) }
            var plain = ""
            var rest = inner[...]
            while let character = rest.popFirst() {
                guard character == "\\", let escaped = rest.popFirst() else {
                    plain.append(character)
                    continue
                }
                switch escaped {
                case "n": plain.append("\n")
                case "t": plain.append("\t")
                case "r": plain.append("\r")
                case "x", "u", "U":
                    let length = escaped == "x" ? 2 : escaped == "u" ? 4 : 8
                    let digits = rest.prefix(length)
                    guard let code = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(code) else {
                        plain.append(escaped)
                        continue
                    }
                    plain.unicodeScalars.append(scalar)
                    rest = rest.dropFirst(length)
                default: plain.append(escaped)
                }
            }
            return plain
        }
    }
}
