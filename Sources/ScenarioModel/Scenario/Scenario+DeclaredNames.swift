import Expressions

extension Scenario {
    /// The names of all variables that the file declares, and the scenarios that it uses and needs.
    public var declaredNames: Set<String> {
        var names = Set(variables.map(\.name))
        for name in fileVariables.keys { names.insert(name) }
        for need in needs { names.formUnion(need.scenario.declaredNames) }
        names.formUnion(Self.declaredNames(of: steps))
        if let cleanup { names.formUnion(Self.declaredNames(of: cleanup)) }
        return names
    }

    private static func declaredNames(of block: Block) -> Set<String> {
        var names: Set<String> = []
        for step in block.steps {
            switch step.action {
            case .group(let group): names.formUnion(declaredNames(of: group.block))
            case .use(let use): names.formUnion(use.scenario.declaredNames)
            case .check, .request, .wait: break
            }
            if let cleanup = step.cleanup { names.formUnion(declaredNames(of: cleanup)) }
        }
        return names
    }
}
