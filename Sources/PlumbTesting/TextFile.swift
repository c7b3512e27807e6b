import FoundationEssentials
import Glibc

/// Whole files as text or bytes.
public enum TextFile {
    /// Returns a file's bytes; throws where it cannot be read.
    public static func bytes(_ path: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: URL(filePath: path)))
    }

    /// Returns a file's text, with U+FFFD for what is not UTF-8; throws where it cannot be read.
    public static func read(_ path: String) throws -> String {
        try String(decoding: bytes(path), as: UTF8.self)
    }

    /// Returns a file's text; nil where there is no such file.
    public static func readIfPresent(_ path: String) throws -> String? {
        access(path, F_OK) == 0 ? try read(path) : nil
    }

    /// Writes a file and the folders above it.
    public static func write(_ bytes: [UInt8], to path: String) throws {
        try FileManager.default.createDirectory(
            atPath: PackageFolder.parent(of: path), withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(filePath: path))
    }

    /// Writes a text file and the folders above it.
    public static func write(_ text: String, to path: String) throws { try write(Array(text.utf8), to: path) }

    /// Returns the names in a folder, sorted bytewise, hidden ones left out.
    public static func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Says whether a path names a folder.
    public static func isFolder(_ path: String) -> Bool {
        var isDirectory = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory
    }
}
