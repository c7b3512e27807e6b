internal import Diagnostics
internal import HTTPTransport
internal import ScenarioModel

/// The headers of a request: the target's, those of the step over them.
struct HeaderSet {
    var list: [HTTPHeader]
    /// Every name that somebody wrote, in lower case, dropped ones included.
    private(set) var written: Set<String>

    /// Lays the step's headers over the target's; a name replaces all of the target's of that name.
    init(_ own: PairList?, over base: [HTTPHeader], _ scope: any TemplateScope) throws(StepFailure) {
        let pairs = try own?.evaluate(scope) ?? []
        let names = Set(pairs.map { $0.name.lowercased() })
        list = base.filter { !names.contains($0.name.lowercased()) }
        written = names.union(list.map { $0.name.lowercased() })
        for pair in pairs {
            guard HTTPToken.isToken(pair.name) else {
                throw StepFailure.refused(
                    .httpHeader, "'\(pair.name.prefix(60))' is no header name", at: pair.span,
                    hint: HTTPToken.culprit(pair.name).text)
            }
            for value in pair.values {
                guard !HTTPToken.breaksHeader(value) else {
                    throw StepFailure.refused(
                        .httpHeader, "the value of '\(pair.name)' has a line break or a NUL, and is not sent",
                        at: pair.span, hint: "it could smuggle in another header; encode it, or take the break out")
                }
                list.append(HTTPHeader(pair.name, value))
            }
        }
    }

    /// Adds the body's content type unless somebody wrote one; a boundary is added to theirs.
    mutating func addContentType(_ type: String, boundary: String?) {
        let own = list.firstIndex { $0.name.lowercased() == "content-type" }
        if let own, let boundary, !list[own].value.lowercased().contains("boundary=") {
            list[own].value += "; boundary=\(boundary)"
        }
        guard !written.contains("content-type") else { return }
        list.append(HTTPHeader("Content-Type", boundary.map { "\(type); boundary=\($0)" } ?? type))
    }
}
