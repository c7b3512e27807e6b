/// The keys of one kind of mapping: what the parser takes, and what schema, `explain` and reference say.
public struct KeyTable: Sendable {
    /// The mapping as messages name it: `step`, `http`, `retry`.
    public let name: String
    /// What the mapping is, in one sentence.
    public let summary: String
    public let keys: [Key]
    /// Words of other tools and the key that has their meaning here: `when` → `if`.
    public let foreign: [String: String]

    /// Creates a table.
    public init(name: String, summary: String, keys: [Key], foreign: [String: String] = [:]) {
        self.name = name
        self.summary = summary
        self.keys = keys
        self.foreign = foreign
    }

    /// The key of a name.
    public subscript(name: String) -> Key? {
        keys.first { $0.name == name }
    }
}

/// A key of a mapping.
public struct Key: Sendable {
    public let name: String
    public let shape: Shape
    /// The value that holds where the key is left out, as it would be written.
    public let defaultText: String?
    /// What the key does, in one line.
    public let doc: String
    public let isRequired: Bool

    /// Creates a key.
    public init(_ name: String, _ shape: Shape, default: String? = nil, required: Bool = false, _ doc: String) {
        self.name = name
        self.shape = shape
        self.defaultText = `default`
        self.isRequired = required
        self.doc = doc
    }
}
