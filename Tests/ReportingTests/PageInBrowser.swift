import PlumbTesting
import Reporting
import Testing

/// A page as a browser has it.
enum PageInBrowser {
    /// Runs `scripts/report-in-browser` on a page and takes its pictures; where there is no browser it says so with
    /// status 77.
    static func click(through page: [UInt8]) throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let file = try ReportFile(path: folder.path("report.html"))
        try file.write(page)
        try file.commit()
        let command = try RunningCommand(
            "\(PackageFolder.path)/scripts/report-in-browser", [folder.path("report.html"), folder.path("pictures")],
            environment: RunningCommand.plainEnvironment)
        let run = command.finish(within: .seconds(300))
        #expect([.exit(0), .exit(77)].contains(run.status), "\(run.standardOutput)\(run.standardError)")
        guard run.status == .exit(0) else { return }
        // A picture of one colour takes a few kilobytes.
        let pictures = try ["light", "dark", "narrow"].map { try TextFile.bytes(folder.path("pictures/\($0).png")) }
        for picture in pictures {
            #expect(picture.starts(with: [0x89, 0x50, 0x4E, 0x47]))
            #expect(picture.count > 12_000)
        }
        #expect(pictures[0] != pictures[1])
    }
}
