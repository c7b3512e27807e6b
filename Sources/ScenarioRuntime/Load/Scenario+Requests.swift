public import ScenarioModel

extension Scenario {
    /// The kinds of the requests that a run of it may send, its needs left out.
    public var requestKinds: Set<String> {
        var kinds: Set<String> = []
        Self.collect(steps, into: &kinds)
        if let cleanup { Self.collect(cleanup, into: &kinds) }
        return kinds
    }

    private static func collect(_ block: Block, into kinds: inout Set<String>) {
        for step in block.steps {
            switch step.action {
            case .request(let request): kinds.insert(request.kind)
            case .group(let group): collect(group.block, into: &kinds)
            case .use(let use): kinds.formUnion(use.scenario.requestKinds)
            case .check, .wait: break
            }
            if let cleanup = step.cleanup { collect(cleanup, into: &kinds) }
        }
    }
}
