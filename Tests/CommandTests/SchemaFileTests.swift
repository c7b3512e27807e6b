import Expressions
import PlumbTesting
import Testing

/// The files that `matches_schema` names, as a run finds and reads them.
@Suite(.onOwnThreads) struct SchemaFileTests {
    private func run(_ schema: String, _ files: [String: String] = [:]) throws -> CommandRun {
        let server = try SimpleHTTPServer { _ in .json(#"{"id": 7, "name": "Ada"}"#) }
        var files = files
        files["tests/a.yaml"] = """
            steps:
              - http: { get: / }
                assert: [ '.body | matches_schema("\(schema)")' ]

            """
        let project = try TestProject(server: server.url, files)
        return try project.run("run", "tests/a.yaml")
    }

    private static let user = #"{"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}"#

    @Test func `a schema is JSON or YAML, beside the scenario or elsewhere in the project`() throws {
        #expect(try run("user.json", ["tests/user.json": Self.user]).status == .exit(0))
        #expect(try run("../schemas/user.json", ["schemas/user.json": Self.user]).status == .exit(0))
        let yaml = "type: object\nrequired: [id, mail]\n"
        let run = try run("user.yaml", ["tests/user.yaml": yaml])
        #expect(run.status == .exit(1))
        #expect(run.standardOutput.contains("mail"), "\(run.standardOutput)")
    }

    @Test(
        arguments: [
            ("nowhere.json", [:], "nowhere.json"), ("bad.json", ["tests/bad.json": "{\"a\":"], "is no JSON: "),
            ("bad.yaml", ["tests/bad.yaml": "a: [\n"], "is no YAML: "),
            ("empty.yml", ["tests/empty.yml": ""], "is no YAML: "), ("../../x.json", [:], "x.json"),
        ] as [(String, [String: String], String)])
    func `one that cannot be read is an error of the assertion, with the reason`(
        name: String, files: [String: String], words: String
    ) throws {
        let run = try run(name, files)
        #expect(run.status == .exit(3) || run.status == .exit(1), "\(run.standardOutput)\(run.standardError)")
        #expect(run.standardOutput.contains(words), "\(run.standardOutput)")
    }
}
