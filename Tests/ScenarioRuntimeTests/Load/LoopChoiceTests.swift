import Diagnostics
import Expressions
import ScenarioModel
import Testing

@testable import ScenarioRuntime

@Suite struct LoopChoiceTests {
    private let file = SourceFile(path: "ask.yaml", text: "")
    private var span: SourceSpan { SourceSpan(file, 0..<0) }

    private func load(
        users: Int = 1, rate: Double? = nil, think: Duration? = nil, times: Int? = nil, stages: [Repetition.Stage] = []
    ) -> Repetition {
        var load = Repetition(
            span: span, extent: times.map { .times(.known($0)) } ?? .duration(.known(.seconds(10))))
        load.parallel = .known(users)
        load.rate = rate.map { .known($0) }
        load.think = think.map { .known($0) }
        load.stages = stages
        return load
    }

    private func plan(_ targets: [Target] = [], requests: Int = 1) -> RunPlan {
        var steps: [Step] = []
        for number in 0..<requests {
            steps.append(
                Step(id: "s\(number)", isNamed: true, span: span, action: .request(FakeRequest())))
        }
        let scenario = Scenario(file: file, name: "ask", steps: Block(steps: steps))
        var configuration = Configuration(file: nil, root: "/")
        configuration.targets = targets
        let test = PlannedTest(
            name: TestName(index: 0, name: "ask", file: "ask.yaml", suite: "", scenario: "ask", row: nil),
            scenario: scenario, row: nil, suites: [], shared: Set(targets.map(\.name)), exclusive: [], skip: nil)
        return RunPlan(configuration: configuration, tests: [test], options: .init(), expressions: [])
    }

    private func target(_ kind: String, most: Int? = nil) -> Target {
        Target(
            name: "it", kind: kind, settings: .object([], span), maxConnections: most.map { Setting($0, .builtIn) },
            origin: .builtIn)
    }

    private func choice(
        _ load: Repetition, _ plan: RunPlan? = nil, asked: Int? = nil, processors: Int = 8
    ) -> LoopChoice {
        LoopChoice(load, plan ?? self.plan(), kinds: [FakeKind()], asked: asked, processors: processors)
    }

    @Test func `a small load has one loop, and a large one as many as have something to do`() {
        #expect(choice(load(users: 64)).count == 1)
        #expect(choice(load(users: 127)).count == 1)
        #expect(choice(load(users: 256)).count == 4)
        #expect(choice(load(users: 10_000)).count == 8)
        #expect(choice(load(users: 10_000), processors: 2).count == 2)
        #expect(choice(load(users: 10_000, times: 3)).count == 3)
        #expect(choice(load(users: 1000, rate: 5000)).count == 1)
        #expect(choice(load(users: 1000, rate: 40_000)).count == 4)
        #expect(choice(load(users: 1000, rate: 10_000), plan(requests: 3)).count == 3)
        #expect(choice(load(stages: [.init(length: .seconds(1), parallel: 128)])).count == 2)
        #expect(choice(load(users: 1000, stages: [.init(length: .seconds(1), rate: 20_000)])).count == 2)
    }

    @Test func `users that think send less, and need fewer loops`() {
        #expect(choice(load(users: 1000, think: .seconds(1))).count == 1)
        #expect(choice(load(users: 1000, think: .milliseconds(50))).count == 2)
    }

    @Test func `what was asked for holds, up to what may share the load`() {
        #expect(choice(load(users: 2), asked: 2) == choice(load(users: 2), asked: 2, processors: 1))
        #expect(choice(load(users: 2), asked: 2).count == 2)
        #expect(choice(load(users: 2), asked: 2).note == nil)
        let users = choice(load(users: 2), asked: 8)
        #expect(users.count == 2)
        #expect(users.note == "--loops 8: the load has 2, since it has 2 users")
        #expect(choice(load(users: 9, times: 1), asked: 8).note == "--loops 8: the load has 1, since it has 1 run")
        #expect(choice(load(users: 9, rate: 1), asked: 64).note?.hasSuffix("since 9 runs may be in flight") == true)
    }

    @Test func `what cannot be divided is left to one loop`() {
        let bounded = choice(load(users: 999), plan([target("http", most: 3)]), asked: 8)
        #expect(bounded.count == 3)
        #expect(bounded.note?.hasSuffix("since 'it' allows 3 connections") == true)
        let inside = choice(load(users: 999), plan([target("sqlite")]))
        #expect(inside.count == 1)
        #expect(inside.note == nil, "nobody has asked for more")
        var linked = plan()
        linked.configuration.links["a->b"] = .init(listen: "127.0.0.1:1", to: "127.0.0.1:2", origin: .builtIn)
        #expect(choice(load(users: 999), linked, asked: 4).note?.contains("proxies") == true)
    }
}
