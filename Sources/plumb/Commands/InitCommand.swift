import ArgumentParser
import Diagnostics
import Glibc
import ScenarioCompiler

/// `plumb init`: writes a small project that works.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Writes a small project that runs at once.",
        discussion: """
            Writes plumb.yaml with the sandbox, two scenarios, and lines of .gitignore. No file is overwritten.

            Exit status: 0, or 2 where a file is there already or cannot be written.
            """)

    @Argument(help: .init("The folder; made where it is not there.", valueName: "folder"), completion: .directory)
    var folder: String = "."

    @Option(help: "Whether output has colours: auto, always or never.")
    var color: ColorChoice = .auto

    mutating func run() throws {
        let root = FilePath.absolute(folder, in: Streams.workingFolder)
        let present = NewProject.files.map(\.name).filter { access(FilePath.join(root, $0), F_OK) == 0 }
        guard present.isEmpty else {
            let names = present.map { "'\(shown($0))'" }.joined(separator: ", ")
            let isOne = present.count == 1
            refuse(
                Diagnostic(
                    .filePresent, at: nil, "\(names) \(isOne ? "is" : "are") there already",
                    hint: "nothing was written; name another folder: plumb init FOLDER"))
        }
        do throws(ReplacedFile.Problem) {
            try ReplacedFile.makeFolder(FilePath.join(root, "scenarios"))
            for file in NewProject.files {
                try ReplacedFile.create(FilePath.join(root, file.name), file.text)
                Streams.out("wrote \(shown(file.name))\n")
            }
            try ignoreOutputs(root)
        } catch {
            refuse(error.diagnostic)
        }
        Streams.out("\nnext: plumb run \(shown("scenarios"))\n")
    }

    private func refuse(_ problem: Diagnostic) -> Never {
        Project.report([problem], nil, color)
        Streams.leave(.nothingRan)
    }

    /// Adds to .gitignore the lines that it lacks.
    private func ignoreOutputs(_ root: String) throws(ReplacedFile.Problem) {
        let path = FilePath.join(root, ".gitignore")
        let bytes = (try? DiskFiles().read(path, limit: 1 << 20)) ?? []
        guard !bytes.isEmpty || access(path, F_OK) != 0 else {
            throw ReplacedFile.Problem(path: path, reason: "what stands there cannot be read")
        }
        let old = String(decoding: bytes, as: UTF8.self)
        let known = Set(old.split(whereSeparator: \.isNewline).map { $0.filter { $0 != "/" && $0 != " " } })
        let missing = NewProject.ignored.filter { line in !known.contains(line.filter { $0 != "/" }) }
        guard !missing.isEmpty else { return }
        let gap = old.isEmpty || old.hasSuffix("\n") ? "" : "\n"
        let text = old + gap + missing.map { $0 + "\n" }.joined()
        if access(path, F_OK) == 0 {
            try ReplacedFile.replace(path, with: text)
        } else {
            try ReplacedFile.create(path, text)
        }
        Streams.out("\(old.isEmpty ? "wrote" : "added to") \(shown(".gitignore"))\n")
    }

    /// A name in the folder as it is written from where the command was started.
    private func shown(_ name: String) -> String {
        let path = FilePath.absolute(FilePath.join(folder, name), in: Streams.workingFolder)
        return FilePath.shown(path, from: Streams.workingFolder)
    }
}
