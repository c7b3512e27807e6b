extension Place: ResultRecord {
    func write(to writer: inout some ResultWriter) {
        writer.text("file", file)
        writer.integer("line", line)
        writer.integer("column", column)
        writer.integer("end_column", endColumn)
        writer.text("text", text)
    }

    init(from reader: ResultReader) throws(ResultFormatError) {
        self.init(
            file: try reader.text("file"), line: try reader.integer("line"), column: try reader.integer("column"),
            endColumn: try reader.integer("end_column"), text: try reader.text("text", default: ""))
    }
}

extension FailureReport: ResultRecord {
    func write(to writer: inout some ResultWriter) {
        writer.symbol("code", code)
        writer.symbol("verdict", verdict.rawValue)
        writer.text("message", message)
        writer.record("place", ifPresent: place)
        writer.text("name", ifPresent: name)
        writer.records("operands", unlessEmpty: operands)
        writer.records("differences", unlessEmpty: differences)
        writer.text("hint", ifPresent: hint)
        writer.texts("settings", unlessEmpty: settings)
        writer.texts("notes", unlessEmpty: notes)
    }

    init(from reader: ResultReader) throws(ResultFormatError) {
        self.init(
            code: try reader.text("code"), verdict: try reader.symbol("verdict"), message: try reader.text("message"),
            place: try reader.optionalRecord("place"), name: try reader.optionalText("name"),
            operands: try reader.records("operands"), differences: try reader.records("differences"),
            hint: try reader.optionalText("hint"), settings: try reader.texts("settings"),
            notes: try reader.texts("notes"))
    }
}

extension FailureReport.Operand: ResultRecord {
    func write(to writer: inout some ResultWriter) {
        writer.text("text", text)
        writer.symbol("type", type)
        writer.text("value", value)
    }

    init(from reader: ResultReader) throws(ResultFormatError) {
        self.init(text: try reader.text("text"), type: try reader.text("type"), value: try reader.text("value"))
    }
}

extension FailureReport.Difference: ResultRecord {
    func write(to writer: inout some ResultWriter) {
        writer.text("path", path)
        writer.symbol("kind", kind.rawValue)
        writer.text("expected", ifPresent: expected)
        writer.text("actual", ifPresent: actual)
        writer.record("place", ifPresent: place)
    }

    init(from reader: ResultReader) throws(ResultFormatError) {
        self.init(
            path: try reader.text("path"), kind: try reader.symbol("kind"),
            expected: try reader.optionalText("expected"), actual: try reader.optionalText("actual"),
            place: try reader.optionalRecord("place"))
    }
}
