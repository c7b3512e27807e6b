internal import Diagnostics
internal import Expressions
internal import ScenarioModel

/// Finds credentials of a profile's targets that no secret holds, so that output and reports would show them.
enum OpenCredentials {
    private static let names: Set<String> = [
        "password", "bearer", "client_secret", "api_key", "sslpassword", "authorization", "x-api-key",
    ]

    /// A warning for each, at its value, which the excerpt hides.
    static func warnings(of configuration: Configuration) -> [Diagnostic] {
        let found = configuration.targets.flatMap { members(in: $0.settings) }
        var hidden: [SourceFile: SourceFile] = [:]
        for file in Set(found.map(\.value.span.file)) {
            var bytes = file.bytes
            for member in found where member.value.span.file == file {
                guard case .literal(_, _, let span) = member.value else { continue }
                for index in span.range where bytes.indices.contains(index) && bytes[index] != 0x0A {
                    bytes[index] = UInt8(ascii: "*")
                }
            }
            hidden[file] = SourceFile(path: file.path, bytes: bytes)
        }
        return found.map { member in
            let span = member.value.span
            return Diagnostic(
                .openCredential, .warning, at: SourceSpan(hidden[span.file] ?? span.file, span.range),
                "'\(member.key)' is no secret, so output and reports show it",
                hint: "declare a variable under 'secrets', and write ${{ $secrets.NAME }}")
        }
    }

    private static func members(in template: ValueTemplate) -> [ValueTemplate.Member] {
        guard case .object(let members, _) = template else { return [] }
        return members.flatMap { member in
            names.contains(member.key.lowercased()) && isOpen(member.value) ? [member] : self.members(in: member.value)
        }
    }

    /// Whether the value is written out, or comes from the environment by a name that is not declared.
    private static func isOpen(_ value: ValueTemplate) -> Bool {
        switch value {
        case .literal(let value, _, _): return value.string?.isEmpty == false
        case .template(let template, _):
            let read = Set(template.expressions.flatMap { $0.analysis.references.map(\.variable) })
            return read.contains("env") && !read.contains("secrets")
        case .array, .object: return false
        }
    }
}

extension Diagnostic.Code {
    static let openCredential = Diagnostic.Code(
        "config.open-credential",
        "A password, key or token of a target is written out, or read from the environment without being declared under "
            + "`secrets`: nothing masks it then in output and reports.")
}
