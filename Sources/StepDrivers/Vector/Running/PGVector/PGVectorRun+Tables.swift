internal import Expressions
internal import ScenarioModel

extension PGVectorRun {
    // MARK: Making

    /// Makes a table; the distance of each column stands in its comment.
    mutating func create(_ creation: VectorOperation.Creation) async throws(StepError) {
        guard creation.sparse.isEmpty else {
            throw StepError(.rejected, "pgvector tables have no sparse vectors here", phase: "request")
        }
        for vector in creation.vectors where vector.distance.pgOperator == nil {
            throw StepError(
                .rejected, "pgvector has no distance '\(vector.distance.rawValue)' in every version", phase: "request")
        }
        let vectors = creation.vectors.map { "\(names.column($0.name)) vector(\($0.size))" }
        let columns =
            ["\(names.id) text PRIMARY KEY"] + vectors + ["\(names.payload) jsonb NOT NULL DEFAULT '{}'"]
        _ = try await ask("BEGIN")
        do throws(StepError) {
            _ = try await ask("CREATE TABLE \(table) (\(columns.joined(separator: ", ")))")
            for vector in creation.vectors {
                _ = try await ask(
                    "COMMENT ON COLUMN \(table).\(names.column(vector.name)) IS 'distance: \(vector.distance.rawValue)'"
                )
            }
            _ = try await ask("COMMIT")
        } catch {
            if !connectionIsLost { _ = try? await ask("ROLLBACK") }
            throw error
        }
    }

    /// Gives a table another name, by a view that can be written through; nil takes the name away.
    mutating func alias(_ name: String, _ collection: String?) async throws(StepError) {
        guard let collection else {
            _ = try await ask("DROP VIEW \(name.quotedIdentifier)")
            return
        }
        let view = name.quotedIdentifier
        _ = try await ask("CREATE OR REPLACE VIEW \(view) AS SELECT * FROM \(collection.quotedIdentifier)")
        _ = try await ask("COMMENT ON VIEW \(view) IS \("alias: \(collection)".quotedLiteral)")
    }

    // MARK: Describing

    /// The columns of vectors, with the distance that their comment tells; of a view those of its table.
    private static let vectorColumns = """
        SELECT a.attname AS name, a.atttypmod AS size, col_description(t.oid, a.attnum) AS comment
        FROM pg_class c
        LEFT JOIN pg_class t ON t.oid = CASE WHEN c.relkind = 'v'
          THEN to_regclass(quote_ident(substr(obj_description(c.oid), 8))) ELSE c.oid END
        JOIN pg_attribute a ON a.attrelid = t.oid
        WHERE c.oid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, NULL) = 'vector'
        ORDER BY a.attnum
        """

    private mutating func vectors() async throws(StepError) -> [(name: String, size: Value, distance: Distance)] {
        try await ask(Self.vectorColumns, [.string(table)]).rows.map { row in
            let comment = row["comment"]?.string ?? ""
            let word = comment.hasPrefix("distance: ") ? String(comment.dropFirst(10)) : ""
            return (row["name"]?.string ?? "", row["size"] ?? .null, Distance(rawValue: word) ?? names.distance)
        }
    }

    /// The distance of a vector.
    mutating func distance(_ name: String?) async throws(StepError) -> Distance {
        let column = names.column(name)
        guard let found = try await vectors().first(where: { $0.name.quotedIdentifier == column }) else {
            throw QdrantAnswer.rejected(400, "there is no vector column \(column) in \(table)")
        }
        return found.distance
    }

    mutating func describe() async throws(StepError) -> [(String, Value)] {
        let vectors = try await vectors()
        let count = try await ask("SELECT count(*) AS count FROM \(table)").rows.first?["count"] ?? .null
        let found = try await indexes()
        let only = vectors.count == 1 && vectors[0].name.quotedIdentifier == names.vector ? vectors[0] : nil
        var named = Value.Object()
        if only == nil {
            for vector in vectors {
                named[vector.name] = ["size": vector.size, "distance": .string(vector.distance.rawValue)]
            }
        }
        var fields = Value.Object()
        for index in found {
            guard let field = index.field else { continue }
            fields[field.name] = ["type": .string(field.type), "points": try await payloads(field.name)]
        }
        let isIndexed = found.contains { $0.field == nil && $0.isReady }
        return [
            ("points", count), ("size", only?.size ?? .null),
            ("distance", only.map { .string($0.distance.rawValue) } ?? .null),
            ("status", found.allSatisfy(\.isReady) ? "green" : "yellow"), ("indexed", isIndexed ? count : 0),
            ("vectors", .object(named)), ("sparse", []), ("indexes", .object(fields)),
        ]
    }

