internal import Expressions

/// Why a JSON text is no event or report: the member at fault and what was due there.
public struct ResultFormatError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The member as a jq path, such as `.result.steps[2].verdict`.
    public var path: String
    /// What is due at that place, such as `a text`.
    public var expected: String

    /// Creates an error about a member.
    public init(path: String, expected: String) {
        self.path = path
        self.expected = expected
    }

    public var description: String { "'\(path.isEmpty ? "." : path)' is not \(expected)" }

    fileprivate func inside(_ key: String, at index: Int? = nil) -> Self {
        Self(path: "." + key + (index.map { "[\($0)]" } ?? "") + path, expected: expected)
    }
}

/// Gives the members of a JSON object as the types they are due to have.
struct ResultReader {
    let object: Value.Object

    /// Creates a reader of an object.
    init(_ value: Value) throws(ResultFormatError) {
        guard case .object(let object) = value else {
            throw ResultFormatError(path: "", expected: "an object")
        }
        self.object = object
    }

    /// Reads a member that may be absent.
    func optionalText(_ key: String) throws(ResultFormatError) -> String? {
        guard let value = object[key], !value.isNull else { return nil }
        guard let text = value.string else { throw wrong(key, "a text") }
        return text
    }

    /// Reads a text; absent is the given default, or an error.
    func text(_ key: String, default fallback: String? = nil) throws(ResultFormatError) -> String {
        guard let text = try optionalText(key) ?? fallback else { throw wrong(key, "a text") }
        return text
    }

    /// Reads one of an enumeration's words.
    func symbol<Symbol: RawRepresentable<String>>(
        _ key: String, of type: Symbol.Type = Symbol.self
    ) throws(ResultFormatError) -> Symbol {
        guard let symbol = Symbol(rawValue: try text(key)) else { throw wrong(key, "a known word") }
        return symbol
    }

    /// Reads an integer that may be absent.
    func optionalInteger(_ key: String) throws(ResultFormatError) -> Int? {
        guard let value = object[key], !value.isNull else { return nil }
        guard let number = value.number, let integer = Int(exactly: number) else { throw wrong(key, "an integer") }
        return integer
    }

    /// Reads an integer; absent is the given default, or an error.
    func integer(_ key: String, default fallback: Int? = nil) throws(ResultFormatError) -> Int {
        guard let integer = try optionalInteger(key) ?? fallback else { throw wrong(key, "an integer") }
        return integer
    }

    /// Reads milliseconds; absent is 0.
    func milliseconds(_ key: String) throws(ResultFormatError) -> Double {
        guard let value = object[key], !value.isNull else { return 0 }
        guard let number = value.number else { throw wrong(key, "a number") }
        return number
    }

    /// Reads a flag; absent is false.
    func flag(_ key: String) throws(ResultFormatError) -> Bool {
        guard let value = object[key], !value.isNull else { return false }
        guard let flag = value.bool else { throw wrong(key, "a boolean") }
        return flag
    }

    /// Reads an object of free members; absent is empty.
    func members(_ key: String) throws(ResultFormatError) -> Value.Object {
        guard let value = object[key], !value.isNull else { return .init() }
        guard let members = value.object else { throw wrong(key, "an object") }
        return members
    }

    /// Reads a list of texts; absent is empty.
    func texts(_ key: String) throws(ResultFormatError) -> [String] {
        var texts: [String] = []
        for element in try elements(key) {
            guard let text = element.string else { throw wrong(key, "a list of texts") }
            texts.append(text)
        }
        return texts
    }

    /// Reads a record that may be absent.
    func optionalRecord<Record: ResultRecord>(_ key: String) throws(ResultFormatError) -> Record? {
        guard let value = object[key], !value.isNull else { return nil }
        do {
            return try Record(from: ResultReader(value))
        } catch {
            throw error.inside(key)
        }
    }

    /// Reads a record.
    func record<Record: ResultRecord>(_ key: String) throws(ResultFormatError) -> Record {
        guard let record: Record = try optionalRecord(key) else { throw wrong(key, "an object") }
        return record
    }

    /// Reads a list of records; absent is empty.
    func records<Record: ResultRecord>(_ key: String) throws(ResultFormatError) -> [Record] {
        var records: [Record] = []
        for (index, element) in try elements(key).enumerated() {
            do {
                records.append(try Record(from: ResultReader(element)))
            } catch {
                throw error.inside(key, at: index)
            }
        }
        return records
    }

    private func elements(_ key: String) throws(ResultFormatError) -> [Value] {
        guard let value = object[key], !value.isNull else { return [] }
        guard let elements = value.array else { throw wrong(key, "a list") }
        return elements
    }

    private func wrong(_ key: String, _ expected: String) -> ResultFormatError {
        ResultFormatError(path: "." + key, expected: expected)
    }
}
