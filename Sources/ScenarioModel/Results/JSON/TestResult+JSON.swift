public import Expressions

extension TestName: ResultRecord {
    func write(to writer: inout some ResultWriter) {
        writer.integer("index", index)
        writer.text("name", name)
        writer.text("file", file)
        if !suite.isEmpty { writer.text("suite", suite) }
        writer.text("scenario", scenario)
        writer.text("row", ifPresent: row)
    }

    init(from reader: ResultReader) throws(ResultFormatError) {
        self.init(
            index: try reader.integer("index"), name: try reader.text("name"), file: try reader.text("file"),
            suite: try reader.text("suite", default: ""), scenario: try reader.text("scenario"),
            row: try reader.optionalText("row"))
    }
}

extension TestResult: ResultRecord {
    func write(to writer: inout some ResultWriter) {
        test.write(to: &writer)
        writer.text("description", ifPresent: description)
        writer.texts("tags", unlessEmpty: tags)
        writer.symbol("verdict", verdict.rawValue)
        writer.text("reason", ifPresent: reason)
        writer.flag("flaky", ifSet: isFlaky)
        writer.milliseconds("started_ms", startedMs)
        writer.milliseconds("ms", ms)
        writer.records("failures", unlessEmpty: failures)
        writer.records("needs", unlessEmpty: needs)
        // Always there, so that `.tests[].steps[]` can be asked of any report.
        writer.records("steps", steps)
        writer.records("cleanup", unlessEmpty: cleanup)
        writer.records("needs_cleanup", unlessEmpty: needsCleanup)
    }

    init(from reader: ResultReader) throws(ResultFormatError) {
        self.init(
            test: try TestName(from: reader), description: try reader.optionalText("description"),
            tags: try reader.texts("tags"), verdict: try reader.symbol("verdict"),
            reason: try reader.optionalText("reason"), isFlaky: try reader.flag("flaky"),
            startedMs: try reader.milliseconds("started_ms"), ms: try reader.milliseconds("ms"),
            steps: try reader.records("steps"), cleanup: try reader.records("cleanup"),
            failures: try reader.records("failures"))
        needs = try reader.records("needs")
        needsCleanup = try reader.records("needs_cleanup")
    }
}

extension TestResult {
    /// The result as JSON, every secret in it replaced.
    public func json(masking mask: SecretMask?) -> Value {
        var writer = ValueWriter(mask: mask)
        write(to: &writer)
        return .object(writer.object)
    }

    /// Reads a result from its JSON form; unknown members are left alone.
    ///
    /// - Throws: `ResultFormatError` where a member is not what it is due to be.
    public init(json: Value) throws(ResultFormatError) { try self.init(from: ResultReader(json)) }
}
