/// Which module each target's files may import; the order is the way of a scenario through the house.
///
/// To import something new, say so here and in `Package.swift`, and see that the tests of the whole picture still hold.
enum House {
    static let allowed: [String: Set<String>] = [
        // The language side.
        "Diagnostics": [],
        "ScenarioSyntax": ["Diagnostics", "CLibYAML"],
        "Expressions": ["Diagnostics", "CLibJQ", "CLibCrypto", "CLinux"],
        "ScenarioModel": ["Diagnostics", "ScenarioSyntax", "Expressions"],
        "ScenarioCompiler": ["Diagnostics", "ScenarioSyntax", "Expressions", "ScenarioModel"],
        // Pages of metrics: a value made of bytes, so that hostile ones are met with nothing else at hand.
        "Exposition": [],
        // The loop and the transports.
        "EventLoop": ["CLinux", "HeapModule"],
        "HTTPTransport": ["EventLoop", "CLibCurl", "CLinux"],
        "PostgresTransport": ["EventLoop", "CLibPQ", "CLinux"],
        "SQLiteTransport": ["EventLoop", "GRDB", "GRDBSQLite"],
        // Passes bytes on, or not: it knows no protocol but the beginnings of HTTP.
        "FaultProxy": ["EventLoop"],
        // Where the two meet, and what runs and tells them.
        "StepDrivers": [
            "Diagnostics", "ScenarioSyntax", "Expressions", "ScenarioModel", "EventLoop", "HTTPTransport",
            "PostgresTransport", "SQLiteTransport", "FaultProxy", "CLinux", "Exposition",
        ],
        "ScenarioRuntime": ["Diagnostics", "ScenarioSyntax", "Expressions", "ScenarioModel", "EventLoop", "Histogram"],
        "Reporting": ["Diagnostics", "Expressions", "ScenarioModel", "CLinux"],
        // Keeps in SQLite what reports tell; opened behind the worker's end only.
        "RunHistory": ["Reporting", "ScenarioModel", "EventLoop", "PostgresTransport", "GRDB"],
        "Sandbox": ["EventLoop", "PostgresTransport", "CLinux", "FlyingSocks", "GRDB"],
        "plumb": [
            "Diagnostics", "ScenarioSyntax", "Expressions", "ScenarioModel", "ScenarioCompiler", "EventLoop",
            "HTTPTransport", "StepDrivers", "ScenarioRuntime", "Reporting", "RunHistory", "Sandbox", "FaultProxy",
            "CLinux",
            "ArgumentParser",
        ],
        "PlumbTesting": ["Diagnostics", "ScenarioSyntax", "Expressions", "ScenarioModel", "EventLoop", "CLinux"],
    ]

    /// What every target may import.
    static let everywhere: Set<String> = ["Glibc", "FoundationEssentials", "Synchronization", "Dispatch"]

    /// Files that need all of Foundation, each with the reason.
    static let foundation: [String: String] = [
        "Sources/Sandbox/Gateway/Gateway+Conversations.swift":
            "percent decoding of paths, beside FlyingSocks, which is built on it",
        "Sources/Sandbox/HTTP/SocketEvents.swift": "its thread runs a closure, which those of Glibc cannot",
    ]

    /// The one target that owns each C library.
    static let owners = [
        "CLibYAML": "ScenarioSyntax", "CLibJQ": "Expressions", "CLibCrypto": "Expressions", "CLibCurl": "HTTPTransport",
        "CLibPQ": "PostgresTransport", "GRDBSQLite": "SQLiteTransport",
    ]

    /// C libraries with code of their own, which makes targets of them.
    static let compiledLibraries: Set<String> = ["CLibCurl", "CLibPQ"]

    /// Files that read the clock on the wall, each with the date that it is for.
    static let wallClock: [String: String] = [
        "Sources/Expressions/Evaluation/ExpressionEngine.swift": "what 'now_iso' gives",
        "Sources/Expressions/Functions/Timestamp.swift": "what 'now_iso' gives",
        "Sources/HTTPTransport/HTTPTransport+Exchanges.swift": "when cookies expire",
        "Sources/StepDrivers/HTTP/Running/HTTPOutcome.swift": "a date in Retry-After",
        "Sources/StepDrivers/HTTP/Running/SentCookies.swift": "when cookies expire",
        "Sources/StepDrivers/Metric/Syntax/MetricTime.swift": "the times that ranges and samples have",
        "Sources/StepDrivers/Vector/Running/VectorOutcome.swift": "a date in Retry-After",
        "Sources/Sandbox/Metrics/MetricsService.swift": "the time that the page of metrics tells",
        "Sources/Sandbox/Model/ModelService.swift": "'created' of a completion",
        "Sources/Sandbox/Store/CompletionCollector.swift": "'created_at' of a stored completion",
        "Sources/Sandbox/Store/StoreFolder.swift": "how old the folder of a killed sandbox is",
        "Sources/Sandbox/Vectors/SnapshotShelf.swift": "when a snapshot was made",
        "Sources/plumb/Running/RunIdentity.swift": "when the run was started",
    ]

    /// Files over 400 lines, each with the reason.
    static let longFiles: [String: String] = [:]

    /// Returns all that a target reaches through its imports.
    static func reached(from target: String) -> Set<String> {
        var reached: Set<String> = []
        var open = [target]
        while let next = open.popLast() {
            for module in allowed[next] ?? [] where reached.insert(module).inserted { open.append(module) }
        }
        return reached
    }
}
