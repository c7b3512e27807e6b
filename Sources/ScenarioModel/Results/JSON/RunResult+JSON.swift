public import Expressions

extension RunResult: ResultWritable {
    /// The version of the events' and reports' form; a change that breaks readers raises it.
    public static let format = 1

    /// Reads a report from its JSON form (`schemas/report.json`); unknown members are left alone.
    public init(json: Value) throws(ResultFormatError) {
        let reader = try ResultReader(json)
        var start: RunStart = try reader.record("run")
        let tests: [TestResult] = try reader.records("tests")
        start.tests = tests.map(\.test)
        self.init(start: start, tests: tests, notes: try reader.texts("notes"), end: try reader.record("end"))
    }

    /// The report as a JSON value, times rounded to microseconds.
    public var json: Value {
        var writer = ValueWriter()
        write(to: &writer)
        return .object(writer.object)
    }

    /// Appends the report as one JSON document on one line, without building a value of it.
    public func appendJSON(to bytes: inout [UInt8], masking mask: SecretMask? = nil) {
        JSONBytesWriter.append(self, to: &bytes, masking: mask)
    }

    func write(to writer: inout some ResultWriter) {
        writer.integer("format", Self.format)
        writer.record("run", start)
        writer.record("summary", Summary(result: self))
        writer.record("end", end)
        writer.texts("notes", unlessEmpty: notes)
        writer.records("tests", tests)
    }

    /// The counts that readers want first.
    private struct Summary: ResultWritable {
        var result: RunResult

        func write(to writer: inout some ResultWriter) {
            writer.integer("tests", result.tests.count)
            for verdict in Verdict.allCases { writer.integer(verdict.rawValue, result.count(verdict)) }
            writer.integer("flaky", result.tests.count(where: \.isFlaky))
        }
    }
}
