import Diagnostics
import Expressions
import ScenarioModel

extension ReferenceCheck {
    /// Checks the first key of each path from the root against the members of the kind's result.
    mutating func checkRoot(_ expression: Expression, of step: Step) {
        guard !step.isBroken else { return }
        let known: [String]
        switch expression.role {
        case .assertion, .until, .giveUp, .capture, .expectTemplate: known = ResultShape.own(step)
        case .aggregate: known = ResultShape.aggregate(of: step)
        default: return
        }
        if step.kind == "http" { checkHeaderNames(expression) }
        for path in expression.analysis.rootPaths where !path.isOptional {
            guard case .key(let key)? = path.elements.first, !known.contains(key) else { continue }
            let span = expression.source.span(of: path.range)
            let nearest = NearestName.of(key, in: known)
            diagnostics.append(
                Diagnostic(
                    .unknownMember, at: span,
                    known.isEmpty
                        ? "a step without a kind has no result of its own"
                        : "the result of \(article(step.kind)) step never has '\(key)'",
                    hint: nearest.map { "did you mean '.\($0)'?" }
                        ?? (known.isEmpty
                            ? "read another step: '$steps.ID.\(key)'" : "it has: \(known.joined(separator: ", "))")))
        }
    }

    /// Finds headers in other letters than those in which a result has them; `?` and `//` would only hide that.
    private mutating func checkHeaderNames(_ expression: Expression) {
        for path in expression.analysis.rootPaths {
            guard path.elements.count > 1, case .key(let member) = path.elements[0],
                ["headers", "headers_all"].contains(member), case .key(let name) = path.elements[1],
                name != name.lowercased()
            else { continue }
            diagnostics.append(
                Diagnostic(
                    .unknownMember, at: expression.source.span(of: path.range),
                    "the names under '.\(member)' are in lower case: there is never a '\(name)'",
                    hint: "write .\(member)[\"\(name.lowercased())\"]"))
        }
    }

    private func article(_ kind: String) -> String {
        (["a", "e", "i", "o", "u", "h"].contains { kind.hasPrefix($0) } ? "an " : "a ") + kind
    }

    /// Checks the members that `expect` names.
    mutating func checkTree(_ step: Step) {
        guard case .object(let members, _)? = step.expectation, !step.isBroken else { return }
        let known = ResultShape.own(step)
        for member in members where !known.contains(member.key) {
            let nearest = NearestName.of(member.key, in: known)
            diagnostics.append(
                Diagnostic(
                    .unknownMember, at: member.keySpan,
                    known.isEmpty
                        ? "a step without a kind has no result of its own"
                        : "the result of \(article(step.kind)) step never has '\(member.key)'",
                    hint: nearest.map { "did you mean '\($0)'?" } ?? "it has: \(known.joined(separator: ", "))"))
        }
    }

    /// Checks that no capture hides a member of the result.
    mutating func checkCaptures(_ step: Step) {
        var own = ResultShape.own(step) + ["ran", "items", "polls"]
        if step.repetition != nil { own += ResultShape.aggregate }
        for capture in step.captures where own.contains(capture.name) {
            diagnostics.append(
                Diagnostic(
                    .captureName, at: capture.span,
                    "'\(capture.name)' is a member of the result and cannot be the name of a capture",
                    hint: "'$steps.\(step.id).\(capture.name)' gives it without a capture"))
        }
    }
}
