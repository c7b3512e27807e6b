import Glibc
import PlumbTesting
import Testing

/// The manual that `scripts/man-pages` makes of the help of the commands.
@Suite(.enabled(if: Programs.path("jq") != nil, "the manual is made with jq"))
struct ManualTests {
    private let folder: TemporaryFolder
    private let pages: [String: String]

    init() throws {
        folder = try TemporaryFolder()
        let script = try RunningCommand(
            PackageFolder.path + "/scripts/man-pages", [RunningCommand.binary("plumb"), folder.path("man1")],
            environment: RunningCommand.plainEnvironment.merging(["SOURCE_DATE_EPOCH": "1767225600"]) { $1 })
        let run = script.finish()
        try #require(run.exitStatus == 0, "\(run.standardError)")
        var pages: [String: String] = [:]
        for name in try TextFile.names(in: folder.path("man1")) { pages[name] = try folder.read("man1/" + name) }
        self.pages = pages
    }

    @Test func `each command has a page with all its options`() throws {
        let listed = try CommandRun.plumb(["--help"]).standardOutput.split(separator: "\n")
        let commands = listed.compactMap { $0.firstMatch(of: #/^ {2}([a-z]+) {2}/#)?.1 }.map(String.init)
        try #require(commands.contains("run"))
        for command in commands {
            let page = try #require(pages["plumb-\(command).1"], "'\(command)' has no page")
            let help = try CommandRun.plumb([command, "--help"]).standardOutput
            for option in help.matches(of: /(?m)^ {2}(?:-\w, )?(--[a-z-]+)/) {
                let written = option.1.replacing("-", with: "\\-")
                let isThere = ["\\fR", " "].contains { page.contains("\\fB\(written)\($0)") }
                #expect(isThere, "the page of '\(command)' lacks \(option.1)")
            }
        }
        #expect(pages["plumb-report-compare.1"]?.contains(".SH EXIT STATUS") == true)
        #expect(pages["plumb.1"]?.contains("\"2026-01-01\"") == true)
    }

    @Test(.enabled(if: Programs.path("groff") != nil, "there is no groff"))
    func `no page has anything that a formatter warns of`() throws {
        let groff = try #require(Programs.path("groff"))
        for (name, text) in pages {
            let formatter = try RunningCommand(
                groff, ["-man", "-Tutf8", "-ww", "-z"], environment: RunningCommand.plainEnvironment, input: text)
            let run = formatter.finish()
            #expect(run.exitStatus == 0 && run.standardError.isEmpty, "\(name): \(run.standardError)")
        }
    }
}

/// Programs of the machine that some tests need.
enum Programs {
    /// Where a program stands in the `PATH` of the tests; nil where it does not.
    static func path(_ name: String) -> String? {
        let folders = RunningCommand.plainEnvironment["PATH"]?.split(separator: ":") ?? []
        return folders.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }
}
