extension RunPlan {
    /// Whether anything of the run goes through a proxy.
    public var needsProxies: Bool {
        !options.faults.isEmpty || configuration.links.values.contains { !$0.isPending }
            || tests.contains { test in
                !test.scenario.faults.isEmpty || test.scenario.needs.contains { !$0.scenario.faults.isEmpty }
            }
    }
}

extension Scenario {
    /// Every fault of the file's steps, and of the scenarios that they use.
    public var faults: [Fault] {
        func faults(of block: Block) -> [Fault] {
            block.steps.flatMap { step -> [Fault] in
                var found = step.faults
                switch step.action {
                case .group(let group): found += faults(of: group.block)
                case .use(let use): found += use.scenario.faults
                case .check, .request, .wait: break
                }
                if let cleanup = step.cleanup { found += faults(of: cleanup) }
                return found
            }
        }
        return faults(of: steps) + (cleanup.map(faults) ?? [])
    }
}
