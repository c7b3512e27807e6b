public import Expressions

/// The forms of events, one object each, told apart by `event`:
///
/// ```json
/// {"event":"run_started","format":1,"id":"7f3a","version":"0.1.0","seed":"42","started":"…","jobs":4,"tests":[…]}
/// {"event":"test_started","test":0,"ms":1.2}
/// {"event":"step_started","test":0,"id":"chat","trail":"chat","kind":"http","ms":1.3}
/// {"event":"step_progressed","test":0,"trail":"written","done":2560,"total":100000,"unit":"points","ms":9.5}
/// {"event":"step_finished","test":0,"id":"chat","trail":"chat","verdict":"passed","ms":12.4}
/// {"event":"test_finished","test":0,"result":{…}}
/// {"event":"need_cleaned","test":0,"cleanup":{…}}
/// {"event":"note","text":"the worker was restarted"}
/// {"event":"run_finished","ms":31.5,"status":0,"requests":4}
/// ```
extension RunEvent: ResultRecord {
    func write(to writer: inout some ResultWriter) {
        switch self {
        case .runStarted(let start):
            writer.symbol("event", "run_started")
            writer.integer("format", RunResult.format)
            start.write(to: &writer)
            writer.records("tests", start.tests)
        case .testStarted(let test, let ms):
            writer.symbol("event", "test_started")
            writer.integer("test", test)
            writer.milliseconds("ms", ms)
        case .stepStarted(let test, let id, let trail, let kind, let ms):
            writer.symbol("event", "step_started")
            writer.integer("test", test)
            writer.text("id", id)
            writer.text("trail", trail)
            writer.symbol("kind", kind)
            writer.milliseconds("ms", ms)
        case .stepProgressed(let test, let trail, let progress, let ms):
            writer.symbol("event", "step_progressed")
            writer.integer("test", test)
            writer.text("trail", trail)
            writer.integer("done", progress.done)
            writer.integer("total", ifPresent: progress.total)
            writer.symbol("unit", progress.unit)
            writer.milliseconds("ms", ms)
        case .stepFinished(let test, let id, let trail, let verdict, let ms):
            writer.symbol("event", "step_finished")
            writer.integer("test", test)
            writer.text("id", id)
            writer.text("trail", trail)
            writer.symbol("verdict", verdict.rawValue)
            writer.milliseconds("ms", ms)
        case .testFinished(let result):
            writer.symbol("event", "test_finished")
            writer.integer("test", result.test.index)
            writer.record("result", result)
        case .needCleaned(let test, let cleanup):
            writer.symbol("event", "need_cleaned")
            writer.integer("test", test)
            writer.record("cleanup", cleanup)
        case .note(let text):
            writer.symbol("event", "note")
            writer.text("text", text)
        case .runFinished(let end):
            writer.symbol("event", "run_finished")
            end.write(to: &writer)
        }
    }

    init(from reader: ResultReader) throws(ResultFormatError) {
        switch try reader.text("event") {
        case "run_started":
            self = .runStarted(try RunStart(from: reader))
        case "test_started":
            self = .testStarted(test: try reader.integer("test"), ms: try reader.milliseconds("ms"))
        case "step_started":
            self = .stepStarted(
                test: try reader.integer("test"), id: try reader.text("id"), trail: try reader.text("trail"),
                kind: try reader.text("kind"), ms: try reader.milliseconds("ms"))
        case "step_progressed":
            self = .stepProgressed(
                test: try reader.integer("test"), trail: try reader.text("trail"),
                progress: StepProgress(
                    done: try reader.integer("done"), of: try reader.optionalInteger("total"),
                    unit: try reader.text("unit")), ms: try reader.milliseconds("ms"))
        case "step_finished":
            self = .stepFinished(
                test: try reader.integer("test"), id: try reader.text("id"), trail: try reader.text("trail"),
                verdict: try reader.symbol("verdict"), ms: try reader.milliseconds("ms"))
        case "test_finished":
            self = .testFinished(try reader.record("result"))
        case "need_cleaned":
            self = .needCleaned(test: try reader.integer("test"), cleanup: try reader.record("cleanup"))
        case "note":
            self = .note(try reader.text("text"))
        case "run_finished":
            self = .runFinished(try RunEnd(from: reader))
        default:
            throw ResultFormatError(path: ".event", expected: "a known event")
        }
    }

    /// Reads an event from its JSON form (`schemas/event.json`); unknown members are left alone.
    public init(json: Value) throws(ResultFormatError) {
        try self.init(from: ResultReader(json))
    }

    /// The event as a JSON value, times rounded to microseconds.
    public var json: Value { json(masking: nil) }

    /// The event as a JSON value with every secret replaced.
    public func json(masking mask: SecretMask?) -> Value {
        var writer = ValueWriter(mask: mask)
        write(to: &writer)
        return .object(writer.object)
    }

    /// Appends the event as one line of JSON with its line end, every secret replaced.
    public func appendJSONLine(to bytes: inout [UInt8], masking mask: SecretMask? = nil) {
        JSONBytesWriter.append(self, to: &bytes, masking: mask)
        bytes.append(0x0A)
    }
}

extension RunStart: ResultRecord {
    /// Writes all but the tests, which a report holds as results.
    func write(to writer: inout some ResultWriter) {
        writer.text("id", id)
        writer.text("version", version)
        writer.text("seed", seed)
        writer.text("profile", ifPresent: profile)
        writer.text("started", started)
        if startedUnixMs > 0 { writer.milliseconds("started_unix_ms", startedUnixMs) }
        writer.integer("jobs", jobs)
        writer.records("suites", unlessEmpty: suites)
    }

    init(from reader: ResultReader) throws(ResultFormatError) {
        self.init(
            id: try reader.text("id"), version: try reader.text("version"), seed: try reader.text("seed"),
            profile: try reader.optionalText("profile"), started: try reader.text("started"),
            startedUnixMs: try reader.milliseconds("started_unix_ms"), jobs: try reader.integer("jobs"),
            tests: try reader.records("tests"))
        suites = try reader.records("suites")
    }
}

extension RunEnd: ResultRecord {
    func write(to writer: inout some ResultWriter) {
        writer.milliseconds("ms", ms)
        writer.flag("interrupted", ifSet: isInterrupted)
        writer.integer("status", status)
        writer.integer("requests", requests)
    }

    init(from reader: ResultReader) throws(ResultFormatError) {
        self.init(
            ms: try reader.milliseconds("ms"), isInterrupted: try reader.flag("interrupted"),
            status: try reader.integer("status"), requests: try reader.integer("requests", default: 0))
    }
}
