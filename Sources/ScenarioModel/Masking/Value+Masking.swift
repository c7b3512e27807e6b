public import Expressions

extension Value {
    /// The value with every secret in its texts, keys and numbers replaced; such a number becomes a text.
    public func masked(by mask: SecretMask) -> Value {
        switch self {
        case .null, .bool: self
        case .number(let number): mask.hides(number) ? .string(SecretMask.replacement) : self
        case .string(let text): .string(mask.masked(text))
        case .array(let elements): .array(elements.map { $0.masked(by: mask) })
        case .object(let object): .object(object.masked(by: mask))
        }
    }
}

extension Value.Object {
    /// The members with every secret in their names and values replaced.
    public func masked(by mask: SecretMask) -> Value.Object {
        var masked = Value.Object()
        masked.reserve(count)
        for (key, value) in self { masked[mask.masked(key)] = value.masked(by: mask) }
        return masked
    }
}

extension SecretMask {
    fileprivate func hides(_ number: Double) -> Bool {
        let text = Int(exactly: number).map(String.init) ?? number.description
        return masked(text) != text
    }
}
