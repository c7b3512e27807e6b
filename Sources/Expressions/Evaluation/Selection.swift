/// The part of a value that an expression reads, so that the rest need not be computed or converted.
indirect enum Selection: Sendable {
    case everything
    case members([String: Selection])

    /// Nothing so far.
    static let nothing = Selection.members([:])

    /// The part at the end of a path of keys.
    init(keys: some Collection<String>) {
        guard let first = keys.first else {
            self = .everything
            return
        }
        self = .members([first: Selection(keys: keys.dropFirst())])
    }

    /// Adds another part.
    mutating func merge(_ other: Selection) {
        switch (self, other) {
        case (.everything, _): break
        case (_, .everything): self = .everything
        case (.members(var own), .members(let others)):
            for (name, part) in others { own[name, default: .nothing].merge(part) }
            self = .members(own)
        }
    }
}

extension SharedValue {
    /// libjq's form of the selected part, converted at most once as a whole and once for each member.
    func foreignForm(_ selection: Selection) -> ForeignValue {
        if let known = foreign as? ForeignValue { return known }
        guard let names = fieldNames else { return remember(ForeignValue(value)) }
        switch selection {
        case .everything:
            return remember(ForeignValue(object: names.map { ($0, foreignMember($0, .everything)) }))
        case .members(let parts):
            return ForeignValue(
                object: parts.compactMap { name, part in field(name).map { (name, $0.foreignForm(part)) } })
        }
    }

    private func foreignMember(_ name: String, _ selection: Selection) -> ForeignValue {
        field(name)?.foreignForm(selection) ?? ForeignValue(.null)
    }

    private func remember(_ form: ForeignValue) -> ForeignValue {
        foreign = form
        return form
    }
}