    mutating func list() async throws(StepError) -> [(String, Value)] {
        let answer = try await ask(
            """
            SELECT DISTINCT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
            WHERE c.relkind IN ('r', 'p') AND pg_table_is_visible(c.oid) AND format_type(a.atttypid, NULL) = 'vector'
            ORDER BY 1
            """)
        return [("collections", .array(answer.rows.compactMap { $0["name"] })), ("aliases", try await aliases())]
    }

    mutating func aliases() async throws(StepError) -> Value {
        let answer = try await ask(
            """
            SELECT relname AS name, substr(obj_description(oid), 8) AS target FROM pg_class
            WHERE relkind = 'v' AND pg_table_is_visible(oid) AND obj_description(oid) LIKE 'alias: %' ORDER BY 1
            """)
        return .object(
            Value.Object(
                answer.rows.compactMap { row in row["name"]?.string.map { ($0, row["target"] ?? .null) } }))
    }

    // MARK: Indexes

    private struct Index {
        var name: String
        /// What it is of, where it is of a payload field.
        var field: (name: String, type: String)?
        var isReady: Bool
    }

    /// The indexes of vectors, and those of payload fields that a step made.
    private mutating func indexes() async throws(StepError) -> [Index] {
        let answer = try await ask(
            """
            SELECT i.relname AS name, obj_description(i.oid) AS comment, x.indisvalid AND x.indisready AS ready,
              m.amname IN ('hnsw', 'ivfflat') AS vectors
            FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_am m ON m.oid = i.relam
            WHERE x.indrelid = $1::regclass AND NOT x.indisprimary
            """, [.string(table)])
        return answer.rows.compactMap { row in
            let isReady = row["ready"] == true
            let name = row["name"]?.string ?? ""
            if row["vectors"] == true { return Index(name: name, isReady: isReady) }
            guard let comment = row["comment"]?.string, comment.hasPrefix("payload: ") else { return nil }
            let parts = comment.dropFirst(9).split(separator: " ", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { return nil }
            return Index(name: name, field: (parts[1], parts[0]), isReady: isReady)
        }
    }

    private mutating func payloads(_ field: String) async throws(StepError) -> Value {
        var condition = PGFilter(names)
        let text = try condition.condition(
            Array("{\"must_not\":[{\"is_empty\":{\"key\":\(Value.string(field).json())}}]}".utf8))
        return try await ask("SELECT count(*) AS count FROM \(table) WHERE \(text)", condition.parameters)
            .rows.first?["count"] ?? .null
    }

    /// Builds an index, which is ready when its statement ends, or removes it.
    mutating func index(_ change: VectorOperation.IndexChange) async throws(StepError) -> Value {
        if change.removes {
            let gone = try await indexes().filter { $0.field?.name == change.field }
            guard !gone.isEmpty || change.field == nil else {
                throw QdrantAnswer.rejected(404, "no index of '\(change.field ?? "")' to remove")
            }
            for index in gone { _ = try await ask("DROP INDEX \(index.name.quotedIdentifier)") }
            return 0
        }
        if let field = change.field {
            let path = "{\(field.split(separator: ".").joined(separator: ","))}".quotedLiteral
            let name = "\(collection)_\(field)_idx".quotedIdentifier
            _ = try await ask("CREATE INDEX \(name) ON \(table) USING gin ((\(names.payload) #> \(path)))")
            _ = try await ask("COMMENT ON INDEX \(name) IS \("payload: \(change.type) \(field)".quotedLiteral)")
            return try await payloads(field)
        }
        let (method, options) = try Self.options(change.params)
        for vector in try await vectors() {
            let name = "\(collection)_\(vector.name)_idx".quotedIdentifier
            _ = try await ask("DROP INDEX IF EXISTS \(name)")
            _ = try await ask(
                "CREATE INDEX \(name) ON \(table) USING \(method) "
                    + "(\(vector.name.quotedIdentifier) \(vector.distance.pgOperators))\(options)")
        }
        return try await ask("SELECT count(*) AS count FROM \(table)").rows.first?["count"] ?? .null
    }

    /// The method of an index and its parameters: `lists` makes it an IVFFlat, anything else an HNSW.
    private static func options(_ params: [UInt8]?) throws(StepError) -> (method: String, text: String) {
        guard let params, let object = (try? JSON.parse(params))?.value.object else { return ("hnsw", "") }
        let known = [
            "m": "m", "ef_construct": "ef_construction", "ef_construction": "ef_construction", "lists": "lists",
        ]
        var options: [String] = []
        for (name, value) in object {
            guard let option = known[name], let number = value.number.flatMap({ Int(exactly: $0) }) else {
                throw StepError(
                    .rejected, "pgvector has no index parameter '\(name.prefix(40))'", phase: "request",
                    hint: "it has 'm' and 'ef_construct', or 'lists'")
            }
            options.append("\(option) = \(number)")
        }
        let text = options.isEmpty ? "" : " WITH (\(options.joined(separator: ", ")))"
        return (object["lists"] == nil ? "hnsw" : "ivfflat", text)
    }

    // MARK: Writing

    /// Writes points batch after batch, each with one statement.
    mutating func upsert(_ upsert: VectorOperation.Upsert) async throws(StepError) -> Int {
        var source = PointSource(upsert)
        var written = 0
        var batches = 0
        do throws(StepError) {
            while case let points = try source.next(), !points.isEmpty {
                try await write(points)
                written += points.count
                batches += 1
                onProgress?(StepProgress(done: written, of: source.total, unit: "points"))
            }
        } catch {
            var error = error
            if written > 0 { error.message += "; \(written) points were written before" }
            fieldsSoFar = [("affected", Value(written))]
            throw error
        }
        if batches > 1 { notes.append("\(written) points in \(batches) batches") }
        return written
    }

    private mutating func write(_ points: [VectorOperation.Point]) async throws(StepError) {
        var columns: [String] = []
        var rows: [PointID: [UInt8]] = [:]
        var order: [PointID] = []
        for point in points {
            var row = JSONObjectWriter()
            row.add("i", text: point.id.text)
            // As it was written: a value would carry what no double holds as text.
            row.add("p", point.payload ?? Array("{}".utf8))
            for (name, vector) in try Self.dense(point.vector) {
                let column = names.column(name)
                if !columns.contains(column) { columns.append(column) }
                row.add("v\(columns.firstIndex(of: column) ?? 0)", text: vector)
            }
            // One statement cannot write a row twice: the last one counts, as it does one after the other.
            if rows.updateValue(row.finish(), forKey: point.id) == nil { order.append(point.id) }
        }
        let places = columns.indices
        let set = (columns + [names.payload]).map { "\($0) = EXCLUDED.\($0)" }.joined(separator: ", ")
        let text = """
            INSERT INTO \(table) (\(([names.id] + columns + [names.payload]).joined(separator: ", "))) \
            SELECT \((["i"] + places.map { "v\($0)::vector" } + ["p"]).joined(separator: ", ")) \
            FROM jsonb_to_recordset($1::jsonb) AS x(\((["i text"] + places.map { "v\($0) text" } + ["p jsonb"]).joined(separator: ", "))) \
            ON CONFLICT (\(names.id)) DO UPDATE SET \(set)
            """
        let list = order.compactMap { rows[$0] }.joined(separator: [UInt8(ascii: ",")])
        _ = try await ask(text, [.string("[\(String(decoding: Array(list), as: UTF8.self))]")])
    }

    private static func dense(_ vector: VectorData) throws(StepError) -> [(name: String?, text: String)] {
        switch vector {
        case .dense: return [(nil, text(vector))]
        case .named(let named):
            var vectors: [(name: String?, text: String)] = []
            for entry in named {
                guard case .dense = entry.vector else {
                    throw StepError(.rejected, "pgvector keeps dense vectors only", phase: "request")
                }
                vectors.append((entry.name, text(entry.vector)))
            }
            return vectors
        case .sparse, .many: throw StepError(.rejected, "pgvector keeps dense vectors only", phase: "request")
        }
    }

    private static func text(_ vector: VectorData) -> String {
        var bytes: [UInt8] = []
        vector.append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
