import Diagnostics
import Expressions
import ScenarioModel
import ScenarioSyntax

/// A kind of step with an http target, as the driver of HTTP has; it parses no step.
struct WebKind: StepKind {
    let name = "http"
    let keys = KeyTable(name: "http", summary: "A request.", keys: [])
    let resultFields: [ResultField] = []

    var targetKinds: [TargetKind] {
        let tls = KeyTable(
            name: "tls", summary: "Encryption.",
            keys: [Key("ca", .text, "Authorities."), Key("insecure", .boolean, "Trust anybody.")])
        let auth = KeyTable(name: "auth", summary: "Credentials.", keys: [Key("bearer", .text, "A token.")])
        let keys = KeyTable(
            name: "http target", summary: "A service.",
            keys: [
                Key("url", .text, required: true, "Its address."),
                Key("headers", .map(.text), "Sent with every request."),
                Key("tls", .table { tls }, "Encryption."),
                Key("auth", .oneOf([.choice(["none"]), .table { auth }]), "Credentials."),
            ])
        return [TargetKind(name: "http", keys: keys, hasURL: true)]
    }

    func parse(_ node: YAMLNode, _ reader: inout SyntaxReader) -> (any StepRequest)? { nil }
}
