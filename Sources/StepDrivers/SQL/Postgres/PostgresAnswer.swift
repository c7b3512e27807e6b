internal import Expressions
internal import PostgresTransport
internal import ScenarioSyntax

/// Takes the rows of an answer, within limits, and makes values of them as they come.
final class PostgresAnswer: PostgresReceiver {
    private let limits: RowLimits
    private let types: PostgresTypes
    private var decoder: PostgresDecoder
    /// How the rows are read; nil for a statement without rows.
    private(set) var layout: PostgresLayout?
    /// How the rows of the same statement were read the last time.
    private let known: PostgresLayout?
    private var rows: [Value] = []
    private var bytes = 0
    private var tag = ""
    private var isTruncated = false
    /// Whether rows of the statement that is under way have begun.
    private var hasBegun = false

    init(_ limits: RowLimits, _ types: PostgresTypes, known: PostgresLayout?) {
        self.limits = limits
        self.types = types
        self.known = known
        decoder = PostgresDecoder(types)
    }

    /// The numbers of the types that have to be known before ``statementAnswer(_:)`` is complete.
    var unknownTypes: [UInt32] {
        guard let layout, !layout.isComplete else { return [] }
        return types.unknown(layout.columns.map(\.type))
    }

    func begin(_ columns: [PostgresColumn]) {
        hasBegun = true
        rows = []
        bytes = 0
        isTruncated = false
        layout = known.flatMap { $0.columns == columns ? $0 : nil } ?? PostgresLayout(columns, types)
    }

    func take(_ row: borrowing PostgresRow) -> RowDemand {
        guard let layout else { return .more }
        guard rows.count < limits.rows else {
            isTruncated = true
            return limits.leavesOutRows ? .discard : .stop("the answer has more than \(limits.rows) rows")
        }
        var values = [Value](repeating: .null, count: layout.empty.count)
        for index in layout.columns.indices {
            let slot = layout.slots[index]
            row.withCell(index) { cell in
                guard let cell else {
                    values[slot] = .null
                    return
                }
                bytes += cell.count
                guard bytes <= limits.bytes else { return }
                if let type = layout.types[index] {
                    values[slot] = decoder.value(cell, type)
                } else {
                    values[slot] = .string(String(decoding: cell, as: UTF8.self))
                }
            }
        }
        guard bytes <= limits.bytes else {
            return .stop("the answer has more than \(QuantityText.bytes(limits.bytes)) of values")
        }
        rows.append(.object(layout.empty.with(values)))
        return .more
    }

    func end(_ tag: String) {
        self.tag = tag
        // A script's statement without rows leaves none of an earlier one's.
        if !hasBegun {
            rows = []
            layout = nil
        }
        hasBegun = false
    }

    /// The answer as the steps see it, once all types are known.
    func statementAnswer(_ notices: [PostgresNotice]) -> StatementAnswer {
        readLateColumns()
        var answer = StatementAnswer()
        answer.columns = layout?.shown ?? []
        answer.rows = rows
        let (command, count) = Self.parts(of: tag)
        answer.command = command
        answer.rowCount = layout == nil ? count : rows.count
        answer.isTruncated = isTruncated
        answer.notes = notices.map { "\($0.severity.lowercased()): \($0.message)" } + decoder.unread
        if decoder.exactTexts > 0 {
            answer.notes.append(
                decoder.exactTexts == 1
                    ? "a number is carried as text, since a JSON number would round it"
                    : "\(decoder.exactTexts) numbers are carried as text, since JSON numbers would round them")
        }
        return answer
    }

    /// The command and the rows that it concerned: `INSERT 0 3` says `INSERT` and 3.
    private static func parts(of tag: String) -> (command: String, count: Int) {
        var tag = tag
        return tag.withUTF8 { bytes in
            var end = bytes.count
            var count: Int?
            while end > 0 {
                let start = bytes[..<end].lastIndex(of: UInt8(ascii: " ")).map { $0 + 1 } ?? 0
                guard bytes[start..<end].allSatisfy({ (0x30...0x39).contains($0) }) else { break }
                // The last number is that of the rows; before it an OID may stand.
                count = count ?? Int(String(decoding: bytes[start..<end], as: UTF8.self))
                end = max(0, start - 1)
            }
            return (String(decoding: bytes[..<end], as: UTF8.self), end > 0 ? count ?? 0 : 0)
        }
    }

    /// Reads the texts of columns whose types were not known when they came.
    private func readLateColumns() {
        guard let late = layout, !late.isComplete else { return }
        let now = PostgresLayout(late.columns, types)
        for (index, known) in late.types.enumerated() where known == nil {
            guard let type = now.types[index], type.form != .text else { continue }
            let slot = late.slots[index]
            for row in rows.indices {
                guard case .object(let object) = rows[row], case .string(let text) = object.values[slot] else {
                    continue
                }
                var values = object.values
                values[slot] = Array(text.utf8).withUnsafeBufferPointer { decoder.value($0, type) }
                rows[row] = .object(late.empty.with(values))
            }
        }
        layout = now
    }
}
