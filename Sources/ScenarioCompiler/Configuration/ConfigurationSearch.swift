internal import Diagnostics

/// Finds the configuration: the file of `--config`, else the nearest `plumb.yaml`.
///
/// Looked through are the folder of the first scenario and those above it, then the working folder and those above it.
struct ConfigurationSearch {
    /// The name of the file.
    static let fileName = "plumb.yaml"

    let request: ConfigurationRequest
    let files: any FileAccess

    /// The absolute path of the file; nil where there is none, which is no error.
    func find() -> String? {
        if let path = request.path { return FilePath.absolute(path, in: request.workingFolder) }
        return startingFolders.lazy.compactMap { nearest(above: $0) }.first
    }

    private var startingFolders: [String] {
        let working = FilePath.absolute(request.workingFolder, in: "/")
        guard let first = request.scenarios.first else { return [working] }
        let path = FilePath.absolute(first, in: working)
        return [files.isFolder(path) ? path : FilePath.parent(path), working]
    }

    private func nearest(above folder: String) -> String? {
        var folder = folder
        while true {
            let candidate = FilePath.join(folder, Self.fileName)
            if files.isFile(candidate) { return candidate }
            guard folder != "/" else { return nil }
            folder = FilePath.parent(folder)
        }
    }
}
