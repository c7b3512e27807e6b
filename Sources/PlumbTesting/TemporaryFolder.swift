import FoundationEssentials
import Glibc

/// A new folder of one test, removed with all it holds when the value goes.
///
/// Keep it alive to the end of the test: `defer { withExtendedLifetime(folder) {} }`.
public final class TemporaryFolder: Sendable {
    /// Its absolute path, without a slash at the end and without symbolic links.
    public let path: String

    /// Makes the folder below the system's place for such.
    public init() throws {
        let parent = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        var template = Array((parent + "/plumb-test-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError("mkdtemp", errno) }
        let made = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        guard let real = realpath(made, nil) else { throw SystemError("realpath", errno) }
        defer { free(real) }
        path = String(cString: real)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Returns the absolute path of a name in the folder.
    public func path(_ name: String) -> String { path + "/" + name }

    /// Writes a text file, and the folders above it; returns its absolute path.
    @discardableResult
    public func write(_ text: String, to name: String) throws -> String {
        try TextFile.write(text, to: path(name))
        return path(name)
    }

    /// Writes a file of bytes, and the folders above it; returns its absolute path.
    @discardableResult
    public func write(_ bytes: [UInt8], to name: String) throws -> String {
        try TextFile.write(bytes, to: path(name))
        return path(name)
    }

    /// Returns the text of a file in the folder.
    public func read(_ name: String) throws -> String { try TextFile.read(path(name)) }

    /// Copies a file or a folder, nested ones too, into this one, under its own name.
    public func copy(_ source: String) throws {
        let name = source.split(separator: "/").last.map(String.init) ?? ""
        try FileManager.default.copyItem(atPath: source, toPath: path(name))
    }
}
