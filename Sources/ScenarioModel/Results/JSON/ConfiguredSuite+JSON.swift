extension ConfiguredSuite: ResultRecord {
    func write(to writer: inout some ResultWriter) {
        writer.text("suite", suite)
        writer.texts("scenarios", scenarios)
        writer.texts("missing", unlessEmpty: missing)
    }

    init(from reader: ResultReader) throws(ResultFormatError) {
        self.init(
            suite: try reader.text("suite"), scenarios: try reader.texts("scenarios"),
            missing: try reader.texts("missing"))
    }
}
