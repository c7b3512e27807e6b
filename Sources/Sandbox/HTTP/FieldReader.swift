/// Reads the members of a request's JSON object, and says which one is wrong.
struct FieldReader {
    let object: JSON

    init(_ value: JSON) throws(APIError) {
        guard case .object = value else {
            throw APIError(
                status: 400, message: "The request body must be a JSON object, but it is \(value.typeName).",
                code: "invalid_type")
        }
        object = value
    }

    /// A member that is there and not null.
    private func present(_ name: String) -> JSON? {
        guard let value = object[name], !value.isNull else { return nil }
        return value
    }

    func required(_ name: String) throws(APIError) -> JSON {
        guard let value = present(name) else { throw .missing(name) }
        return value
    }

    func string(_ name: String) throws(APIError) -> String? {
        guard let value = present(name) else { return nil }
        guard let text = value.string else { throw .wrongType(name, expected: "a string", found: value) }
        return text
    }

    func bool(_ name: String) throws(APIError) -> Bool? {
        guard let value = present(name) else { return nil }
        guard let flag = value.bool else { throw .wrongType(name, expected: "a boolean", found: value) }
        return flag
    }

    func integer(_ name: String, in range: ClosedRange<Int>) throws(APIError) -> Int? {
        guard let value = present(name) else { return nil }
        guard let number = value.integer else { throw .wrongType(name, expected: "an integer", found: value) }
        guard range.contains(number) else {
            throw .invalid(
                "Invalid value for '\(name)': \(number) is not between \(range.lowerBound) and \(range.upperBound).",
                param: name, code: "invalid_value")
        }
        return number
    }

    func number(_ name: String, in range: ClosedRange<Double>) throws(APIError) -> Double? {
        guard let value = present(name) else { return nil }
        guard let number = value.double else { throw .wrongType(name, expected: "a number", found: value) }
        guard range.contains(number) else {
            throw .invalid(
                "Invalid value for '\(name)': \(number) is not between \(range.lowerBound) and \(range.upperBound).",
                param: name, code: "invalid_value")
        }
        return number
    }

    /// A string, or a list of at most `limit` strings.
    func strings(_ name: String, atMost limit: Int) throws(APIError) -> [String]? {
        guard let value = present(name) else { return nil }
        if let text = value.string { return [text] }
        guard let elements = value.array else {
            throw .wrongType(name, expected: "a string or an array of strings", found: value)
        }
        guard elements.count <= limit else {
            throw .invalid("Too many values for '\(name)': at most \(limit).", param: name, code: "invalid_value")
        }
        var texts: [String] = []
        for (index, element) in elements.enumerated() {
            guard let text = element.string else {
                throw .wrongType("\(name)[\(index)]", expected: "a string", found: element)
            }
            texts.append(text)
        }
        return texts
    }
}
