import PlumbTesting
import Testing

/// Undoes gzip with the system's own program.
enum Gunzip {
    static func text(_ bytes: [UInt8]) throws -> String {
        let folder = try TemporaryFolder()
        try folder.write(bytes, to: "body.gz")
        let run = try RunningCommand(
            "/bin/sh", ["-c", "exec gzip -dc body.gz"], environment: RunningCommand.plainEnvironment, in: folder.path
        ).finish()
        #expect(run.exitStatus == 0, "\(run.standardError)")
        return run.standardOutput
    }
}
