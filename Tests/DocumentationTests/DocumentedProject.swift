import PlumbTesting

/// A project made of a page's blocks, in a folder of its own.
///
/// A block whose first line is a comment with a file's name (`# scenarios/hello.yaml`) is that file, in every language;
/// other YAML is a file named for its line.
struct DocumentedProject {
    private let folder: TemporaryFolder

    private static let configuration = "profiles:\n  embedded:\n    sandbox: true\n"

    /// Writes the files that the blocks name; of several with one name, the last that is not shown as wrong.
    init(_ page: MarkdownPage) throws {
        folder = try TemporaryFolder()
        try folder.write(Self.configuration, to: "plumb.yaml")
        try folder.write("steps:\n  - wait: 1ms\n", to: "any.yaml")
        for block in page.blocks where block.word.isEmpty {
            if let name = block.fileName { try folder.write(block.text, to: name) }
        }
    }

    /// Writes a block to its file; returns the name.
    func place(_ block: MarkdownPage.Block) throws -> String {
        let name = block.fileName ?? "line-\(block.line).yaml"
        try folder.write(block.shape == .steps ? "steps:\n" + block.text : block.text, to: name)
        return name
    }

    /// Runs the built program in the folder.
    func plumb(_ arguments: [String]) throws -> CommandRun {
        try CommandRun.plumb(arguments, in: folder.path, limit: .seconds(120))
    }
}

extension MarkdownPage.Block {
    /// What a block of YAML is.
    enum Shape {
        /// A whole scenario.
        case scenario
        /// Some steps of one.
        case steps
        /// A configuration, or a file that one includes.
        case configuration
    }

    var shape: Shape {
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        if lines.contains(where: { $0.hasPrefix("steps:") }) { return .scenario }
        return lines.first?.hasPrefix("- ") == true ? .steps : .configuration
    }

    /// The name in the comment that begins the block.
    var fileName: String? {
        guard let first = text.split(separator: "\n").first, let match = first.wholeMatch(of: /# ([\w\/.-]+\.\w+)/)
        else { return nil }
        return String(match.1)
    }
}
