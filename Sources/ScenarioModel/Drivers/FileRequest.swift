public import Diagnostics

/// A request that stands in a file of its own, in whole or in part, so that lint looks into that file too.
public protocol FileRequest: StepRequest {
    /// The file as the scenario names it, and where; nil where this request has none.
    var file: (path: String, span: SourceSpan)? { get }
    /// The largest file that is worth looking into, in bytes.
    var fileLimit: Int { get }
    /// What is wrong with the file's content on a target of the profile.
    func problems(in file: SourceFile, on target: Target) -> [Diagnostic]
}

extension FileRequest {
    public var namedFiles: [(name: String, span: SourceSpan)] { file.map { [(name: $0.path, span: $0.span)] } ?? [] }
}
