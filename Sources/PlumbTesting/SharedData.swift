import FoundationEssentials

/// The optional folder of conformance data: named by `PLUMB_SHARED`, else `../shared` beside the package.
///
/// ```swift
/// @Test(.enabled(if: SharedData.has("data/jq-1.6"))) func `each case of jq's own tests holds`() throws
/// ```
public enum SharedData {
    /// Its absolute path; nil where there is none.
    public static let folder: String? = {
        let named = ProcessInfo.processInfo.environment["PLUMB_SHARED"].flatMap { $0.isEmpty ? nil : $0 }
        let path = named ?? PackageFolder.parent(of: PackageFolder.path) + "/shared"
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }()

    /// Returns the absolute path of something in it; nil where that is absent.
    public static func path(_ relative: String) -> String? {
        guard let folder else { return nil }
        let path = folder + "/" + relative
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }

    /// Says whether something is there, for `.enabled(if:)`.
    public static func has(_ relative: String) -> Bool { path(relative) != nil }
}
