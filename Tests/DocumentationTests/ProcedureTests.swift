import Glibc
import PlumbTesting
import Testing

/// The timers and lines of cron in `docs/procedures` do what the page about them says.
@Suite(.serialized) struct ProcedureTests {
    private static let procedures = PackageFolder.path + "/docs/procedures"

    /// A project as the page takes it to be, with a profile `staging` that needs nothing.
    private struct Project {
        let folder: TemporaryFolder

        init() throws {
            folder = try TemporaryFolder()
            let path = folder.path
            try folder.write(
                """
                profiles:
                  staging:
                    sandbox: true
                loads:
                  steady: { for: 1s, rate: 10/s, parallel: 20 }

                """, to: "plumb.yaml")
            let scenario = "steps:\n  - http: { get: /v1/models }\n"
            try folder.write(scenario, to: "scenarios/models.yaml")
            try folder.write(scenario, to: "scenarios/performance/ask.yaml")
            try folder.write("#!/bin/sh\ncat version\n", to: "what-runs")
            try folder.write("1\n", to: "version")
            chmod(path + "/what-runs", 0o755)
            mkdir(path + "/bin", 0o755)
            symlink(RunningCommand.binary("plumb"), path + "/bin/plumb")
            symlink(ProcedureTests.procedures + "/run-on-change", path + "/bin/run-on-change")
        }

        /// Runs a command line in the project, with the built `plumb` and `run-on-change` first in the path.
        func shell(_ command: String) throws -> CommandRun {
            var environment = RunningCommand.plainEnvironment
            environment["PATH"] = folder.path("bin") + ":" + (environment["PATH"] ?? "")
            let shell = try RunningCommand(
                "/bin/sh", ["-c", command], environment: environment, in: folder.path)
            return shell.finish(within: .seconds(180))
        }

        /// A command line of the files, in this project's folder.
        func placed(_ command: some StringProtocol) -> String {
            String(command).replacing("/usr/local/bin/", with: "").replacing("/usr/bin/", with: "")
                .replacing("/srv/tests", with: folder.path).replacing("%i", with: "staging")
        }

        /// Makes the scenario one that fails.
        func breakScenario() throws {
            try folder.write("steps:\n  - http: { get: /v1/none }\n", to: "scenarios/models.yaml")
        }
    }

    @Test(arguments: ["plumb-health@.service", "plumb-performance@.service", "plumb-on-change@.service"])
    func `each command of a unit does its work`(_ name: String) throws {
        let project = try Project()
        let unit = try TextFile.read("\(Self.procedures)/\(name)")
        let commands = unit.matches(of: /(?m)^(Exec\w+)=(-?)(.+)$/)
        #expect(commands.count >= 2)
        for line in commands {
            let run = try project.shell(project.placed(line.3))
            // A dash says that the command may fail: at a first time there is no run to compare with.
            let allowed: Set<Int> = line.2.isEmpty ? [0] : [0, 2]
            #expect(allowed.contains(run.exitStatus ?? -1), "\(line.0): \(run.standardOutput)\(run.standardError)")
        }
        let reports = try TextFile.names(in: project.folder.path("reports"))
        #expect(reports.contains { $0.hasSuffix("-staging.json") })
    }

    @Test func `a line of cron is silent where all is well, and speaks where something failed`() throws {
        let lines = try TextFile.read(Self.procedures + "/plumb.cron").split(separator: "\n")
        let jobs = lines.compactMap { $0.wholeMatch(of: /(?:[0-9*\/]+ ){5}plumb (.+)/)?.1 }
        #expect(jobs.count == 3)
        // A bare % would end the command, and give cron's shell the rest as input.
        #expect(jobs.allSatisfy { !$0.contains("%") })
        for job in jobs {
            let project = try Project()
            let well = try project.shell(project.placed(job))
            #expect(well.exitStatus == 0 && well.standardOutput.isEmpty, "\(well.standardOutput)\(well.standardError)")
            #expect(well.standardError.isEmpty, "\(well.standardError)")
            try project.breakScenario()
            try project.folder.write("steps:\n  - http: { get: /v1/none }\n", to: "scenarios/performance/ask.yaml")
            let failed = try project.shell(project.placed(job))
            let said = failed.standardOutput
            #expect(said.contains("ended with status") && said.contains("failed"), "\(said)\(failed.standardError)")
        }
    }

    @Test func `a command runs on a change, and again only where it could not be carried out`() throws {
        let project = try Project()
        func call(_ command: String) throws -> CommandRun {
            try project.shell("run-on-change staging ./what-runs plumb.yaml scenarios -- \(command)")
        }
        #expect(try call("echo ran").standardOutput == "ran\n")
        #expect(try call("echo ran").standardOutput == "")
        try project.breakScenario()
        #expect(try call("sh -c 'echo ran; exit 1'").exitStatus == 1)
        #expect(try call("echo ran").standardOutput == "", "a failure counts as run")
        try project.folder.write("2\n", to: "version")
        #expect(try call("sh -c 'exit 3'").exitStatus == 3)
        #expect(try call("echo ran").standardOutput == "ran\n", "what could not be carried out is run again")
        try project.folder.write("#!/bin/sh\nexit 7\n", to: "what-runs")
        let blind = try call("echo ran")
        #expect(blind.exitStatus == 3 && blind.standardOutput == "")
        #expect(blind.standardError.contains("'./what-runs' does not say what it watches"))
        #expect(try project.shell("run-on-change staging a b c").exitStatus == 64)
    }

    @Test(.enabled(if: Programs.path("systemd-analyze") != nil, "there is no systemd-analyze"))
    func `systemd finds nothing wrong with the units`() throws {
        let analyze = try #require(Programs.path("systemd-analyze"))
        let project = try Project()
        // The units are looked at where they stand, with programs that are here in place of those that they name.
        let names = try TextFile.names(in: Self.procedures).filter { $0.contains("@.") }
        #expect(names.count >= 8)
        for name in names {
            let text = try TextFile.read("\(Self.procedures)/\(name)")
                .replacing("/usr/local/bin/run-on-change", with: project.folder.path("bin/run-on-change"))
                .replacing("/usr/bin/plumb", with: project.folder.path("bin/plumb"))
                .replacing("Documentation=man:", with: "Documentation=https://example.org/")
            try project.folder.write(text, to: "units/" + name)
        }
        let instances = names.map { project.folder.path("units/" + $0.replacing("@.", with: "@staging.")) }
        var environment = RunningCommand.plainEnvironment
        environment["SYSTEMD_UNIT_PATH"] = project.folder.path("units") + ":"
        // What it says of these units; of the machine's own it may say more.
        func told() throws -> [Substring] {
            let verifier = try RunningCommand(analyze, ["verify", "--man=no"] + instances, environment: environment)
            return verifier.finish(within: .seconds(120)).standardError.split(separator: "\n")
                .filter { $0.contains("plumb-") }
        }
        #expect(try told() == [])
        let timer = try project.folder.read("units/plumb-health@.timer")
        try project.folder.write(timer.replacing("OnCalendar=*", with: "OnCalendar=x"), to: "units/plumb-health@.timer")
        #expect(try told() != [], "it would not have noticed")
    }
}
