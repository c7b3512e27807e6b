import RunHistory

extension RunRequest {
    /// Reads the words behind `plumb run` where they are plainly right; nil wherever there is any doubt.
    ///
    /// Building the command line's own description of `run` costs more than all that a short run has to read. So this
    /// knows the same options, and nothing else: help, an unknown word, a missing or a refused value are left to the
    /// command line as a whole, which has the words for them. A test holds the two together.
    init?(plainWords words: some Collection<String>) {
        var rest = words[...]
        // The number counts only beside the flag, wherever either stands.
        var keepsHistory = false
        var keeping = KeepingRequest()
        while let word = rest.popFirst() {
            guard word.utf8.first == UInt8(ascii: "-") else {
                guard !word.isEmpty else { return nil }
                scenarios.paths.append(word)
                continue
            }
            if word == "--history" {
                keepsHistory = true
                if let next = rest.first, HistoryPlace.isServer(next) { keeping.place = rest.popFirst() }
                continue
            }
            if setFlag(word) { continue }
            let name: Substring
            let value: String
            if word.hasPrefix("--"), let equals = word.utf8.firstIndex(of: UInt8(ascii: "=")) {
                name = word[..<equals]
                value = String(word[word.index(after: equals)...])
            } else {
                guard let next = rest.popFirst() else { return nil }
                name = word[...]
                value = next
            }
            // A value like an option is one or the other by rules that stand elsewhere.
            guard !value.isEmpty, value.utf8.first != UInt8(ascii: "-") else { return nil }
            if name == "--history" || name == "--history-in" {
                keepsHistory = true
                keeping.place = value
            } else if name == "--history-runs" {
                guard let number = Int(value) else { return nil }
                keeping.most = number
            } else if !set(String(name), to: value) {
                return nil
            }
        }
        if keepsHistory { scenarios.keeping = keeping }
        guard !scenarios.paths.isEmpty, (try? check()) != nil else { return nil }
    }

    private mutating func setFlag(_ word: String) -> Bool {
        switch word {
        case "--fail-fast": failFast = true
        case "--failed": failed = true
        case "--allow-exec": scenarios.allowExec = true
        case "--quiet", "-q": scenarios.quiet = true
        case "--no-skips": scenarios.selection.noSkips = true
        case "--watch": watch = true
        default: return false
        }
        return true
    }

    private mutating func set(_ name: String, to value: String) -> Bool {
        switch name {
        case "--config": scenarios.project.config = value
        case "--profile": scenarios.project.profile = value
        case "--env-file": scenarios.project.envFile = value
        case "--color":
            guard let choice = ColorChoice(rawValue: value) else { return false }
            scenarios.project.color = choice
        case "--tag": scenarios.selection.tag.append(value)
        case "--step": scenarios.selection.step.append(value)
        case "--var": scenarios.selection.variables.append(value)
        case "--timeout": scenarios.selection.timeout = value
        case "--retries":
            guard let number = Int(value) else { return false }
            scenarios.selection.retries = number
        case "--jobs", "-j":
            guard let number = Int(value) else { return false }
            jobs = number
        case "--seed": scenarios.seed = value
        case "--repeat":
            guard let number = Int(value) else { return false }
            self.repeat = number
        case "--report": report.append(value)
        case "--fault": fault.append(value)
        case "--sandbox-break": scenarios.sandboxBreak.append(value)
        default: return false
        }
        return true
    }
}
