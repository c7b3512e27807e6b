extension RunRequest {
    /// The words behind `plumb run` that ask for the same, once, with these paths; a test holds them to what they mean.
    func words(paths: [String], configuration: String? = nil) -> [String] {
        var words: [String] = []
        func option(_ name: String, _ value: String?) {
            // Joined, so that a value that begins with a dash stays one.
            if let value { words.append("--\(name)=\(value)") }
        }
        func flag(_ name: String, _ isSet: Bool) {
            if isSet { words.append("--" + name) }
        }
        let (project, selection) = (scenarios.project, scenarios.selection)
        option("config", project.config ?? configuration)
        option("profile", project.profile)
        option("env-file", project.envFile)
        if project.color != .auto { option("color", project.color.rawValue) }
        for tag in selection.tag { option("tag", tag) }
        for step in selection.step { option("step", step) }
        for variable in selection.variables { option("var", variable) }
        option("timeout", selection.timeout)
        option("retries", selection.retries.map(String.init))
        flag("no-skips", selection.noSkips)
        option("jobs", jobs.map(String.init))
        option("seed", scenarios.seed)
        flag("fail-fast", failFast)
        if self.repeat != 1 { option("repeat", String(self.repeat)) }
        option("shard", shard)
        flag("failed", failed)
        for text in report { option("report", text) }
        for text in fault { option("fault", text) }
        flag("allow-exec", scenarios.allowExec)
        flag("quiet", scenarios.quiet)
        for name in scenarios.sandboxBreak { option("sandbox-break", name) }
        if let keeping = scenarios.keeping {
            flag("history", keeping.place == nil)
            option("history-in", keeping.place)
            option("history-runs", String(keeping.most))
        }
        return words + paths
    }
}
