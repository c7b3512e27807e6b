internal import Expressions

/// A request of Qdrant's REST interface.
struct QdrantRequest {
    enum Parameters {
        case none, common, reading, writing
    }

    var method: String
    var path: String
    var body: [UInt8]?
    var parameters = Parameters.none

    init(_ method: String, _ path: String, _ parameters: Parameters = .none, body: [UInt8]? = nil) {
        self.method = method
        self.path = path
        self.parameters = parameters
        self.body = body
    }

    /// A path below a collection.
    static func path(_ collection: String, _ rest: String = "") -> String {
        "/collections/" + PercentEncoding.component(collection) + rest
    }
}

/// Puts a JSON object together from members that are JSON already.
struct JSONObjectWriter {
    private(set) var bytes: [UInt8] = [UInt8(ascii: "{")]
    private var isFirst = true

    mutating func add(_ key: String, _ json: [UInt8]?) {
        guard let json else { return }
        begin(key)
        bytes += json
    }

    mutating func add(_ key: String, _ json: String?) { add(key, json.map { Array($0.utf8) }) }
    mutating func add(_ key: String, text: String?) { add(key, text.map { Value.string($0).json() }) }
    mutating func add(_ key: String, _ number: Int?) { add(key, number.map { String($0) }) }
    mutating func add(_ key: String, _ flag: Bool?) { add(key, flag.map { String($0) }) }

    /// Adds a member whose value is written in place.
    mutating func add(_ key: String, _ write: (inout [UInt8]) -> Void) {
        begin(key)
        write(&bytes)
    }

    /// Adds the members of a JSON object that stands by itself.
    mutating func merge(_ object: [UInt8]?) {
        guard let object, object.first == UInt8(ascii: "{"), object.count > 2 else { return }
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        bytes += object.dropFirst().dropLast()
    }

    consuming func finish() -> [UInt8] {
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    private mutating func begin(_ key: String) {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        Value.string(key).appendJSON(to: &bytes)
        bytes.append(UInt8(ascii: ":"))
    }
}
