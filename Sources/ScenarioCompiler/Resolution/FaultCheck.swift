public import Diagnostics
internal import Expressions
public import ScenarioModel

/// Checks that faults are put on what the profile declares, and that it can have them.
public struct FaultCheck {
    /// The problems of a scenario's faults under a configuration.
    static func check(_ scenario: Scenario, _ configuration: Configuration, _ kinds: [any StepKind]) -> [Diagnostic] {
        var problems: [Diagnostic] = []
        scenario.visitSteps { step in
            for fault in step.faults {
                problems += check(fault, derived: scenario.targets, configuration, kinds)
            }
        }
        return problems
    }

    /// The problems of one fault; `derived` are targets of the scenario's own.
    public static func check(
        _ fault: Fault, derived: [Scenario.DerivedTarget] = [], _ configuration: Configuration, _ kinds: [any StepKind]
    ) -> [Diagnostic] {
        let profile = configuration.profile.map { "profile '\($0)'" } ?? "configuration"
        let links = configuration.links.keys.sorted()
        if fault.isLink {
            if configuration.links[fault.place] != nil { return [] }
            if let reason = configuration.absence(ofLink: fault.place) {
                return [
                    Diagnostic(
                        .faultPlace, at: fault.span,
                        .init("the \(profile) has no link '\(fault.place)': \(reason)"),
                        hint: .needsPostgres)
                ]
            }
            let near = NearestName.of(fault.place, in: links)
            return [
                Diagnostic(
                    .faultPlace, at: fault.span, "the \(profile) has no link '\(fault.place)'",
                    hint: .init(
                        near.map { "did you mean '\($0)'?" }
                            ?? (links.isEmpty
                                ? "declare it under 'profiles: { NAME: { links: … } }', or put the fault on a target"
                                : "it has: \(links.joined(separator: ", "))")))
            ]
        }
        let own = derived.first { $0.name == fault.place }
        let kind =
            own?.changes["kind"]?.constant?.string ?? configuration.target(own?.from ?? fault.place)?.kind
        guard let kind else {
            let names = configuration.targets.map(\.name) + derived.map(\.name) + links
            return [
                Diagnostic(
                    .faultPlace, at: fault.span, "the \(profile) has no target '\(fault.place)' to put a fault on",
                    hint: .init(
                        NearestName.of(fault.place, in: names).map { "did you mean '\($0)'?" }
                            ?? "it has: \(names.joined(separator: ", "))"))
            ]
        }
        guard let known = kinds.flatMap(\.targetKinds).first(where: { $0.name == kind }) else { return [] }
        guard known.hasAddress else {
            return [
                Diagnostic(
                    .faultPlace, at: fault.span,
                    "'\(fault.place)' is of kind '\(kind)', which is reached by no network: it can have no faults",
                    hint: "put them on a target with an address, such as one of kind http or postgres")
            ]
        }
        guard !known.hasURL, case .object(let members, _) = fault.settings else { return [] }
        return members.filter { ["respond", "cut_sse_after"].contains($0.key) }.map { member in
            Diagnostic(
                .faultPlace, at: member.keySpan,
                "'\(member.key)' is for services that speak HTTP, and '\(fault.place)' is of kind '\(kind)'",
                hint: "use 'reset', 'truncate' or 'hang'")
        }
    }
}

extension Diagnostic.Message {
    fileprivate static var needsPostgres: Self {
        "it is there where the profile's 'database' is of kind postgres; 'requires' skips the scenario elsewhere"
    }
}
