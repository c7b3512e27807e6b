internal import Diagnostics
internal import ScenarioModel

extension VectorCall {
    var namedFiles: [(name: String, span: SourceSpan)] {
        var found: [(name: String, span: SourceSpan)] = []
        if case .file(let path)? = vectors, let file = path.namedFile { found.append(file) }
        if case .file(let path)? = points, let file = path.namedFile { found.append(file) }
        return found
    }
}
