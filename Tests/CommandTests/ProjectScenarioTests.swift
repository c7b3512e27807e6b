import Expressions
import PlumbTesting
import Testing

/// The project's own scenarios against the whole sandbox: each passes, the broken ones elsewhere (`make mutants`) do not.
@Suite(.onOwnThreads) struct ProjectScenarioTests {
    /// Folders and files whose scenarios judge no times, which hold on a busy machine and in a debug build.
    private static let untimed = [
        "scenarios/monitoring_tests", "scenarios/external_apis/metrics_connectivity",
        "scenarios/external_apis/vector_database_connectivity/collection_management.yaml",
        "scenarios/external_apis/vector_database_connectivity/vector_operations.yaml",
        "scenarios/external_apis/database_connectivity/query_execution.yaml",
        "scenarios/external_apis/database_connectivity/transaction_handling.yaml",
        "scenarios/cross_service/api_gateway_to_models/basic_routing.yaml",
        "scenarios/cross_service/model_to_database/transaction_handling.yaml",
        "scenarios/cross_service/model_to_vector_database/index_management.yaml",
        "scenarios/cross_service/model_to_vector_database/similarity_search.yaml",
        "scenarios/cross_service/model_to_vector_database/vector_storage.yaml",
        "scenarios/database_tests/data_integrity", "scenarios/database_tests/schema_validation",
    ]

    @Test func `scenarios that judge no times pass on the embedded profile`() throws {
        let folder = try TemporaryFolder()
        for name in ["scenarios", "plumb.yaml", "integration_tests.yaml", "integration.env"] {
            try folder.copy(PackageFolder.path + "/" + name)
        }
        // Two seconds for a model, the sandbox's own, are too few where a machine or a sanitizer takes its time.
        let settings = try folder.read("plumb.yaml")
        let patient = settings.replacing(
            "sandbox: true", with: "sandbox: { upstream_timeout: 60s }", maxReplacements: 1)
        #expect(patient != settings)
        try folder.write(patient, to: "plumb.yaml")
        let run = try CommandRun.plumb(
            ["run"] + Self.untimed + ["--profile", "embedded", "--report", "json=report.json"], in: folder.path,
            limit: .seconds(300))
        #expect(run.status == .exit(0), "\(run.standardOutput.suffix(4000))\(run.standardError)")
        let report = try JSON.parse(TextFile.bytes(folder.path("report.json"))).value
        let tests = report["tests"]?.array ?? []
        #expect(tests.count > 20)
        for test in tests {
            let verdict = test["verdict"]?.string
            #expect(verdict == "passed" || verdict == "skipped", "\(test["name"]?.string ?? ""): \(verdict ?? "")")
        }
    }
}
