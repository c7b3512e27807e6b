import Glibc
import PlumbTesting
import Testing

/// What a run sends by OTLP, read with OpenTelemetry's own messages.
///
/// They are looked for in `.build/python-otlp`, which `make otlp-messages` fills.
@Suite(.onOwnThreads) struct OTLPMessageTests {
    private static let python = PackageFolder.path + "/.build/python-otlp/bin/python"
    private static let isThere = access(python, X_OK) == 0

    @Test(.enabled(if: isThere, "no opentelemetry-proto: make otlp-messages"))
    func `traces and metrics are messages of OpenTelemetry, needs and retries among the spans`() throws {
        let server = try SimpleHTTPServer { request in
            request.path == "/gone" ? .text("away", status: 503) : .json(#"{"token": "t"}"#)
        }
        let project = try TestProject(
            server: server.url,
            [
                "_login.yaml": """
                steps:
                  - id: in
                    http: { get: /login }
                    cleanup: [{ id: out, http: { delete: /login } }]
                outputs: { token: $steps.in.body.token }
                """,
                "a.yaml": """
                tags: [smoke]
                needs: { auth: { file: _login.yaml } }
                steps:
                  - id: chat
                    http: { get: /item, headers: { authorization: "${{ $needs.auth.token }}" } }
                    cleanup: [{ http: { delete: /item } }]
                  - id: several
                    each: '[1, 2]'
                    http: { get: "/item/${{ $item }}" }
                  - id: again
                    http: { get: /gone }
                    retry: { max: 1, on: 503, backoff: 1ms }
                    assert: [.status == 503]
                  - id: wrong
                    assert: [1 == 2]
                """,
                "b.yaml": "steps:\n  - group: { steps: [{ http: { get: /item } }] }\n",
            ])
        let collector = try SimpleHTTPServer { _ in .text("") }
        let run = try project.run(
            "run", "a.yaml", "b.yaml", "--report", "otlp=\(collector.url)", "--report", "otlp=-",
            environment: ["OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"])
        #expect(run.status == .exit(1), "\(run.standardError)")
        let folder = try TemporaryFolder()
        for (number, request) in collector.requests.enumerated() {
            #expect(request.header("content-type") == "application/x-protobuf")
            try folder.write(request.body, to: String(number))
        }
        let decoded = try RunningCommand(
            Self.python, [PackageFolder.path + "/Tests/CommandTests/Emitted/decode_otlp.py", folder.path],
            environment: RunningCommand.plainEnvironment, input: run.standardOutput
        ).finish(within: .seconds(60))
        #expect(decoded.exitStatus == 0, "\(decoded.standardError)")
        // The run, two tests, a need and its cleanup, eleven steps and elements, and nine requests, one of them sent again.
        let words = decoded.standardOutput.split(separator: " ").compactMap { Int($0) }
        #expect(words.prefix(3) == [25, 22, 2], "\(decoded.standardOutput)")
        #expect(words.count == 5 && words[3] >= 14 && words[4] > words[3], "\(decoded.standardOutput)")
    }
}
