public import EventLoop
internal import Expressions
internal import HTTPTransport
public import ScenarioModel

/// Carries out `vector` steps.
public final class VectorDriver: StepDriver {
    private let loop: EventLoop
    private let transport: HTTPTransport
    private let userAgent: String
    private let tables: PGVectorService

    /// Creates a driver whose connections live on a loop; `version` is what servers are told of Plumb.
    public init(on loop: EventLoop, version: String) {
        self.loop = loop
        transport = HTTPTransport(loop: loop)
        userAgent = "plumb/\(version)"
        tables = PGVectorService(on: loop)
    }

    public var kind: String { "vector" }

    public func attempt(_ step: any PreparedStep, _ limits: AttemptLimits, in session: TestSession) async -> Attempt {
        guard let prepared = step as? PreparedVectorStep else {
            preconditionFailure("a vector driver was handed a step of another kind")
        }
        prepared.attempts += 1
        return switch prepared.service {
        case .qdrant(let connection): await attempt(prepared, at: connection, limits)
        case .pgvector: await tables.attempt(prepared, limits, in: session)
        }
    }

    private func attempt(
        _ prepared: PreparedVectorStep, at connection: QdrantConnection, _ limits: AttemptLimits
    ) async -> Attempt {
        let begun = Instant.now
        let authorization: String?
        switch await self.authorization(of: connection.http, limits, until: begun + limits.timeout) {
        case .success(let value): authorization = value
        case .failure(let error):
            return VectorOutcome(step: prepared, elapsed: .now - begun, error: error, last: nil).attempt()
        }
        let endpoint = endpoint(connection, prepared.target.name, authorization, begun, limits)
        var run = QdrantRun(
            endpoint: endpoint, collection: prepared.collection, onProgress: limits.onProgress)
        let fields: [(String, Value)]
        var failure: StepError?
        do throws(StepError) {
            fields = try await run.perform(prepared.operation)
        } catch {
            fields = run.fieldsSoFar
            failure = error
        }
        var outcome = VectorOutcome(
            step: prepared, elapsed: run.measured ?? (.now - begun), error: failure, last: run.last)
        outcome.fields = fields
        outcome.serverMilliseconds = run.serverMilliseconds
        outcome.requests = run.requests
        outcome.notes = run.notes
        if case .oauth = connection.http.auth, let authorization { outcome.secrets = [authorization] }
        return outcome.attempt()
    }

    public func endSession(_ session: TestSession) async { await tables.endSession(session) }

    public func shutDown() async {
        await transport.shutdown()
        await tables.shutDown()
    }

    public func examine(_ target: ResolvedTarget, _ limits: AttemptLimits) async -> Examination {
        if target.kind == "pgvector" { return await tables.examine(target, limits) }
        let begun = Instant.now
        let connection: QdrantConnection
        do throws(StepFailure) {
            connection = try QdrantConnection(target)
        } catch {
            return Examination(isReachable: false, facts: [error.report.message], advice: error.report.hint)
        }
        let authorization: String?
        switch await self.authorization(of: connection.http, limits, until: begun + limits.timeout) {
        case .success(let value): authorization = value
        case .failure(let error): return Examination(isReachable: false, facts: [error.message], advice: error.hint)
        }
        let endpoint = endpoint(connection, target.name, authorization, begun, limits)
        let root = await endpoint.send(QdrantRequest("GET", "/"))
        let title = (try? JSON.parse(root.response?.body ?? []))?.value
        guard let version = title?["version"]?.string else {
            let error = root.error ?? StepError(.protocol, "what answers is no Qdrant")
            return Examination(isReachable: false, facts: [error.message], advice: error.hint)
        }
        let answer = await endpoint.send(.collections)
        if let error = answer.error {
            return Examination(isReachable: false, facts: [error.message], advice: error.hint)
        }
        let count = answer.result["collections"]?.array?.count ?? 0
        return Examination(
            isReachable: true,
            facts: [
                "version \(version.prefix(40))", "\(count == 1 ? "1 collection" : "\(count) collections")",
                "\(answer.elapsed.inMilliseconds) ms",
            ])
    }

    private func endpoint(
        _ connection: QdrantConnection, _ name: String, _ authorization: String?, _ begun: Instant,
        _ limits: AttemptLimits
    ) -> QdrantEndpoint {
        let http = connection.http
        var headers = [HTTPHeader("User-Agent", userAgent), HTTPHeader("Accept", "application/json")] + http.headers
        if let authorization { headers.append(HTTPHeader("Authorization", authorization)) }
        if http.wantsCompression {
            headers.append(HTTPHeader("Accept-Encoding", HTTPTransport.contentCodings.joined(separator: ", ")))
        }
        headers += TraceHeaders.of(limits, but: Set(http.headers.map { $0.name.lowercased() }))
        return QdrantEndpoint(
            loop: loop, transport: transport, base: http.url, headers: headers, settings: http.settings,
            maxBytes: http.maxBytes,
            reading: connection.reading, writing: connection.writing, common: connection.common,
            deadline: begun + limits.timeout, connectTimeout: limits.connect, targetName: name)
    }

    /// The value of the Authorization header, where the target has one.
    private func authorization(
        of connection: HTTPConnection, _ limits: AttemptLimits, until deadline: Instant
    ) async -> Result<String?, StepError> {
        switch connection.auth {
        case .none: return .success(nil)
        case .header(let value): return .success(value)
        case .oauth(let tokens):
            let transport = transport
            let settings = connection.settings
            let traced = TraceHeaders.of(limits, but: [])
            let found = await tokens.token(
                not: nil,
                asked: { request in
                    var request = request
                    request.headers += traced
                    request.settings = settings
                    request.settings.unixSocket = nil
                    request.timeout = max(.milliseconds(1), deadline - .now)
                    request.maxBytes = 1 << 20
                    return await transport.send(request)
                }, loop, deadline)
            return found.map { "Bearer \($0)" }
        }
    }
}
