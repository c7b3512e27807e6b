/// Finds the target of a step that names none (language.md §2, `target`).
public enum TargetChoice {
    /// Why no target can be chosen.
    public struct Problem: Error, Sendable, Hashable {
        public var message: String
        public var hint: String
    }

    /// Returns the only target that fits the kind of step, or the one marked as the default.
    public static func choose(
        for kind: String, among targets: [Target], kinds: [any StepKind]
    ) -> Result<Target, Problem> {
        let fitting = targets.filter { fits($0, kind, kinds) }
        if fitting.count == 1 { return .success(fitting[0]) }
        let defaults = fitting.filter(\.isDefault)
        if defaults.count == 1 { return .success(defaults[0]) }
        if fitting.isEmpty {
            return .failure(
                Problem(
                    message: "the profile has no target for '\(kind)' steps",
                    hint: "add one under 'profiles: { NAME: { targets: … } }' in plumb.yaml"))
        }
        let names = fitting.map(\.name).joined(separator: ", ")
        return .failure(
            Problem(
                message: "several targets fit and none is the default: \(names)",
                hint: "name one with 'target', or mark one with 'default: true'"))
    }

    /// Whether steps of a kind can go through a target that they name; HTTP can use any that has a URL.
    public static func suits(_ target: Target, _ kind: String, _ kinds: [any StepKind]) -> Bool {
        guard let known = kinds.first(where: { $0.name == kind }), !known.targetKinds.isEmpty else { return true }
        return fits(target, kind, kinds) || kind == "http" && target.settings["url"] != nil
    }

    /// Whether steps of a kind can go through a target; HTTP can use a target of any kind that has a URL by name only.
    static func fits(_ target: Target, _ kind: String, _ kinds: [any StepKind]) -> Bool {
        kinds.first { $0.name == kind }?.targetKinds.contains { $0.name == target.kind } ?? false
    }
}
