import ArgumentParser
import Diagnostics
import Glibc
import ScenarioCompiler
import ScenarioSyntax

/// `plumb fmt`: rewrites YAML files in one style.
struct FormatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fmt",
        abstract: "Rewrites scenarios in one style, comments kept.",
        discussion: """
            Values, comments, anchors and the order of keys stay: what would be written is read back first, and a file \
            that would say anything else is left alone. In a folder all .yaml and .yml files are taken, the \
            configuration too; '-' reads standard input and writes standard output.

            Exit status: 0, 1 with --check where a file is in another style, 2 where a file is no valid YAML or cannot \
            be written.
            """)

    @Flag(help: "Writes nothing; names the files that are in another style.")
    var check = false

    @Flag(help: "Writes nothing; shows what would change.")
    var diff = false

    @Option(help: "Whether output has colours: auto, always or never.")
    var color: ColorChoice = .auto

    @Argument(
        help: .init("YAML files and folders; '-' is standard input.", valueName: "path"),
        completion: .file(extensions: ["yaml", "yml"]))
    var paths: [String]

    func validate() throws {
        if paths.contains("-"), paths.count > 1 { throw ValidationError("'-' stands alone") }
    }

    mutating func run() throws {
        if paths == ["-"] { Streams.leave(formatInput()) }
        var finder = YAMLFileFinder()
        for path in paths { finder.add(path) }
        Project.report(finder.problems, nil, color)
        var count = Count(broken: finder.problems.count)
        for path in finder.found { visit(path, &count) }
        tell(count, of: finder.found.count + finder.problems.count)
        Streams.leave(count.broken > 0 ? .nothingRan : check && count.changed > 0 ? .failure : .success)
    }

    private struct Count {
        var changed = 0
        var broken = 0
    }

    private func visit(_ path: String, _ count: inout Count) {
        let shown = FilePath.shown(path, from: Streams.workingFolder)
        let bytes: [UInt8]
        do throws(FileProblem) {
            bytes = try DiskFiles().read(path, limit: YAMLLimits.standard.fileBytes)
        } catch {
            refuse("'\(shown)': \(error.phrase)")
            count.broken += 1
            return
        }
        guard let text = formatted(SourceFile(path: shown, bytes: bytes)) else {
            count.broken += 1
            return
        }
        guard !text.utf8.elementsEqual(bytes) else { return }
        count.changed += 1
        if diff {
            Streams.out(LineDifference.unified(String(decoding: bytes, as: UTF8.self), text, path: shown))
        } else if check {
            Streams.out(shown + "\n")
        } else {
            do throws(ReplacedFile.Problem) {
                try ReplacedFile.replace(path, with: text)
                Streams.out("formatted \(shown)\n")
            } catch {
                Project.report([error.diagnostic], nil, color)
                count.changed -= 1
                count.broken += 1
            }
        }
    }

    private func refuse(_ message: Diagnostic.Message) {
        Project.report([Diagnostic(.formatUnreadable, at: nil, message)], nil, color)
    }

    /// The text in the one style; nil where that is refused, which is told.
    private func formatted(_ file: SourceFile) -> String? {
        var diagnostics: [Diagnostic] = []
        let text = YAMLFormatter.format(file, into: &diagnostics)
        if text == nil { Project.report(diagnostics, nil, color) }
        return text
    }

    private func tell(_ count: Count, of all: Int) {
        func files(_ number: Int) -> String { "\(number) file\(number == 1 ? "" : "s")" }
        var parts: [String] = []
        if count.changed > 0 { parts.append("\(files(count.changed)) \(check || diff ? "to format" : "formatted")") }
        let good = all - count.changed - count.broken
        if good > 0 { parts.append("\(files(good)) in the one style") }
        if count.broken > 0 { parts.append("\(files(count.broken)) left alone") }
        if !parts.isEmpty { Streams.err(parts.joined(separator: ", ") + "\n") }
    }

    private func formatInput() -> ExitCode {
        guard let bytes = Self.input(limit: YAMLLimits.standard.fileBytes) else {
            refuse("standard input is larger than \(YAMLLimits.standard.fileBytes >> 20) MiB")
            return .nothingRan
        }
        guard let text = formatted(SourceFile(path: "<stdin>", bytes: bytes)) else { return .nothingRan }
        let isSame = text.utf8.elementsEqual(bytes)
        if diff {
            Streams.out(LineDifference.unified(String(decoding: bytes, as: UTF8.self), text, path: "<stdin>"))
        } else if !check {
            Streams.out(text)
        } else if !isSame {
            Streams.out("<stdin>\n")
        }
        return check && !isSame ? .failure : .success
    }

    /// All of standard input; nil where that is more than the limit.
    static func input(limit: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(STDIN_FILENO, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= limit else { return nil }
        }
    }
}
