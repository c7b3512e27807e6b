internal import Expressions
internal import PostgresTransport
internal import ScenarioSyntax

/// Takes the rows of an answer, within limits, and makes values of them as they come.
final class PostgresAnswer: PostgresReceiver {
    private let limits: RowLimits
    private let types: PostgresTypes
    private var decoder: PostgresDecoder
    private var columns: [PostgresColumn] = []
    /// The type of each column; nil where the server has to be asked, and the text is kept until then.
    private var columnTypes: [PostgresType?] = []
    /// Where each column's value stands in a row.
    private var slots: [Int] = []
    private var empty = Value.Object()
    private var rows: [Value] = []
    private var bytes = 0
    private var tag = ""
    private var isTruncated = false
    private var hasRows = false

    init(_ limits: RowLimits, _ types: PostgresTypes) {
        self.limits = limits
        self.types = types
        decoder = PostgresDecoder(types)
    }

    /// The numbers of the types that have to be known before ``statementAnswer(_:)`` is complete.
    var unknownTypes: [UInt32] { types.unknown(columns.map(\.type)) }

    func begin(_ columns: [PostgresColumn]) {
        self.columns = columns
        hasRows = true
        rows = []
        bytes = 0
        isTruncated = false
        columnTypes = columns.map { types.unknown([$0.type]).isEmpty ? types[$0.type] : nil }
        empty = Value.Object(columns.lazy.map { ($0.name, Value.null) })
        slots = columns.map { column in empty.keys.firstIndex(of: column.name) ?? 0 }
    }

    func take(_ row: borrowing PostgresRow) -> RowDemand {
        guard rows.count < limits.rows else {
            isTruncated = true
            return limits.leavesOutRows ? .discard : .stop("the answer has more than \(limits.rows) rows")
        }
        var values = [Value](repeating: .null, count: empty.count)
        for index in columns.indices {
            row.withCell(index) { cell in
                guard let cell else {
                    values[slots[index]] = .null
                    return
                }
                bytes += cell.count
                guard bytes <= limits.bytes else { return }
                if let type = columnTypes[index] {
                    values[slots[index]] = decoder.value(cell, type)
                } else {
                    values[slots[index]] = .string(String(decoding: cell, as: UTF8.self))
                }
            }
        }
        guard bytes <= limits.bytes else {
            return .stop("the answer has more than \(QuantityText.bytes(limits.bytes)) of values")
        }
        rows.append(.object(empty.with(values)))
        return .more
    }

    func end(_ tag: String) {
        self.tag = tag
        // A script's statement without rows leaves none of an earlier one's.
        if !hasRows {
            rows = []
            columns = []
        }
        lastHadRows = hasRows
        hasRows = false
    }

    private var lastHadRows = false

    /// The answer as the steps see it, once all types are known.
    func statementAnswer(_ notices: [PostgresNotice]) -> StatementAnswer {
        readLateColumns()
        var answer = StatementAnswer()
        answer.columns = columns.map { .init(name: $0.name, type: types[$0.type]?.name ?? "unknown") }
        answer.rows = rows
        let words = tag.split(separator: " ")
        let counts = words.reversed().prefix { Int($0) != nil }
        answer.command = words.dropLast(counts.count).joined(separator: " ")
        answer.rowCount = lastHadRows ? rows.count : counts.first.flatMap { Int($0) } ?? 0
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

    /// Reads the texts of columns whose types were not known when they came.
    private func readLateColumns() {
        for (index, known) in columnTypes.enumerated() where known == nil && index < columns.count {
            guard let type = types[columns[index].type], type.form != .text else { continue }
            let slot = slots[index]
            for row in rows.indices {
                guard case .object(let object) = rows[row], case .string(let text) = object.values[slot] else {
                    continue
                }
                var values = object.values
                values[slot] = Array(text.utf8).withUnsafeBufferPointer { decoder.value($0, type) }
                rows[row] = .object(empty.with(values))
            }
        }
        columnTypes = columns.map { types[$0.type] }
    }
}
