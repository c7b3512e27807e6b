import ArgumentParser
import Diagnostics
import Glibc
import Reporting

/// `plumb explain`: says what a key, a code, a function or a variable means.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Says what a key, a diagnostic code, a function or a variable means.",
        discussion: """
            A key may be told by itself or with what holds it: until, step.until, http.query, defaults.timeout.http. \
            Without a name, all names are listed.

            Exit status: 0, or 2 for a name that nothing has.
            """)

    @Option(help: "Whether output has colours: auto, always or never.")
    var color: ColorChoice = .auto

    @Flag(help: .init("Writes the whole reference as Markdown.", visibility: .hidden))
    var markdown = false

    @Argument(help: .init("A key or a code.", valueName: "name"))
    var names: [String] = []

    mutating func run() throws {
        let reference = Reference()
        if markdown {
            Streams.out(ReferenceMarkdown.render(reference))
            return
        }
        let style = Streams.style(STDOUT_FILENO, color)
        let writer = ReferenceText(width: style.width)
        if names.isEmpty { Streams.out(writer.index(reference).written(in: style.hasColor ? .ansi : .plain)) }
        var isUnknown = false
        for (index, name) in names.enumerated() {
            let entries = reference.entries(for: name)
            if entries.isEmpty {
                isUnknown = true
                let hint =
                    reference.nearest(to: name).map { "did you mean '\($0)'?" } ?? "'plumb explain' lists all names"
                Streams.err("error: there is no key, code, function or variable '\(name)'\n  = hint: \(hint)\n")
                continue
            }
            if index > 0 { Streams.out("\n") }
            Streams.out(writer.render(entries).written(in: style.hasColor ? .ansi : .plain))
        }
        if isUnknown { throw ExitCode.nothingRan }
    }
}
