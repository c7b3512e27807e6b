import FoundationEssentials

/// The Swift files of the package, as the tests read them.
struct SourceTree {
    /// One file.
    struct File {
        /// From the package's folder: `Sources/Diagnostics/Diagnostic.swift`.
        let path: String
        let text: String
        /// The folder below `Sources` or `Tests`.
        let target: String
        let lines: [CodeLine]
    }

    let files: [File]

    static let package = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/")

    /// Reads `Sources` or `Tests`.
    init(_ root: String) throws {
        let base = Self.package + "/" + root
        let names = try FileManager.default.subpathsOfDirectory(atPath: base).filter { $0.hasSuffix(".swift") }
        files = try names.sorted().map { name in
            let text = try Self.text(root + "/" + name)
            let target = String(name.prefix { $0 != "/" })
            return File(path: root + "/" + name, text: text, target: target, lines: CodeLine.scan(text))
        }
    }

    /// Returns the text of a file, named from the package's folder.
    static func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: package + "/" + path)), as: UTF8.self)
    }

    /// The targets that have a folder below `Sources`, C modules left out.
    static func folders() throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: package + "/Sources")).subtracting(["C"])
    }
}
