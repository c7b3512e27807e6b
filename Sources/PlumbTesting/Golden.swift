import FoundationEssentials
import Glibc

/// Texts recorded in files, compared as a whole.
///
/// With `RECORD_GOLDEN=1` a text that differs is written to its file, and the comparison fails all the same, so that
/// a recording cannot pass for a test. A line of a file may hold `<<<regex>>>` where the text varies; recording keeps
/// such a line where it still fits.
public enum Golden {
    /// One case of a folder: a name, and the files that begin with it.
    public struct Case: Sendable, Hashable, CustomStringConvertible {
        /// The path below the cases' folder, without the extension: `mapping/duplicate_key`.
        public let name: String
        /// The absolute path of the input.
        public let path: String
        public var description: String { name }

        /// Creates a case.
        public init(name: String, path: String) {
            self.name = name
            self.path = path
        }

        /// Returns the input's text.
        public func input() throws -> String { try TextFile.read(path) }

        /// Returns the absolute path of the file beside the input with another extension.
        public func beside(_ pathExtension: String) -> String {
            let stem = path.lastIndex(of: ".").map { path[..<$0] } ?? path[...]
            return stem + "." + pathExtension
        }
    }

    /// How a text differs from its file; its description shows the first differing lines.
    public struct Mismatch: Error, Sendable, CustomStringConvertible {
        public let path: String
        public let description: String
    }

    /// Says whether this run records what differs.
    public static let isRecording = ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1"

    /// Lists the files with an extension below a folder, as test arguments; empty where there is no such folder.
    public static func cases(in folder: String, extension pathExtension: String = "yaml") -> [Case] {
        var found: [Case] = []
        collect(folder, prefix: "", suffix: "." + pathExtension, into: &found)
        return found
    }

    private static func collect(_ folder: String, prefix: String, suffix: String, into found: inout [Case]) {
        for name in (try? TextFile.names(in: folder)) ?? [] {
            let path = folder + "/" + name
            if TextFile.isFolder(path) {
                collect(path, prefix: prefix + name + "/", suffix: suffix, into: &found)
            } else if name.hasSuffix(suffix) {
                found.append(Case(name: prefix + name.dropLast(suffix.count), path: path))
            }
        }
    }

    /// Compares a text with a file; throws a `Mismatch` where they differ or the file is missing.
    ///
    /// Where `record` is true a difference is also written to the file.
    public static func compare(_ actual: String, with path: String, record: Bool = isRecording) throws {
        let expected = try TextFile.readIfPresent(path)
        guard let difference = try difference(actual, expected: expected ?? "") else {
            if expected != nil { return }
            if record { try TextFile.write(actual, to: path) }
            throw Mismatch(path: path, description: "no file '\(path)'" + advice(record))
        }
        if record { try TextFile.write(recording(actual, over: expected ?? ""), to: path) }
        throw Mismatch(path: path, description: "'\(path)' differs\n" + difference + advice(record))
    }

    private static func advice(_ recorded: Bool) -> String {
        recorded ? "\n(recorded: review the file)" : "\n(RECORD_GOLDEN=1 records it)"
    }

    /// Describes the first difference between a text and a pattern of it; nil where there is none.
    public static func difference(_ actual: String, expected: String) throws -> String? {
        let actualLines = lines(actual)
        let expectedLines = lines(expected)
        var index = 0
        while index < actualLines.count || index < expectedLines.count {
            let isEqual =
                try index < actualLines.count && index < expectedLines.count
                && GoldenLine(expectedLines[index]).matches(actualLines[index])
            if !isEqual { return excerpt(expectedLines, actualLines, from: index) }
            index += 1
        }
        return nil
    }

    /// Returns what is to be recorded: the new text, with old lines that hold a pattern and still fit.
    static func recording(_ actual: String, over expected: String) throws -> String {
        var patterns = try lines(expected).map { try GoldenLine($0) }.filter(\.hasPattern)
        return lines(actual).map { line in
            guard let fit = patterns.firstIndex(where: { $0.matches(line) }) else { return line }
            return patterns.remove(at: fit).source
        }.joined(separator: "\n")
    }

    private static func lines(_ text: String) -> [String] {
        // By bytes: a CRLF is one character, and would hide the line feed.
        text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { String(Substring($0)) }
    }

    /// Draws the lines around the first difference.
    ///
    ///       12 | same before
    ///     - 13 | expected
    ///     + 13 | actual
    private static func excerpt(_ expected: [String], _ actual: [String], from index: Int) -> String {
        var text: [String] = []
        for line in max(0, index - 2)..<index { text.append("  \(line + 1) | \(actual[line])") }
        for line in index..<max(index, min(index + 5, expected.count)) {
            text.append("- \(line + 1) | \(expected[line])")
        }
        for line in index..<max(index, min(index + 5, actual.count)) { text.append("+ \(line + 1) | \(actual[line])") }
        return text.joined(separator: "\n")
    }
}
