internal import Diagnostics
internal import Expressions
internal import ScenarioModel
internal import ScenarioSyntax

/// Reads `faults`: trouble by the name of a target or a link.
struct FaultReader {
    /// The faults of a mapping; what is wrong with them goes to the reader's diagnostics.
    static func read(_ node: YAMLNode, _ reader: inout SyntaxReader) -> [Fault] {
        guard let members = node.members else {
            reader.diagnostics.append(
                .expected(
                    "a mapping of targets and their faults", node,
                    hint: "write 'faults: { gateway: { latency: 300ms } }'"))
            return []
        }
        return members.compactMap { member -> Fault? in
            if FaultKeys.fault[member.name] != nil, member.value.members == nil {
                reader.diagnostics.append(
                    Diagnostic(
                        .faultForm, at: member.key.span, "'\(member.name)' stands where the name of a target is due",
                        hint: "write 'faults: { TARGET: { \(member.name): … } }'"))
                return nil
            }
            let before = reader.errorCount
            guard MappingReader(member.value, FaultKeys.fault, &reader.diagnostics) != nil else { return nil }
            if let respond = member.value["respond"], respond.members != nil {
                _ = MappingReader(respond, FaultKeys.respond, &reader.diagnostics)
            }
            let settings = reader.value(member.value)
            guard reader.errorCount == before else { return nil }
            let fault = Fault(place: member.name, span: member.key.span, settings: settings)
            reader.diagnostics += problems(of: fault)
            return fault
        }
    }

    /// What is wrong with the values that are known before the run.
    static func problems(of fault: Fault) -> [Diagnostic] {
        guard case .object(let members, _) = fault.settings else { return [] }
        var problems: [Diagnostic] = []
        var settings = FaultSettings()
        for member in members {
            guard let value = member.value.constant else { continue }
            do throws(FaultSettings.Problem) {
                try settings.read(member.key, value)
            } catch {
                problems.append(
                    Diagnostic(.faultForm, at: member.value.span, .init(error.message), hint: .init(error.hint)))
            }
        }
        let names = members.map(\.key)
        if !FaultSettings.kinds.contains(where: names.contains) {
            problems.append(
                Diagnostic(
                    .faultForm, at: fault.span, "the fault on '\(fault.place)' names no trouble",
                    hint: "give it one of \(FaultSettings.kinds.joined(separator: ", "))"))
        } else if let jitter = members.first(where: { $0.key == "jitter" }), !names.contains("latency") {
            problems.append(
                Diagnostic(
                    .faultForm, at: jitter.keySpan, "'jitter' has no effect without 'latency'",
                    hint: "add 'latency', or remove it"))
        }
        return problems
    }
}

extension Diagnostic.Code {
    static let faultForm = Diagnostic.Code(
        "fault.form", "A fault names a target or a link and what befalls it: 'faults: { gateway: { latency: 300ms } }'."
    )
    static let faultPlace = Diagnostic.Code(
        "fault.place", "Faults are put on targets that are reached by a socket, and on declared links; nowhere else.")
    static let recoveryPlace = Diagnostic.Code(
        "fault.recovery", "'recovers_within' repeats the steps of a group once its 'faults' are lifted.")
}
