import ArgumentParser
import Glibc

extension Plumb {
    /// Runs the command that the arguments name and ends the process; a usage error has the status of language.md §5.
    static func main() {
        Streams.openMissing()
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
            Streams.err(fullMessage(for: error) + "\n")
            exit(withError: ExitCode.nothingRan)
        }
    }
}
