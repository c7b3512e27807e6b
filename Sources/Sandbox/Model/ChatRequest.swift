/// A chat completion that was asked for, checked.
struct ChatRequest: Sendable {
    /// The completion's length where the request names none, in tokens.
    static let defaultMaximumTokens = 256

    var model: String
    var messages: [Message]
    var temperature: Double
    var maximumTokens: Int
    var choices: Int
    var stop: [String]
    var seed: Int?
    var streams: Bool
    var includesUsage: Bool

    /// One message of the conversation.
    struct Message: Sendable, Hashable {
        var role: String
        var content: String
    }

    private static let roles: Set = ["system", "developer", "user", "assistant", "tool"]

    /// The request that asks a model one thing, at temperature 0.
    init(model: String, prompt: String) {
        self.model = model
        messages = [Message(role: "user", content: prompt)]
        temperature = 0
        maximumTokens = Self.defaultMaximumTokens
        choices = 1
        stop = []
        streams = false
        includesUsage = false
    }

    /// Checks a request's body; the error names the member that is wrong.
    init(_ body: JSON) throws(APIError) {
        let fields = try FieldReader(body)
        model = try Self.model(fields)
        messages = try Self.messages(try fields.required("messages"))
        temperature = try fields.number("temperature", in: 0...2) ?? 1
        _ = try fields.number("top_p", in: 0...1)
        let limit = try fields.integer("max_completion_tokens", in: 1...4096)
        maximumTokens = try fields.integer("max_tokens", in: 1...4096) ?? limit ?? Self.defaultMaximumTokens
        choices = try fields.integer("n", in: 1...8) ?? 1
        stop = (try fields.strings("stop", atMost: 4) ?? []).filter { !$0.isEmpty }
        seed = try fields.integer("seed", in: Int.min...Int.max)
        streams = try fields.bool("stream") ?? false
        _ = try fields.string("user")
        if let options = body["stream_options"], !options.isNull {
            guard case .object = options else {
                throw .wrongType("stream_options", expected: "an object", found: options)
            }
            includesUsage = options["include_usage"]?.bool ?? false
        } else {
            includesUsage = false
        }
    }

    /// The model that a request's body names.
    static func model(_ fields: FieldReader) throws(APIError) -> String {
        let value = try fields.required("model")
        guard let name = value.string else { throw .wrongType("model", expected: "a string", found: value) }
        return name
    }

    private static func messages(_ value: JSON) throws(APIError) -> [Message] {
        guard let elements = value.array else { throw .wrongType("messages", expected: "an array", found: value) }
        guard !elements.isEmpty else {
            throw .invalid("Invalid 'messages': empty array.", param: "messages", code: "empty_array")
        }
        var messages: [Message] = []
        for (index, element) in elements.enumerated() {
            messages.append(try message(element, at: "messages[\(index)]"))
        }
        return messages
    }

    private static func message(_ element: JSON, at place: String) throws(APIError) -> Message {
        guard case .object = element else { throw .wrongType(place, expected: "an object", found: element) }
        guard let role = element["role"] else { throw .missing("\(place).role") }
        guard let name = role.string else { throw .wrongType("\(place).role", expected: "a string", found: role) }
        guard roles.contains(name) else {
            throw .invalid(
                "Invalid value: '\(name)'. Supported values are: \(roles.sorted().joined(separator: ", ")).",
                param: "\(place).role", code: "invalid_value")
        }
        guard let content = element["content"] else { throw .missing("\(place).content") }
        switch content {
        case .string(let text): return Message(role: name, content: text)
        case .array(let parts):
            var text = ""
            for (index, part) in parts.enumerated() {
                guard let piece = part["text"]?.string else { throw .missing("\(place).content[\(index)].text") }
                text += piece
            }
            return Message(role: name, content: text)
        default: throw .wrongType("\(place).content", expected: "a string or an array", found: content)
        }
    }

    var lastUserText: String {
        messages.last { $0.role == "user" }?.content ?? messages.last?.content ?? ""
    }

    /// The prompt's length: its texts, three tokens around each message and three before the answer.
    var promptTokens: Int {
        messages.reduce(3) { $0 + Tokens.count($1.content) + 3 }
    }
}
