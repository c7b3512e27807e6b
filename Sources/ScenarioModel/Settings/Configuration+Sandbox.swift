public import Diagnostics
internal import Expressions

extension Configuration {
    /// This configuration with the addresses of the started sandbox, by service, and its API key.
    ///
    /// Targets that set their own `url` or `auth` keep them.
    public func applying(sandbox endpoints: [String: String], apiKey: String) -> Configuration {
        var applied = self
        applied.targets = targets.map { target in
            guard let service = target.sandboxService, let url = endpoints[service] else { return target }
            return target.reached(at: url, key: apiKey, of: service)
        }
        return applied
    }
}

extension Target {
    fileprivate func reached(at url: String, key: String, of service: String) -> Target {
        var target = self
        let span = settings.span
        target.sandboxService = nil
        target.settings.set("url", to: .literal(.string(url), text: url, span))
        let asksForKey = SandboxService.all.contains { $0.name == service && $0.needsKey }
        if asksForKey, !key.isEmpty, settings["auth"] == nil {
            let bearer = ValueTemplate.Member(
                key: "bearer", keySpan: span, value: .literal(.string(key), text: key, span))
            target.settings.set("auth", to: .object([bearer], span))
        }
        return target
    }

    /// A target whose address the sandbox chooses when it starts.
    public init(_ service: SandboxService, declaredAt span: SourceSpan) {
        let note = SandboxService.pendingURL
        let url = ValueTemplate.Member(key: "url", keySpan: span, value: .literal(.string(note), text: note, span))
        self.init(
            name: service.name, kind: service.kind, isDefault: service.isDefault, settings: .object([url], span),
            origin: .sandbox)
        sandboxService = service.name
    }
}
