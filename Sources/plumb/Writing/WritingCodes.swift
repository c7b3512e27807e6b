import Diagnostics

extension Diagnostic.Code {
    static let filePresent = Diagnostic.Code(
        "file.present", "`plumb init` and `plumb new` overwrite nothing: what they would write is there already.")
    static let fileNotWritten = Diagnostic.Code(
        "file.not-written",
        "A file or a folder could not be written, for the reason that the system gives: most often a folder's permissions."
    )
    static let formatPath = Diagnostic.Code(
        "format.path", "`plumb fmt` takes YAML files and folders that hold some; a path leads to neither.")
    static let formatUnreadable = Diagnostic.Code(
        "format.unreadable", "A file that `plumb fmt` was given cannot be read, or is larger than any scenario may be.")

    /// The codes of commands that write files for people.
    static let allWritingCodes: [Diagnostic.Code] = [.filePresent, .fileNotWritten, .formatPath, .formatUnreadable]
}
