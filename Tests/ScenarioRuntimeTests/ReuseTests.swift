import ScenarioModel
import Testing

@testable import ScenarioRuntime

@Suite struct ReuseTests {
    static let login = """
        vars: { user: null, role: guest }
        steps:
          - id: in
            fake: { value: "${{ $vars.user }}-${{ $vars.role }}" }
            cleanup: [ { id: out, fake: {} } ]
        outputs: { token: $steps.in.value }
        """

    @Test func `use runs a scenario in place and shows its outputs alone`() throws {
        let outcome = try ScenarioBench(
            """
            steps:
              - { id: login, use: { file: _login.yaml, with: { user: bob } } }
              - { id: work, fake: { value: "${{ $steps.login.token }}" } }
            """, files: ["_login.yaml": Self.login]
        ).run()
        #expect(outcome.log == ["in=\"bob-guest\"", "work=\"bob-guest\"", "out"])
    }

    @Test func `a need runs once for its parameters and cleans up behind its last user`() throws {
        let user = """
            needs: { auth: { file: _login.yaml, with: { user: bob } } }
            steps: [ { id: work, fake: { value: "${{ $needs.auth.token }}" } } ]
            """
        let outcome = try ScenarioBench(user, files: ["_login.yaml": Self.login, "other.yaml": user]).run()
        #expect(outcome.log == ["in=\"bob-guest\"", "work=\"bob-guest\"", "work=\"bob-guest\"", "out"])
        #expect(outcome.results.map(\.verdict) == [.passed, .passed])
    }

    @Test func `what a need came to stands in the result of the test that was the first to need it`() throws {
        let user = """
            needs: { auth: { file: _login.yaml, with: { user: bob } } }
            steps: [ { id: work, fake: { value: "${{ $needs.auth.token }}" } } ]
            """
        let outcome = try ScenarioBench(user, files: ["_login.yaml": Self.login, "other.yaml": user]).run()
        let needs = outcome.results.flatMap(\.needs)
        #expect(needs.map(\.id) == ["auth"] && needs.map(\.kind) == ["need"])
        #expect(needs.first?.verdict == .passed && needs.first?.children.map(\.id) == ["in"])
        let failing = try ScenarioBench(
            user,
            files: [
                "_login.yaml": """
                vars: { user: null }
                steps: [ { id: in, fake: { error: refused } } ]
                outputs: { token: $vars.user }
                """
            ]
        ).run()
        #expect(failing.test.needs.map(\.verdict) == [.error])
        #expect(failing.test.needs.first?.children.map(\.verdict) == [.error])
    }

    @Test func `what cleans up after a need is told once, when its last user has ended`() throws {
        let user = """
            needs: { auth: { file: _login.yaml, with: { user: bob } } }
            steps: [ { id: work, fake: { value: "${{ $needs.auth.token }}" } } ]
            """
        let outcome = try ScenarioBench(user, files: ["_login.yaml": Self.login, "other.yaml": user]).run()
        let told = outcome.events.compactMap { event -> (test: Int, cleanup: StepReport)? in
            if case .needCleaned(let test, let cleanup) = event { (test, cleanup) } else { nil }
        }
        #expect(told.map(\.cleanup.id) == ["auth"] && told.map(\.cleanup.verdict) == [.passed])
        #expect(told.first?.cleanup.children.map(\.id) == ["out"])
        let owner = try #require(outcome.results.first { !$0.needs.isEmpty })
        #expect(told.map(\.test) == [owner.test.index])
        // Both users have their results by then.
        let finished = outcome.events.lastIndex { if case .testFinished = $0 { true } else { false } }
        let cleaned = outcome.events.firstIndex { if case .needCleaned = $0 { true } else { false } }
        #expect(try #require(finished) < #require(cleaned))
    }

