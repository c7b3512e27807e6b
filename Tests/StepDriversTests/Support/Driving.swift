import EventLoop
import Expressions
import PlumbTesting
import ScenarioModel
import StepDrivers
import Synchronization
import Testing

/// What a test looks at of an attempt, as plain values.
struct Outcome: Sendable {
    var result: Value
    var error: StepError?
    var code: String?
    var retryAfter: Duration?
    var requests: Int
    var exchange: StepReport.Exchange
    var notes: [String]
    var place: Place?

    subscript(path: String...) -> Value? {
        var value: Value? = result
        for key in path { value = value?[key] }
        return value
    }
}

/// Steps that one test runs after each other, with a session and drivers of their own.
///
/// `@unchecked Sendable`: used on the loop's thread only, inside `drive`.
final class Driving: @unchecked Sendable {
    let drivers: [any StepDriver]
    let session = TestSession(test: "t")
    var scope = FixedScope()
    var timeout: Duration = .seconds(10)
    var connect: Duration = .seconds(5)
    var onProgress: (@Sendable (StepProgress) -> Void)?
    /// Who runs the steps, for the server and for messages.
    var label = "t/s1"
    private var targets: [String: ResolvedTarget] = [:]

    let loop: EventLoop
    /// Of the pools of databases.
    var pool = PoolBounds()

    init(_ loop: EventLoop) {
        self.loop = loop
        drivers = StepKinds.drivers(on: loop, version: "9.9")
    }

    /// Prepares and attempts a step of YAML once; the target's settings are YAML too.
    func run(
        _ yaml: String, target settings: String? = nil, of targetKind: String = "http",
        by kind: any StepKind = HTTPStep()
    ) async throws -> Outcome {
        let request = try Parsed.request(yaml, by: kind)
        let prepared = try request.prepare(scope, target: settings.map { try resolved($0, kind: targetKind) })
        return try await attempt(prepared, kind: kind.name)
    }

    func attempt(_ prepared: any PreparedStep, kind: String = "http", number: Int = 1) async throws -> Outcome {
        let driver = try #require(drivers.first { $0.kind == kind })
        let attempt = await driver.attempt(
            prepared,
            AttemptLimits(
                timeout: timeout, connect: connect, label: label, pool: pool, number: number, onProgress: onProgress),
            in: session)
        return Outcome(
            result: attempt.result.value, error: attempt.error, code: attempt.code, retryAfter: attempt.retryAfter,
            requests: attempt.requests, exchange: attempt.exchange(), notes: attempt.notes,
            place: attempt.place)
    }

    /// The target of some settings, the same one for the same text.
    func resolved(_ settings: String, kind: String = "http") throws -> ResolvedTarget {
        if let known = targets[settings] { return known }
        let made = try target(settings, kind: kind)
        targets[settings] = made
        return made
    }
}

/// Runs a body with drivers on a loop of their own.
func drive<Answer: Sendable>(_ body: @escaping @Sendable (Driving) async throws -> Answer) async throws -> Answer {
    let loop = try EventLoop()
    loop.start()
    defer { loop.stop() }
    return try await Task(executorPreference: loop) {
        let driving = Driving(loop)
        let answer: Result<Answer, any Error>
        do { answer = .success(try await body(driving)) } catch { answer = .failure(error) }
        for driver in driving.drivers { await driver.shutDown() }
        return try answer.get()
    }.value
}

/// The answer to one step of YAML against a server's address.
func outcome(_ yaml: String, at url: String, scope: FixedScope = FixedScope()) async throws -> Outcome {
    try await drive { driving in
        driving.scope = scope
        return try await driving.run(yaml, target: "{ url: '\(url)' }")
    }
}
