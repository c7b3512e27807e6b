import ArgumentParser
import Glibc

extension Plumb {
    /// Runs the command that the arguments name and ends the process; a usage error has the status of language.md §5.
    static func main() {
        Streams.openMissing()
        do {
            let words = CommandLine.arguments.dropFirst()
            if words.first == "run", let request = RunRequest(plainWords: words.dropFirst()) {
                throw try request.carryOut()
            }
            let keeps = words.first == "run" || words.first == "load"
            var command = try parseCommand(keeps ? KeepingOptions.withAddressApart(words)[...] : words)
            try command.run()
        } catch {
            guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
            Streams.err(fullMessage(for: error) + "\n")
            exit(withError: ExitCode.nothingRan)
        }
    }

    /// Parses the words of the command that they name, which spares the options of all others.
    ///
    /// What is wrong with them, and help, is told by the command line as a whole.
    private static func parseCommand(_ words: ArraySlice<String>) throws -> any ParsableCommand {
        let named = configuration.subcommands.first { $0.configuration.commandName == words.first }
        if let named, let command = try? named.parseAsRoot(Array(words.dropFirst())) { return command }
        return try parseAsRoot(Array(words))
    }
}
