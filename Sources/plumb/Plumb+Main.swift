import ArgumentParser
import Diagnostics
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
            Streams.err(fullMessage(for: error) + "\n" + hint(for: CommandLine.arguments.dropFirst().first))
            exit(withError: ExitCode.nothingRan)
        }
    }

    /// The command that a word which names none most likely means.
    private static func hint(for word: String?) -> String {
        let known = configuration.subcommands.compactMap { $0.configuration.commandName }
        guard let word, !known.contains(word), let near = NearestName.of(word, in: known) else { return "" }
        return "  = hint: did you mean 'plumb \(near)'?\n"
    }

    /// Parses the words of the command that they name, which spares the options of all others.
    ///
    /// What is wrong with them, and help, is told by the command line as a whole.
    private static func parseCommand(_ words: ArraySlice<String>) throws -> any ParsableCommand {
        let named = configuration.subcommands.first { $0.configuration.commandName == words.first }
        // A command that is parsed by itself would leave its own name's beginning, 'plumb', out of its help.
        let asksForHelp = words.contains { $0 == "--help" || $0 == "-h" }
        if let named, !asksForHelp, let command = try? named.parseAsRoot(Array(words.dropFirst())) { return command }
        return try parseAsRoot(Array(words))
    }
}
