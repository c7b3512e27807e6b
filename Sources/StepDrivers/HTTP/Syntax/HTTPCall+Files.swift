internal import Diagnostics
internal import ScenarioModel

extension HTTPCall {
    var namedFiles: [(name: String, span: SourceSpan)] {
        switch body {
        case .file(let path): [path.namedFile].compactMap { $0 }
        case .multipart(let parts):
            parts.compactMap { part in
                if case .file(let path) = part.content { path.namedFile } else { nil }
            }
        default: []
        }
    }
}
