import Testing

struct ImportTests {
    private func imports(_ file: SourceTree.File) throws -> [(line: Int, module: String)] {
        let pattern =
            /^\s*(?:@\w+(?:\(\w+\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:(?:struct|class|enum|func|let|var|protocol|typealias)\s+)?(\w+)/
        return file.lines.compactMap { line in
            line.code.firstMatch(of: pattern).map { (line.number, String($0.output.1)) }
        }
    }

    @Test func `each file imports only what its target may`() throws {
        for file in try SourceTree("Sources").files where file.target != "C" {
            let allowed = House.everywhere.union(House.allowed[file.target] ?? [])
            for (line, module) in try imports(file) where !allowed.contains(module) {
                if module == "Foundation", House.foundation[file.path] != nil { continue }
                Issue.record("\(file.path):\(line): '\(file.target)' must not import '\(module)' (see House.swift)")
            }
        }
    }

    @Test func `every folder of Sources has its place in the table, and the table no other`() throws {
        #expect(try SourceTree.folders() == Set(House.allowed.keys))
    }

    @Test func `the table has no cycle`() {
        for target in House.allowed.keys { #expect(!House.reached(from: target).contains(target)) }
    }

    @Test func `each C library has one owner`() {
        for (library, owner) in House.owners {
            let importers = House.allowed.filter { $0.value.contains(library) }.map(\.key)
            #expect(importers == [owner])
        }
    }

    @Test(arguments: ["Diagnostics", "ScenarioSyntax", "Expressions", "ScenarioModel", "ScenarioCompiler"])
    func `the language side reaches no network`(target: String) {
        let network: Set = ["EventLoop", "HTTPTransport", "StepDrivers", "Sandbox", "CLibCurl", "FlyingSocks"]
        #expect(House.reached(from: target).isDisjoint(with: network))
    }

    @Test(arguments: ["EventLoop", "HTTPTransport", "Sandbox"])
    func `what carries bytes knows no scenarios`(target: String) {
        let language: Set = ["ScenarioSyntax", "Expressions", "ScenarioModel", "ScenarioCompiler", "Diagnostics"]
        #expect(House.reached(from: target).isDisjoint(with: language))
    }

    @Test func `the runtime reaches no driver and no transport`() {
        let reached = House.reached(from: "ScenarioRuntime")
        #expect(reached.isDisjoint(with: ["StepDrivers", "HTTPTransport", "ScenarioCompiler", "Reporting"]))
    }

    @Test func `reports are drawn from values alone`() {
        let allowed: Set = ["Diagnostics", "Expressions", "ScenarioModel", "CLinux"]
        #expect(House.allowed["Reporting"]?.isSubset(of: allowed) == true)
    }

    @Test func `the library of sockets is known to the sandbox only`() {
        #expect(House.allowed.filter { $0.value.contains("FlyingSocks") }.map(\.key) == ["Sandbox"])
    }

    @Test func `the manifest lets no target depend on more than the table allows`() throws {
        let manifest = try SourceTree.text("Package.swift")
        let pattern = /\.(?:target|executableTarget)\(\s*name: "(\w+)"(?:,\s*dependencies: \[([^\]]*)\])?/
        var seen: Set<String> = []
        for match in manifest.matches(of: pattern) {
            let target = String(match.output.1)
            seen.insert(target)
            let dependencies = (match.output.2 ?? "").matches(of: /"(\w+)"|name: "(\w+)", package: "[\w-]+"/)
            let names = dependencies.map { String($0.output.1 ?? $0.output.2 ?? "") }
            let allowed = House.allowed[target] ?? []
            for name in names where !allowed.contains(name) {
                Issue.record("Package.swift: '\(target)' must not depend on '\(name)' (see House.swift)")
            }
        }
        #expect(seen == Set(House.allowed.keys).union(House.compiledLibraries))
    }
}
