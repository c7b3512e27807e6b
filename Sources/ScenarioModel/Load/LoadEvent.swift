public import Expressions

/// What happens in a load, as it happens; `--report jsonl` writes one a line.
///
/// ```json
/// {"event":"load_started","format":1,"id":"7f3a", …}
/// {"event":"interval","start_ms":0,"length_ms":1000,"runs":200, …}
/// {"event":"note","text":"…"}
/// {"event":"load_finished","end":"completed","aggregate":{…}}
/// ```
public enum LoadEvent: WorkerEvent, Hashable {
    /// The first event.
    case started(LoadStart)
    /// A stretch of time has passed.
    case interval(LoadInterval)
    case note(String)
    /// The last event.
    case finished(LoadOutcome)
}

/// What is known when a load starts.
public struct LoadStart: Sendable, Hashable {
    /// New for each run.
    public var id: String
    public var version: String
    public var seed: String
    public var profile: String?
    /// Wall-clock time, RFC 3339 in UTC.
    public var started: String
    /// The load's name in the configuration, where it has one.
    public var load: String?
    /// The tests whose runs are drawn in turn.
    public var tests: [String]
    /// The most arrivals per second that are meant; nil for users, and where a template says it.
    public var rate: Double?
    /// The most users; nil for arrivals, and where a template says it.
    public var users: Int?

    /// Creates a start.
    public init(
        id: String, version: String, seed: String, profile: String?, started: String, load: String?, tests: [String]
    ) {
        self.id = id
        self.version = version
        self.seed = seed
        self.profile = profile
        self.started = started
        self.load = load
        self.tests = tests
    }

    /// A text that loads share which can be held against one another: those of the same profile, load and tests, with
    /// as many arrivals or users.
    public var identity: String {
        let height = rate.map { "\($0)/s" } ?? users.map { "\($0) users" } ?? ""
        return String(TextHash.of(([profile ?? "", load ?? "", height] + tests).joined(separator: "\n")), radix: 16)
    }
}

extension LoadStart: ResultRecord {
    func write(to writer: inout some ResultWriter) {
        writer.text("id", id)
        writer.text("version", version)
        writer.text("seed", seed)
        writer.text("profile", ifPresent: profile)
        writer.text("started", started)
        writer.text("load", ifPresent: load)
        writer.texts("tests", tests)
        writer.value("rate", ifPresent: rate.map { .number($0) })
        writer.integer("users", ifPresent: users)
    }

    init(from reader: ResultReader) throws(ResultFormatError) {
        self.init(
            id: try reader.text("id"), version: try reader.text("version"), seed: try reader.text("seed"),
            profile: try reader.optionalText("profile"), started: try reader.text("started"),
            load: try reader.optionalText("load"), tests: try reader.texts("tests"))
        rate = reader.object["rate"]?.number
        users = try reader.optionalInteger("users")
    }
}

extension LoadEvent: ResultRecord {
    func write(to writer: inout some ResultWriter) {
        switch self {
        case .started(let start):
            writer.symbol("event", "load_started")
            writer.integer("format", LoadResult.format)
            start.write(to: &writer)
        case .interval(let interval):
            writer.symbol("event", "interval")
            interval.write(to: &writer)
        case .note(let text):
            writer.symbol("event", "note")
            writer.text("text", text)
        case .finished(let outcome):
            writer.symbol("event", "load_finished")
            outcome.write(to: &writer)
        }
    }

    init(from reader: ResultReader) throws(ResultFormatError) {
        switch try reader.text("event") {
        case "load_started": self = .started(try LoadStart(from: reader))
        case "interval": self = .interval(try LoadInterval(from: reader))
        case "note": self = .note(try reader.text("text"))
        case "load_finished": self = .finished(try LoadOutcome(from: reader))
        default: throw ResultFormatError(path: ".event", expected: "a known event")
        }
    }

    /// Reads an event from its JSON form; unknown members are left alone.
    public init(json: Value) throws(ResultFormatError) { try self.init(from: ResultReader(json)) }

    /// Appends the event as one line of JSON with its line end, every secret replaced.
    public func appendJSONLine(to bytes: inout [UInt8], masking mask: SecretMask? = nil) {
        JSONBytesWriter.append(self, to: &bytes, masking: mask)
        bytes.append(0x0A)
    }
}