    @Test func `the cleanup of a need is told too where its other users never ran`() throws {
        let user = """
            needs: { auth: { file: _login.yaml, with: { user: bob } } }
            steps: [ { id: work, fake: {}, assert: [ '1 == 2' ] } ]
            """
        var bench = ScenarioBench(user, files: ["_login.yaml": Self.login, "other.yaml": user])
        bench.configure = { $0.failFast = true }
        let outcome = try bench.run()
        #expect(outcome.results.map(\.reason) == [nil, "--fail-fast"])
        let told = outcome.events.compactMap { if case .needCleaned(let test, _) = $0 { test } else { nil } }
        #expect(told == [0])
    }

    @Test func `a need that leaves nothing to undo tells of no cleanup, and one that cannot undo tells why`() throws {
        let user = """
            needs: { auth: { file: _login.yaml } }
            steps: [ { id: work, fake: {} } ]
            """
        let plain = try ScenarioBench(user, files: ["_login.yaml": "steps: [ { id: in, fake: {} } ]"]).run()
        #expect(!plain.events.contains { if case .needCleaned = $0 { true } else { false } })
        let failing = try ScenarioBench(
            user,
            files: [
                "_login.yaml": "steps: [ { id: in, fake: {}, cleanup: [ { id: out, fake: { error: refused } } ] } ]"
            ]
        ).run()
        let verdicts = failing.events.compactMap { event -> Verdict? in
            if case .needCleaned(_, let cleanup) = event { cleanup.verdict } else { nil }
        }
        #expect(verdicts == [.error] && failing.test.verdict == .passed)
        let notes = failing.events.compactMap { if case .note(let text) = $0 { text } else { nil } }
        #expect(notes.count == 1 && notes.first?.contains("step 'out'") == true)
    }

    @Test func `users of a need that fails are skipped with its reason`() throws {
        let outcome = try ScenarioBench(
            """
            needs: { auth: { file: _login.yaml } }
            steps: [ { id: work, fake: {} } ]
            """, files: ["_login.yaml": "steps: [ { id: in, fake: { error: refused } } ]"]
        ).run()
        #expect(outcome.test.verdict == .skipped)
        #expect(outcome.test.reason?.contains("_login.yaml, whose step 'in' could not run") == true)
    }

    @Test func `cases make a test of each row, named by its scalars`() throws {
        let outcome = try ScenarioBench(
            """
            cases: [ { model: a, n: 1 }, { name: second, n: 2 }, [1, [2]] ]
            steps: [ { id: s, fake: { value: "${{ $case }}" } } ]
            """
        ).run()
        #expect(outcome.results.map(\.test.name) == ["main[a, 1]", "main[second]", "main[3]"])
        #expect(outcome.results.allSatisfy { $0.verdict == .passed })
    }

    @Test func `a lock keeps tests apart, and the rest runs side by side`() throws {
        let locked = "locks: [word]\nsteps: [ { id: s, fake: { takes: 100ms } } ]"
        var bench = ScenarioBench(locked, files: ["b.yaml": locked, "c.yaml": locked])
        bench.configure = { $0.jobs = 3 }
        #expect(try bench.run().mostInFlight == 1)
        let free = "steps: [ { id: s, fake: { takes: 100ms } } ]"
        var open = ScenarioBench(free, files: ["b.yaml": free, "c.yaml": free])
        open.configure = { $0.jobs = 3 }
        #expect(try open.run().mostInFlight == 3)
    }

    @Test func `fail-fast starts nothing behind the first failure`() throws {
        var bench = ScenarioBench(
            "steps: [ { id: s, fake: {}, assert: [ '1 == 2' ] } ]", files: ["z.yaml": "steps: [ { id: t, fake: {} } ]"])
        bench.configure = { $0.failFast = true }
        let outcome = try bench.run()
        #expect(outcome.results.map(\.reason) == [nil, "--fail-fast"])
    }

    @Test func `the same seed gives the same values, whatever ran before`() throws {
        let text = "steps: [ { id: s, fake: { value: \"${{ [uuid, rand_int(1; 1000000)] }}\" } } ]"
        let alone = try ScenarioBench(text).run().log
        let beside = try ScenarioBench(text, files: ["a.yaml": text]).run().log
        #expect(alone.count == 1 && beside.contains(alone[0]))
        #expect(Set(beside).count == 2)
    }
}
