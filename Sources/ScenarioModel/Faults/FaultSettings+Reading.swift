public import Expressions
internal import ScenarioSyntax

extension FaultSettings {
    /// Reads the members of a fault, unknown ones aside.
    ///
    /// - Throws: The first value that is none of its key.
    public init(_ object: Value.Object) throws(Problem) {
        self.init()
        for (key, value) in object { try read(key, value) }
        guard Self.kinds.contains(where: { object[$0] != nil }) else {
            throw Problem(
                key: nil, message: "a fault without trouble",
                hint: "give it one of \(Self.kinds.joined(separator: ", "))")
        }
        if jitter != nil, latency == nil {
            throw Problem(key: "jitter", message: "'jitter' without 'latency'", hint: "add 'latency', or remove it")
        }
    }

    /// Reads one member.
    public mutating func read(_ key: String, _ value: Value) throws(Problem) {
        switch key {
        case "latency": latency = try Self.duration(key, value)
        case "jitter": jitter = try Self.duration(key, value)
        case "slow_close": slowClose = try Self.duration(key, value)
        case "bandwidth": bandwidth = try Self.bandwidth(value)
        case "hang": hangs = try Self.boolean(key, value)
        case "refuse": refuses = try Self.boolean(key, value)
        case "reset":
            if value.tostring == "true" {
                resetAfter = 0
            } else if value.tostring != "false" {
                resetAfter = try Self.size(key, value, phrase: "true, or a size such as 10KiB")
            }
        case "truncate": truncateAfter = try Self.size(key, value)
        case "slice":
            let size = try Self.size(key, value)
            guard size > 0 else { throw Self.problem(key, value, "a size such as 100B") }
            slice = size
        case "corrupt": corrupt = try Self.share(key, value)
        case "chance": chance = try Self.share(key, value)
        case "first":
            guard let count = Int(value.tostring), count > 0 else {
                throw Self.problem(key, value, "a whole number from 1 on")
            }
            first = count
        case "cut_sse_after":
            guard let count = Int(value.tostring), count >= 0 else { throw Self.problem(key, value, "a whole number") }
            cutEventsAfter = count
        case "direction":
            guard let known = Direction(rawValue: value.tostring) else {
                throw Self.problem(key, value, "'request', 'response' or 'both'")
            }
            direction = known
        case "respond": respond = try Response(value)
        default: break
        }
    }

    /// One line that names each kind with its value: `latency 300ms, first 2`.
    public static func summary(_ object: Value.Object) -> String {
        object.map { key, value in
            switch value {
            case .bool(true): key
            case .string, .number, .bool, .null: "\(key) \(value.tostring)"
            case .array, .object: "\(key) \(value.json())"
            }
        }.joined(separator: ", ")
    }

    private static func problem(_ key: String, _ value: Value, _ phrase: String) -> Problem {
        Problem(
            key: key, message: "'\(key)' of a fault is \(value.preview(60)), and needs \(phrase)",
            hint: "'plumb explain fault' shows each")
    }

    private static func duration(_ key: String, _ value: Value) throws(Problem) -> Duration {
        guard let text = value.string, let duration = DurationText.parse(text) else {
            throw problem(key, value, "a duration such as 300ms")
        }
        return duration
    }

    private static func boolean(_ key: String, _ value: Value) throws(Problem) -> Bool {
        switch value.tostring {
        case "true": return true
        case "false": return false
        default: throw problem(key, value, "true")
        }
    }

    private static func size(
        _ key: String, _ value: Value, phrase: String = "a size such as 10KiB"
    ) throws(Problem) -> Int {
        let text = value.tostring
        guard value.array == nil, value.object == nil, let size = QuantityText.parseSize(text) ?? Int(text), size >= 0
        else { throw problem(key, value, phrase) }
        return size
    }

    private static func bandwidth(_ value: Value) throws(Problem) -> Int {
        let text = value.tostring
        guard text.hasSuffix("/s"), let size = QuantityText.parseSize(String(text.dropLast(2))), size > 0 else {
            throw problem("bandwidth", value, "bytes per second such as 10KiB/s")
        }
        return size
    }

    private static func share(_ key: String, _ value: Value) throws(Problem) -> Double {
        let text = value.tostring
        let share = text.hasSuffix("%") ? Double(text.dropLast()).map { $0 / 100 } : Double(text)
        guard let share, (0...1).contains(share) else { throw problem(key, value, "a share from 0 to 1") }
        return share
    }
}

extension FaultSettings.Response {
    fileprivate init(_ value: Value) throws(FaultSettings.Problem) {
        func problem(_ message: String) -> FaultSettings.Problem {
            .init(key: "respond", message: message, hint: "write 'respond: { status: 503, json: { … } }'")
        }
        guard let object = value.object else { throw problem("'respond' is \(value.type), not a mapping") }
        guard let status = object["status"].flatMap({ Int($0.tostring) }), (200...599).contains(status) else {
            throw problem("'respond' has no status from 200 to 599")
        }
        var headers: [(name: String, value: String)] = []
        for (name, value) in object["headers"]?.object ?? .init() {
            let text = value.tostring
            guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x3A }),
                !text.utf8.contains(where: { $0 == 0x0D || $0 == 0x0A || $0 == 0 })
            else { throw problem("'respond' has a header '\(name.prefix(40))' that cannot be sent") }
            headers.append((name, text))
        }
        let names = headers.map { $0.name.lowercased() }
        if names.contains("content-length") || names.contains("transfer-encoding") {
            throw problem("'respond' sets the length of its answer, which follows from the body")
        }
        var body = ""
        if let json = object["json"] {
            body = json.tojson
            if !names.contains("content-type") { headers.append(("content-type", "application/json")) }
        } else if let text = object["text"] {
            body = text.tostring
            if !names.contains("content-type") { headers.append(("content-type", "text/plain; charset=utf-8")) }
        }
        self.init(status: status, headers: headers, body: body)
    }
}
