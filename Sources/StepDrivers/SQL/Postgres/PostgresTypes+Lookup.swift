internal import EventLoop
internal import Expressions
internal import PostgresTransport

extension PostgresTypes {
    /// Asks the server for types until everything inside of them is known too; each is asked for once per database.
    ///
    /// Where the server does not answer, they stay unknown, and their values are text.
    func learn(
        _ ids: [UInt32], from connection: PostgresConnection, until deadline: Instant
    ) async {
        // Types nest a few levels deep; each round asks for one level.
        for _ in 0..<8 {
            let missing = unknown(ids)
            guard !missing.isEmpty else { return }
            let answer = CatalogueRows()
            let list = "{" + missing.map(String.init).joined(separator: ",") + "}"
            do throws(PostgresError) {
                try await connection.run(.statement(Self.query, [list]), into: answer, until: deadline)
            } catch {
                return
            }
            for row in answer.rows { add(row) }
            // One that the catalogue does not have was dropped in the meantime.
            for id in missing where self[id] == nil { self[id] = PostgresType("unknown", .text) }
        }
    }

    private func add(_ row: [String?]) {
        guard row.count == 9, let id = row[0].flatMap(UInt32.init), let name = row[1] else { return }
        let element = row[4].flatMap(UInt32.init) ?? 0
        let base = row[5].flatMap(UInt32.init) ?? 0
        let inner = row[6].flatMap(UInt32.init) ?? 0
        let form: PostgresType.Form
        switch (row[2], row[3]) {
        case ("d", _): form = .domain(over: base)
        case ("r", _): form = .range(of: inner)
        case ("m", _): form = .multirange(of: inner)
        case ("c", _): form = .composite(Self.fields(row[7], row[8]))
        case (_, "A") where element != 0:
            let delimiter = UInt8(ascii: ",")
            self[id] = PostgresType(
                name.hasPrefix("_") ? name.dropFirst() + "[]" : name, .array(of: element, delimiter: delimiter))
            return
        default: form = ["vector", "halfvec"].contains(name) ? .vector : .text
        }
        self[id] = PostgresType(name, form)
    }

    private static func fields(_ names: String?, _ types: String?) -> [PostgresType.Field] {
        guard let names = names.flatMap({ PostgresArray.elements(of: Array($0.utf8)) }),
            let types = types.flatMap({ PostgresArray.elements(of: Array($0.utf8)) })
        else { return [] }
        return zip(names, types).compactMap { name, type in
            guard case .text(let name) = name, case .text(let type) = type,
                let id = UInt32(String(decoding: type, as: UTF8.self))
            else { return nil }
            return PostgresType.Field(name: String(decoding: name, as: UTF8.self), type: id)
        }
    }

    /// Everything as text; the subtype of a multirange is found through its range's name, so that servers older than
    /// multiranges understand the query.
    private static let query = """
        SELECT t.oid, t.typname, t.typtype, t.typcategory, t.typelem, t.typbasetype,
          (SELECT rngsubtype FROM pg_catalog.pg_range r WHERE r.rngtypid = t.oid
             OR (t.typtype = 'm' AND (pg_catalog.to_jsonb(r) ->> 'rngmultitypid') = t.oid::text) LIMIT 1),
          (SELECT pg_catalog.array_agg(a.attname ORDER BY a.attnum) FROM pg_catalog.pg_attribute a
             WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped),
          (SELECT pg_catalog.array_agg(a.atttypid ORDER BY a.attnum) FROM pg_catalog.pg_attribute a
             WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped)
        FROM pg_catalog.pg_type t WHERE t.oid = ANY ($1::pg_catalog.oid[])
        """
}

/// The rows of the catalogue, as text.
private final class CatalogueRows: PostgresReceiver {
    private(set) var rows: [[String?]] = []
    private var count = 0

    func begin(_ columns: [PostgresColumn]) { count = columns.count }

    func take(_ row: borrowing PostgresRow) -> RowDemand {
        var cells: [String?] = []
        for index in 0..<count { cells.append(row.text(index)) }
        rows.append(cells)
        return .more
    }

    func end(_ tag: String) {}
}
