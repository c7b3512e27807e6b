import Diagnostics
import Expressions
import ScenarioModel

/// Draws the edges of steps that watch others, and tells of those that cannot.
enum WatchEdges {
    /// The edge from the step that a watching one names, which stands before it in the same list.
    static func edge(
        to position: Int, in block: Block, _ homes: [String: Int], into diagnostics: inout [Diagnostic]
    ) -> Block.Edge? {
        let step = block.steps[position]
        guard let watch = step.watch else { return nil }
        let (id, span) = watch.watched
        if step.each != nil || step.repetition != nil {
            diagnostics.append(
                Diagnostic(
                    .watch, at: step.span, "a step with 'over' looks once, before '\(id)' and after it",
                    hint: "put 'each' or 'repeat' on '\(id)', or on a group around both"))
        }
        guard let from = block.steps.firstIndex(where: { $0.id == id }), from != position else {
            let near = NearestName.of(id, in: block.steps.map(\.id).filter { $0 != step.id })
            diagnostics.append(
                Diagnostic(
                    .watch, at: span,
                    id == step.id
                        ? "a step cannot watch itself"
                        : homes[id] == nil
                            ? "there is no step '\(id)' beside this one" : "'\(id)' stands inside of a group",
                    hint: id == step.id
                        ? nil
                        : near.map { "did you mean '\($0)'?" }
                            ?? "'over' names a step or a group of the same list"))
            return nil
        }
        guard block.isParallel || from < position else {
            diagnostics.append(
                Diagnostic(
                    .watch, at: span, "'\(id)' comes only after this step",
                    secondary: [.init(span: block.steps[from].span, text: "it stands here")],
                    hint: "put the step with 'over' behind '\(id)'"))
            return nil
        }
        for expression in watch.firstExpressions {
            for reference in expression.analysis.references where reference.variable == "steps" {
                guard let read = reference.keys.first, let home = homes[read], home >= from else { continue }
                diagnostics.append(
                    Diagnostic(
                        .watch, at: expression.source.span(of: reference.range),
                        "the first look is taken before '\(id)' begins, and '\(read)' has no result yet",
                        hint: "read a step that stands before '\(id)'"))
            }
        }
        return .init(from: from, to: position, reason: .watch(span))
    }
}

extension Diagnostic.Code {
    static let watch = Diagnostic.Code(
        "reference.watch",
        "A step with 'over' looks before the named step begins and after it has ended: that step or group stands before "
            + "it in the same list.")
}
