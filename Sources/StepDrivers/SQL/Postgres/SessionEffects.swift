/// Whether a statement may change what a later user of its connection meets: a setting, a role, a temporary object, a
/// lock of the session.
///
/// Known to change nothing are queries and changes of rows that call only functions of PostgreSQL's own which keep
/// nothing; after all others the connection is reset, which costs a round trip. What triggers, views and operators of
/// the database's own do to a session is not seen.
final class SessionEffects {
    /// What repeats is looked up; what does not must not pile up.
    private static let limit = 1000
    private var known: [String: Bool] = [:]

    /// Whether a statement may leave something in its session.
    func areLeft(by text: String) -> Bool {
        if let known = known[text] { return known }
        let verdict = Self.mayBeLeft(by: text)
        if known.count >= Self.limit { known.removeAll(keepingCapacity: true) }
        known[text] = verdict
        return verdict
    }

    /// Reads a statement, or several.
    static func mayBeLeft(by text: String) -> Bool {
        let bytes = Array(text.utf8)
        let tokens = SQLScanner.tokens(of: text, .postgres).filter(\.isMeaningful)
        var isFirst = true
        for (index, token) in tokens.enumerated() {
            let follows = index + 1 < tokens.count ? tokens[index + 1] : nil
            let isCalled = follows?.kind == .open && follows.map { bytes[$0.range.lowerBound] } == UInt8(ascii: "(")
            switch token.kind {
            case .semicolon:
                isFirst = true
                continue
            case .open where isFirst: continue
            case .word(let word):
                if isFirst, !beginnings.contains(word) { return true }
                if word == "TEMP" || word == "TEMPORARY" || word.hasPrefix("PG_TEMP") { return true }
                if isCalled, !words.contains(word), !isTable(tokens[..<index]) { return true }
            case .quotedName: if isFirst || isCalled && !isTable(tokens[..<index]) { return true }
            case .unclosed: return true
            default: if isFirst { return true }
            }
            isFirst = false
        }
        return false
    }

    /// Whether the name behind these tokens is a table with its columns, or an alias with them.
    private static func isTable(_ before: ArraySlice<SQLToken>) -> Bool {
        var rest = before
        // The schema before a name, and the dot.
        while rest.count >= 2, rest.last?.kind == .other, rest.last?.range.count == 1 {
            guard let name = rest.dropLast().last else { break }
            if case .word = name.kind {} else if name.kind != .quotedName { break }
            rest = rest.dropLast(2)
        }
        return rest.last?.kind == .word("INTO") || rest.last?.kind == .word("AS")
    }

    private static let beginnings = Set(
        """
        SELECT INSERT UPDATE DELETE MERGE WITH VALUES TABLE SHOW EXPLAIN TRUNCATE ANALYZE VACUUM COMMENT GRANT REVOKE
        BEGIN START COMMIT END ROLLBACK ABORT SAVEPOINT RELEASE
        """.split { $0 == " " || $0 == "\n" }.map(String.init))

    /// Words that stand before brackets: of the grammar, of types, and functions that keep nothing.
    private static let words = Set(
        """
        IN VALUES AND OR NOT EXISTS ANY ALL SOME ON USING AS OVER FILTER WHERE FROM SELECT WHEN THEN ELSE CASE HAVING BY
        LIMIT OFFSET RETURNING SET CONFLICT UNION EXCEPT INTERSECT DISTINCT GROUP PARTITION BETWEEN LIKE ILIKE IS ARRAY
        ROW LATERAL SETS ROLLUP CUBE WITH MATERIALIZED EXPLAIN ANALYZE JOIN
        NUMERIC DECIMAL VARCHAR CHAR CHARACTER VARYING BIT TIMESTAMP TIMESTAMPTZ TIME INTERVAL FLOAT VECTOR HALFVEC
        COUNT SUM AVG MIN MAX COALESCE NULLIF GREATEST LEAST ARRAY_AGG STRING_AGG BOOL_AND BOOL_OR EVERY STDDEV VARIANCE
        PERCENTILE_CONT PERCENTILE_DISC MODE ROW_NUMBER RANK DENSE_RANK LAG LEAD FIRST_VALUE LAST_VALUE NTILE
        NOW CLOCK_TIMESTAMP STATEMENT_TIMESTAMP TRANSACTION_TIMESTAMP AGE DATE_TRUNC DATE_PART EXTRACT TO_CHAR TO_DATE
        TO_TIMESTAMP TO_NUMBER MAKE_DATE MAKE_INTERVAL MAKE_TIMESTAMP JUSTIFY_INTERVAL
        LOWER UPPER LENGTH CHAR_LENGTH OCTET_LENGTH TRIM BTRIM LTRIM RTRIM SUBSTRING SUBSTR POSITION STRPOS REPLACE
        SPLIT_PART CONCAT CONCAT_WS FORMAT LEFT RIGHT LPAD RPAD REPEAT REVERSE STARTS_WITH ASCII CHR INITCAP TRANSLATE
        REGEXP_REPLACE REGEXP_MATCH REGEXP_MATCHES REGEXP_SPLIT_TO_TABLE STRING_TO_ARRAY ARRAY_TO_STRING MD5 SHA256
        ENCODE DECODE CONVERT_FROM CONVERT_TO HASHTEXT GEN_RANDOM_UUID QUOTE_LITERAL QUOTE_IDENT
        ABS CEIL CEILING FLOOR ROUND TRUNC MOD POWER SQRT EXP LN LOG SIGN RANDOM DIV WIDTH_BUCKET
        GENERATE_SERIES UNNEST ARRAY_LENGTH CARDINALITY ARRAY_POSITION ARRAY_APPEND ARRAY_CAT ARRAY_REMOVE
        JSON_AGG JSONB_AGG JSON_OBJECT_AGG JSONB_OBJECT_AGG JSON_BUILD_OBJECT JSONB_BUILD_OBJECT JSON_BUILD_ARRAY
        JSONB_BUILD_ARRAY TO_JSON TO_JSONB ROW_TO_JSON JSONB_SET JSONB_ARRAY_ELEMENTS JSONB_ARRAY_LENGTH
        JSON_ARRAY_ELEMENTS JSONB_EACH JSONB_OBJECT_KEYS JSONB_TYPEOF JSONB_PATH_QUERY JSONB_PATH_EXISTS
        CAST PG_TYPEOF PG_SLEEP PG_BACKEND_PID PG_SIZE_PRETTY PG_TABLE_SIZE PG_RELATION_SIZE PG_TOTAL_RELATION_SIZE
        PG_INDEXES_SIZE PG_DATABASE_SIZE PG_GET_INDEXDEF PG_GET_CONSTRAINTDEF TO_REGCLASS CURRENT_DATABASE
        CURRENT_SCHEMA CURRENT_SETTING VERSION HAS_TABLE_PRIVILEGE PG_TERMINATE_BACKEND PG_CANCEL_BACKEND
        PG_ADVISORY_XACT_LOCK PG_TRY_ADVISORY_XACT_LOCK
        L2_DISTANCE COSINE_DISTANCE INNER_PRODUCT VECTOR_DIMS VECTOR_NORM
        """.split { $0 == " " || $0 == "\n" }.map(String.init))
}
