import FoundationEssentials
import PlumbTesting

/// Asks a server through the system's own bash: an independent client, of nothing but `/dev/tcp`.
func exchange(_ request: String, port: Int, seconds: Int = 10) throws -> CommandRun {
    let script = "exec 3<>/dev/tcp/127.0.0.1/\(port) || exit 9; printf '%s' \"$1\" >&3; timeout \(seconds) cat <&3"
    let command = try RunningCommand(
        "/bin/bash", ["-c", script, "bash", request], environment: RunningCommand.plainEnvironment)
    return command.finish(within: .seconds(seconds + 5))
}
