public import EventLoop
internal import Expressions
internal import HTTPTransport
public import ScenarioModel

/// Carries out `metric` steps: questions to a Prometheus, and pages that are scraped.
///
/// Requests go the way of `http` steps: over the same transport, with the target's TLS, headers and credentials.
public final class MetricDriver: StepDriver {
    private let loop: EventLoop
    private let http: HTTPDriver

    /// Creates a driver whose connections live on a loop; `version` is what servers are told of Plumb.
    public init(on loop: EventLoop, version: String) {
        self.loop = loop
        http = HTTPDriver(on: loop, version: version)
    }

    public var kind: String { "metric" }

    public func attempt(_ step: any PreparedStep, _ limits: AttemptLimits, in session: TestSession) async -> Attempt {
        guard let prepared = step as? PreparedMetric else {
            preconditionFailure("a metric driver was handed a step of another kind")
        }
        prepared.attempts += 1
        let courier = MetricCourier(
            http: http, loop: loop, connection: prepared.connection, targetName: prepared.targetName, limits: limits,
            session: session)
        let answer: MetricAnswer
        if let page = prepared.page {
            answer = await PageQuestions(courier: courier, page: page).answer(prepared.question)
        } else {
            answer = await PrometheusQuestions(courier: courier).answer(prepared.question)
        }
        return answer.attempt(prepared, courier)
    }

    public func endSession(_ session: TestSession) async { await http.endSession(session) }

    public func shutDown() async { await http.shutDown() }

    public func examine(_ target: ResolvedTarget, _ limits: AttemptLimits) async -> Examination {
        let courier: MetricCourier
        let page: PreparedMetric.Page?
        do throws(StepFailure) {
            courier = MetricCourier(
                http: http, loop: loop, connection: try HTTPConnection.of(target), targetName: target.name,
                limits: limits, session: TestSession(test: "plumb doctor"))
            page = try PreparedMetric.examinedPage(target)
        } catch {
            return Examination(isReachable: false, facts: [error.report.message], advice: error.report.hint)
        }
        guard let page else { return await PrometheusQuestions(courier: courier).examine() }
        return await PageQuestions(courier: courier, page: page).examine()
    }
}
