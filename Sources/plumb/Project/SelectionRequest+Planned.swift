import Diagnostics
import ScenarioCompiler
import ScenarioModel

extension SelectionRequest {
    /// The selection of the planner.
    var planned: RunPlanner.Selection {
        var selection = RunPlanner.Selection()
        selection.tags = tag
        selection.steps = Set(step)
        selection.refusesSkips = noSkips
        return selection
    }

    /// Says why nothing of a project is selected.
    func nothingSelected(in project: Project) -> Diagnostic {
        let tags = Set(project.compilation.scenarios.flatMap(\.scenario.tags)).sorted()
        if !tag.isEmpty { return Self.nothingTagged(tag, of: tags) }
        if !step.isEmpty {
            return Diagnostic(
                .nothingSelected, at: nil, "no scenario has a step '\(step.joined(separator: ", "))'")
        }
        return Diagnostic(
            .nothingSelected, at: nil, "no scenario is selected",
            hint: "names that begin with '_' are no tests by themselves, and a suite's 'test_scenarios' selects")
    }

    /// Says of each `--tag` what it asked for: a tag, or with `!` its absence.
    private static func nothingTagged(_ asked: [String], of tags: [String]) -> Diagnostic {
        func list(_ names: [String], _ word: String) -> String? {
            names.isEmpty ? nil : names.map { "'\($0)'" }.joined(separator: " \(word) ")
        }
        let unwanted = asked.filter { $0.hasPrefix("!") }.map { String($0.dropFirst()) }
        let wanted = asked.filter { !$0.hasPrefix("!") }
        let parts = [
            list(wanted, "or").map { "has the tag \($0)" }, list(unwanted, "and").map { "is without the tag \($0)" },
        ]
        let near = wanted.lazy.filter { !tags.contains($0) }.compactMap { NearestName.of($0, in: tags) }.first
        let known = tags.isEmpty ? "none of them has tags" : "they have: \(tags.joined(separator: ", "))"
        return Diagnostic(
            .nothingSelected, at: nil,
            "no scenario \(parts.compactMap { $0 }.joined(separator: " and "))",
            hint: .init(near.map { "did you mean '\($0)'?" } ?? known))
    }
}
