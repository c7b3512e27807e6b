import PlumbTesting
import Reporting
import Testing

/// A page as a browser has it.
enum PageInBrowser {
    /// Runs `scripts/report-in-browser` on a page; where there is no browser it says so with status 77.
    static func click(through page: [UInt8]) throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let file = try ReportFile(path: folder.path("report.html"))
        try file.write(page)
        try file.commit()
        let command = try RunningCommand(
            "\(PackageFolder.path)/scripts/report-in-browser", [folder.path("report.html")],
            environment: RunningCommand.plainEnvironment)
        let run = command.finish(within: .seconds(300))
        #expect([.exit(0), .exit(77)].contains(run.status), "\(run.standardOutput)\(run.standardError)")
    }
}
