internal import Diagnostics
internal import Expressions
internal import ScenarioModel
internal import ScenarioSyntax

/// The credentials of a step as written.
enum AuthTemplate: Sendable {
    /// Drops the target's.
    case none
    case basic(user: ValueTemplate, password: ValueTemplate)
    case bearer(ValueTemplate)

    /// Reads `none`, `{basic: …}` or `{bearer: …}`; nil after an error.
    init?(_ node: YAMLNode, _ reader: inout SyntaxReader) {
        if node.members == nil {
            guard node.scalar?.text == "none" else {
                reader.diagnostics.append(
                    Diagnostic(
                        .httpAuth, at: node.span, "expected 'none' or a mapping of credentials, found \(node.found)",
                        hint: "write 'auth: { bearer: … }' or 'auth: { basic: { user: …, password: … } }'"))
                return nil
            }
            self = .none
            return
        }
        guard let mapping = MappingReader(node, HTTPStep.auth, &reader.diagnostics) else { return nil }
        guard mapping.has("basic") != mapping.has("bearer") else {
            reader.diagnostics.append(
                Diagnostic(
                    .httpAuth, at: node.span, "expected either 'basic' or 'bearer'", hint: "write one of the two"))
            return nil
        }
        if let bearer = mapping["bearer"] {
            guard bearer.text(&reader.diagnostics) != nil else { return nil }
            self = .bearer(reader.value(bearer))
            return
        }
        guard let node = mapping["basic"], let basic = MappingReader(node, HTTPStep.basic, &reader.diagnostics),
            let user = basic["user"], user.text(&reader.diagnostics) != nil,
            let password = basic["password"], password.text(&reader.diagnostics) != nil
        else { return nil }
        let userTemplate = reader.value(user)
        if let literal = userTemplate.constant?.string, literal.contains(":") {
            reader.diagnostics.append(
                Diagnostic(
                    .httpAuth, at: user.span, "a user name cannot hold a colon",
                    hint: "write the header 'authorization' yourself if the server wants it so"))
        }
        self = .basic(user: userTemplate, password: reader.value(password))
    }
}
