public import Diagnostics
public import Expressions

extension Configuration {
    /// This configuration with the addresses of the started sandbox, by service, and its API key.
    ///
    /// Targets that set their own address or `auth` keep them. `settings` holds what a service wants said of it beside
    /// an address, by service.
    public func applying(
        sandbox endpoints: [String: String], apiKey: String, settings: [String: Value.Object] = [:]
    ) -> Configuration {
        var applied = self
        applied.targets = targets.map { target in
            guard let service = target.sandboxService else { return target }
            if let found = settings[service] { return target.reached(by: found) }
            guard let url = endpoints[service] else { return target }
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

    /// The target's own settings over those that the sandbox tells, but for where it is.
    fileprivate func reached(by told: Value.Object) -> Target {
        var target = self
        target.sandboxService = nil
        let found = ValueTemplate(.object(told), settings.span)
        target.settings = settings.merged(over: found)
        let address = SandboxService.addressKey(of: kind)
        if let place = found[address] { target.settings.set(address, to: place) }
        return target
    }

    /// A target whose address the sandbox chooses when it starts.
    public init(_ service: SandboxService, declaredAt span: SourceSpan) {
        let note = SandboxService.pendingURL
        let address = ValueTemplate.Member(
            key: SandboxService.addressKey(of: service.kind), keySpan: span,
            value: .literal(.string(note), text: note, span))
        self.init(
            name: service.name, kind: service.kind, isDefault: service.isDefault, settings: .object([address], span),
            origin: .sandbox)
        sandboxService = service.name
    }
}

extension ValueTemplate {
    /// A value as if it were written.
    fileprivate init(_ value: Value, _ span: SourceSpan) {
        switch value {
        case .object(let object):
            self = .object(
                object.map { key, value in Member(key: key, keySpan: span, value: ValueTemplate(value, span)) }, span)
        case .array(let elements): self = .array(elements.map { ValueTemplate($0, span) }, span)
        case .null, .bool, .number, .string: self = .literal(value, text: value.tostring, span)
        }
    }
}
