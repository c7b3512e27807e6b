internal import Diagnostics
internal import Expressions
internal import ScenarioModel

extension URLTemplate {
    /// A piece of the address: the author's own text, or a value that stays inside its part.
    private struct Piece {
        var text: String
        var isValue: Bool
    }

    /// The address with its templates evaluated: a path that begins with `/`, or a whole URL.
    func evaluate(_ scope: any TemplateScope) throws(StepFailure) -> String {
        let pieces = try pieces(scope)
        var builder = URLBuilder()
        do throws(URLBuilder.Misfit) {
            for piece in pieces {
                if piece.isValue { try builder.add(value: piece.text) } else { try builder.add(literal: piece.text) }
            }
        } catch {
            throw StepFailure.refused(
                .httpPath, error.message, at: value.span, hint: "look at what the template yields")
        }
        let url = builder.finish()
        guard url.hasPrefix("/") || url.isAbsoluteURL else {
            throw StepFailure.refused(
                .httpPath, "'\(url.prefix(80))' is neither a path nor a URL", at: value.span,
                hint: "a path begins with '/', a URL with http:// or https://")
        }
        return url
    }

    private func pieces(_ scope: any TemplateScope) throws(StepFailure) -> [Piece] {
        guard case .template(let template, let span) = value else {
            return [Piece(text: value.literalTexts.first ?? "", isValue: false)]
        }
        var pieces: [Piece] = []
        switch template {
        case .literal(let text): pieces = [Piece(text: text, isValue: false)]
        case .whole(let expression):
            pieces = [Piece(text: try text(of: expression, span, scope), isValue: false)]
        case .text(let parts):
            for part in parts {
                switch part {
                case .literal(let text): pieces.append(Piece(text: text, isValue: false))
                case .value(let expression):
                    pieces.append(Piece(text: try text(of: expression, span, scope), isValue: true))
                }
            }
        }
        return pieces
    }

    /// The text of an expression's value; null would make another address than the author means.
    private func text(
        of expression: Expression, _ span: SourceSpan, _ scope: any TemplateScope
    ) throws(StepFailure) -> String {
        let value = try scope.value(of: .template(.whole(expression), span))
        switch value {
        case .null, .array, .object:
            throw StepFailure.refused(
                .templateType, "an address needs text, and '\(expression.text.prefix(60))' is \(value.type)",
                at: expression.source.span, hint: "take a member of it, or give a default with '//'")
        case .string, .number, .bool: return value.tostring
        }
    }
}

extension String {
    /// Whether it begins as a URL that the driver can ask.
    var isAbsoluteURL: Bool {
        func begins(with scheme: StaticString) -> Bool {
            var rest = utf8.makeIterator()
            return scheme.withUTF8Buffer {
                $0.allSatisfy { letter in
                    rest.next().map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 } == letter
                }
            }
        }
        return begins(with: "http://") || begins(with: "https://")
    }
}
