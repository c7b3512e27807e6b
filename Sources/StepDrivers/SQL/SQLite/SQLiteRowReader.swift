internal import Expressions
internal import SQLiteTransport

/// Turns stored cells into JSON values, by what their columns declare.
struct SQLiteRowReader {
    private let answer: SQLiteAnswer
    private let meanings: [Meaning]
    private var exactTexts = 0
    private var brokenJSON = 0

    /// What a column's declared type makes of its cells.
    private enum Meaning {
        case stored
        case boolean
        case json
        case timestamp
    }

    init(_ answer: SQLiteAnswer) {
        self.answer = answer
        meanings = answer.columns.map { Self.meaning(of: $0.declaredType?.lowercased() ?? "") }
    }

    private static func meaning(of type: String) -> Meaning {
        if type.hasPrefix("bool") { return .boolean }
        if type.hasPrefix("json") { return .json }
        return type.hasPrefix("timestamp") || type.hasPrefix("datetime") ? .timestamp : .stored
    }

    /// The columns with their types: as they are declared, else the storage class of the first value.
    var columns: [StatementAnswer.Column] {
        answer.columns.enumerated().map { index, column in
            StatementAnswer.Column(
                name: column.name, type: column.declaredType?.lowercased() ?? storageClass(ofColumn: index))
        }
    }

    private func storageClass(ofColumn index: Int) -> String {
        for row in answer.rows where row[index] != .null {
            switch row[index] {
            case .integer: return "integer"
            case .real: return "real"
            case .text: return "text"
            case .blob: return "blob"
            case .null: break
            }
        }
        return "null"
    }

    /// The rows as objects, members in the order of the columns.
    mutating func rows() -> [Value] {
        var rows: [Value] = []
        rows.reserveCapacity(answer.rows.count)
        for cells in answer.rows {
            var row = Value.Object()
            row.reserve(cells.count)
            for (index, cell) in cells.enumerated() {
                row[answer.columns[index].name] = value(of: cell, meanings[index])
            }
            rows.append(.object(row))
        }
        return rows
    }

    /// What had to be decided on the way.
    var notes: [String] {
        var notes: [String] = []
        if exactTexts > 0 {
            notes.append(
                exactTexts == 1
                    ? "1 number is carried as text, since a double would round it"
                    : "\(exactTexts) numbers are carried as text, since a double would round them")
        }
        if brokenJSON > 0 { notes.append("\(brokenJSON) values of a json column are no JSON and are kept as text") }
        if answer.brokenTexts > 0 {
            notes.append("\(answer.brokenTexts) texts are not UTF-8; U+FFFD stands for what cannot be read")
        }
        if answer.changedThroughTriggers, answer.columns.isEmpty {
            notes.append("sqlite counts no rows for a change through a view; RETURNING tells them")
        }
        return notes
    }

    private mutating func value(of cell: SQLiteCell, _ meaning: Meaning) -> Value {
        switch cell {
        case .null: return .null
        case .integer(let integer):
            if meaning == .boolean, integer == 0 || integer == 1 { return .bool(integer == 1) }
            guard integer.magnitude <= 1 << 53 else {
                exactTexts += 1
                return .string(String(integer))
            }
            return .number(Double(integer))
        case .real(let real):
            // SQLite has no NaN; it stores NULL instead.
            return real.isFinite ? .number(real) : .string(real < 0 ? "-Infinity" : "Infinity")
        case .text(let text):
            switch meaning {
            case .json: return parsed(text)
            case .timestamp: return .string(Self.rfc3339(text))
            case .stored, .boolean: return .string(text)
            }
        case .blob(let bytes): return .string(Base64.encode(bytes))
        }
    }

    private mutating func parsed(_ text: String) -> Value {
        do {
            let document = try JSON.parse(Array(text.utf8))
            exactTexts += document.exactTexts
            return document.value
        } catch {
            brokenJSON += 1
            return .string(text)
        }
    }

    /// The form of RFC 3339 of what `CURRENT_TIMESTAMP` writes, which is in UTC; other texts as they are.
    private static func rfc3339(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let pattern = Array("dddd-dd-dd dd:dd:dd".utf8)
        guard bytes.count >= pattern.count, text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
        func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        for (byte, wanted) in zip(bytes, pattern) {
            guard wanted == UInt8(ascii: "d") ? isDigit(byte) : byte == wanted else { return text }
        }
        let fraction = bytes[pattern.count...]
        guard
            fraction.isEmpty
                || (fraction.first == UInt8(ascii: ".") && fraction.count > 1
                    && fraction.dropFirst().allSatisfy(isDigit))
        else { return text }
        return text.prefix(10) + "T" + text.dropFirst(11) + "Z"
    }
}

extension SQLiteCell {
    /// A parameter's value as SQLite stores it; a text stays a text, which a numeric column reads as its number.
    init(_ value: Value) {
        switch value {
        case .null: self = .null
        case .bool(let bool): self = .integer(bool ? 1 : 0)
        case .number(let number):
            if number.isNaN {
                self = .text("NaN")
            } else if let integer = Int64(exactly: number), integer.magnitude <= 1 << 53 {
                self = .integer(integer)
            } else {
                self = .real(number)
            }
        case .string(let text): self = .text(text)
        case .array, .object: self = .text(value.tojson)
        }
    }
}
