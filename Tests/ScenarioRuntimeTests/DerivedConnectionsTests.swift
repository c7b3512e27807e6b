import Diagnostics
import Expressions
import ScenarioModel
import Testing

@testable import ScenarioRuntime

@Suite struct DerivedConnectionsTests {
    private let span = SourceSpan(SourceFile(path: "a.yaml", bytes: Array("targets:".utf8)), 0..<7)

    private func target() -> Target {
        Target(name: "own", kind: "postgres", settings: .literal(.null, text: nil, span), origin: .builtIn)
    }

    @Test func `what a scenario says of a derived target's connections is kept with its place`() throws {
        var target = target()
        let changes: Value = [
            "host": "h", "max_connections": 3, "timeout": "2s",
            "pool": ["size": "4", "max_overflow": 0, "timeout": "500ms"],
        ]
        try DerivedConnections.apply(changes.object ?? .init(), to: &target, at: span)
        #expect(target.ownMaxConnections?.value == 3)
        #expect(target.timeout?.value == .seconds(2))
        #expect(target.ownPool.size?.value == 4)
        #expect(target.ownPool.maxOverflow?.value == 0)
        #expect(target.ownPool.timeout?.value == .milliseconds(500))
        #expect(target.ownPool.size?.origin.description == "a.yaml:1")
    }

    private static let refused: [(Value, String)] = [
        (["pool": 5], "'pool' is number, not a mapping"),
        (["pool": ["size": 0]], "'size' is 0, not a whole number from 1 on"),
        (["pool": ["size": 1.5]], "'size' is 1.5, not a whole number from 1 on"),
        (["pool": ["timeout": 5]], "'timeout' is 5, not a duration"),
        (["pool": ["max": 5]], "unknown key 'max' in pool"),
        (["max_connections": "many"], "'max_connections' is \"many\", not a whole number from 1 on"),
    ]

    @Test(arguments: refused)
    func `a setting that cannot be used is told`(_ changes: Value, _ message: String) {
        var target = target()
        let problem = #expect(throws: DerivedConnections.Problem.self) {
            try DerivedConnections.apply(changes.object ?? .init(), to: &target, at: span)
        }
        #expect(problem?.message == message)
    }
}
