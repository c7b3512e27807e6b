import ScenarioCompiler
import ScenarioModel

extension Configuration {
    /// What `test_scenarios` asks of the suites that these tests are of, in the tests' order.
    func configuredSuites(of tests: [TestName], files: any FileAccess = DiskFiles()) -> [ConfiguredSuite] {
        var seen: Set<String> = []
        return tests.compactMap { test in
            guard seen.insert(test.suite).inserted, let suites else { return nil }
            let folders = test.suite.split(separator: "/").map(String.init)
            // A node above says nothing of which scenarios this folder has.
            guard let node = suites.chain(for: folders).last, node.path == folders, let listed = node.testScenarios
            else { return nil }
            let folder = FilePath.absolute(test.suite, in: suiteRoot)
            let missing = listed.map(\.name).filter { name in
                !["yaml", "yml"].contains { files.isFile(FilePath.join(folder, "\(name).\($0)")) }
            }
            return ConfiguredSuite(suite: test.suite, scenarios: listed.map(\.name), missing: missing)
        }
    }
}
