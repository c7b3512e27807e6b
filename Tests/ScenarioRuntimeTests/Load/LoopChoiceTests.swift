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
        #expect(choice(load(users: 1000, rate: 10_000)).count == 1)
        #expect(choice(load(users: 1000, rate: 10_001)).count == 2)
        #expect(choice(load(users: 1000, rate: 1e6), processors: 1000).count == 64)
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
        #expect(
            inside.note
                == "one loop has the load, which 8 would serve better, since 'it' is a database inside the process")
        #expect(choice(load(users: 64), plan([target("sqlite")])).note == nil, "one loop is all that it needs")
    }

    private func faulted(_ place: String) -> RunPlan {
        var plan = plan()
        plan.tests[0].scenario.steps.steps[0].faults = [
            Fault(place: place, span: span, settings: .literal(["refuse": true], text: nil, span))
        ]
        plan.configuration.links["a->b"] = .init(listen: "127.0.0.1:1", to: "127.0.0.1:2", origin: .builtIn)
        return plan
    }

    @Test func `faults on targets are each run's own, those on a link leave the load to one loop`() {
        #expect(choice(load(users: 999), faulted("it")).count == 8)
        let linked = choice(load(users: 999), faulted("a->b"))
        #expect(linked.count == 1)
        #expect(linked.note?.hasPrefix("one loop has the load, which 8 would serve better, since its runs put") == true)
        let asked = choice(load(users: 999), faulted("a->b"), asked: 4)
        let note = "--loops 4: the load has 1, since its runs put faults on the link 'a->b'"
        #expect(asked.note?.hasPrefix(note) == true)
    }
}
