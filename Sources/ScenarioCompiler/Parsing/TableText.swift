import Diagnostics
import Expressions

/// Reads rows of CSV (RFC 4180) and JSON Lines.
enum TableText {
    /// Rows as objects by the header's names; every value is text.
    static func csv(_ source: SourceFile, into diagnostics: inout [Diagnostic]) -> [Value]? {
        guard let text = utf8(source, into: &diagnostics) else { return nil }
        var records: [(fields: [String], offset: Int)] = []
        var fields: [String] = []
        var field: [UInt8] = []
        var isQuoted = false
        var wasQuoted = false
        var start = 0
        var quoteStart = 0
        func endField() {
            fields.append(String(decoding: field, as: UTF8.self))
            field.removeAll(keepingCapacity: true)
            wasQuoted = false
        }
        var i = source.lines.starts[0]
        start = i
        while i < text.count {
            let byte = text[i]
            if isQuoted {
                if byte == 0x22, i + 1 < text.count, text[i + 1] == 0x22 {
                    field.append(0x22)
                    i += 1
                } else if byte == 0x22 {
                    isQuoted = false
                } else {
                    field.append(byte)
                }
            } else if byte == 0x22, field.isEmpty, !wasQuoted {
                isQuoted = true
                wasQuoted = true
                quoteStart = i
            } else if byte == 0x2C {
                endField()
            } else if byte == 0x0A || byte == 0x0D {
                if byte == 0x0D, i + 1 < text.count, text[i + 1] == 0x0A { i += 1 }
                let isBlank = fields.isEmpty && field.isEmpty && !wasQuoted
                endField()
                if !isBlank { records.append((fields, start)) }
                fields = []
                start = i + 1
            } else {
                field.append(byte)
            }
            i += 1
        }
        if isQuoted {
            diagnostics.append(
                Diagnostic(.table, at: SourceSpan(source, quoteStart..<quoteStart + 1), "this quote is never closed"))
            return nil
        }
        if !fields.isEmpty || !field.isEmpty || wasQuoted {
            endField()
            records.append((fields, start))
        }
        guard let header = records.first else { return [] }
        if Set(header.fields).count != header.fields.count {
            diagnostics.append(
                Diagnostic(
                    .table, at: SourceSpan(source, header.offset..<header.offset), "two columns have the same name"))
            return nil
        }
        var rows: [Value] = []
        for record in records.dropFirst() {
            guard record.fields.count == header.fields.count else {
                diagnostics.append(
                    Diagnostic(
                        .table, at: SourceSpan(source, record.offset..<record.offset + 1),
                        "this row has \(record.fields.count) of the \(header.fields.count) fields that the header has",
                        hint: "a value with a comma stands in double quotes"))
                return nil
            }
            rows.append(.object(Value.Object(zip(header.fields, record.fields.map { .string($0) }))))
        }
        return rows
    }

    /// One JSON value a line; blank lines are passed over.
    static func jsonLines(_ source: SourceFile, into diagnostics: inout [Diagnostic]) -> [Value]? {
        guard utf8(source, into: &diagnostics) != nil else { return nil }
        var rows: [Value] = []
        for line in source.lines.starts.indices {
            let range = source.lines.range(ofLine: line, in: source.bytes)
            let bytes = Array(source.bytes[range])
            if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
            do throws(JSONError) {
                rows.append(try JSON.parse(bytes).value)
            } catch {
                let at = range.lowerBound + min(error.offset, bytes.count)
                diagnostics.append(
                    Diagnostic(
                        .table, at: SourceSpan(source, at..<min(at + 1, range.upperBound)),
                        "this line is not JSON: \(error.reason)"))
                return nil
            }
        }
        return rows
    }

    private static func utf8(_ source: SourceFile, into diagnostics: inout [Diagnostic]) -> [UInt8]? {
        guard String(validating: source.bytes, as: UTF8.self) != nil else {
            diagnostics.append(Diagnostic(.table, at: SourceSpan(source, 0..<0), "'\(source.path)' is not UTF-8"))
            return nil
        }
        return source.bytes
    }
}

extension Diagnostic.Code {
    static let table = Diagnostic.Code(
        "scenario.table", "A table of cases is RFC 4180 CSV with a header, or JSON Lines, in UTF-8.")
}
