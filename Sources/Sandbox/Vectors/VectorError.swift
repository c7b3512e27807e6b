/// An error in the form of Qdrant's REST interface.
///
/// ```json
/// {"status": {"error": "Not found: Collection `a` doesn't exist!"}, "time": 0.0}
/// ```
struct VectorError: Error, Sendable {
    var status: Int
    var message: String

    var outgoing: Outgoing {
        .json(["status": ["error": .string(message)], "time": 0.0], status: status)
    }

    static func unknown(_ collection: String) -> Self {
        Self(status: 404, message: "Not found: Collection `\(collection)` doesn't exist!")
    }
    static func wrong(_ what: String) -> Self { Self(status: 400, message: "Wrong input: \(what)") }
    static func bad(_ what: String) -> Self { Self(status: 400, message: "Bad request: \(what)") }
    static func format(_ what: String) -> Self { Self(status: 400, message: "Format error in JSON body: \(what)") }
    static func size(_ expected: Int, _ found: Int) -> Self {
        .wrong("Vector dimension error: expected dim: \(expected), got \(found)")
    }
    static func unknownVector(_ name: String) -> Self { .wrong("Not existing vector name error: \(name)") }
    static func unsupported(_ what: String) -> Self { .bad("the sandbox's store does not know \(what)") }
}
