import Diagnostics
import ScenarioCompiler
import ScenarioModel

/// A folder of files in one text, with the request that reads them.
///
///     @profile hxp
///     @env NAME=value
///     === plumb.yaml
///     profiles: {}
struct ConfigurationCase {
    var files = MemoryFiles()
    var request = ConfigurationRequest(workingFolder: "/project")
    var environment: [String: String] = [:]
    var paths: [String] = []

    init(_ text: String) {
        var path: String?
        var contents = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("=== ") {
                if let path { files.contents[path] = Array(contents.utf8) }
                path = "/project/" + line.dropFirst(4)
                contents = ""
            } else if path == nil {
                read(line)
            } else {
                contents += line + "\n"
            }
        }
        if let path { files.contents[path] = Array(contents.utf8) }
    }

    private mutating func read(_ line: Substring) {
        let words = line.split(separator: " ", maxSplits: 1)
        guard words.count == 2 else { return }
        let value = String(words[1])
        switch words[0] {
        case "@profile": request.profile = value
        case "@config": request.path = value
        case "@env-file": request.environmentFile = value
        case "@scenario": request.scenarios.append(value)
        case "@folder": files.folders.insert("/project/" + value)
        case "@lint": request.isLint = value == "true"
        case "@env":
            let pair = value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            environment[String(pair[0])] = String(pair[1])
        default: break
        }
    }

    /// Loads the configuration with what was found wrong.
    func load() -> (configuration: Configuration?, diagnostics: [Diagnostic]) {
        var diagnostics: [Diagnostic] = []
        let configuration = ConfigurationReader.load(
            request, kinds: [WebKind()], files: files, environment: environment, into: &diagnostics)
        return (configuration, diagnostics)
    }

    /// What was found wrong, as terminals show it.
    func rendered() -> String {
        DiagnosticText(width: 100).render(load().diagnostics).plain
    }
}
