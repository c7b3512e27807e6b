/// What a type of PostgreSQL is to a reader of its values.
struct PostgresType: Equatable {
    /// As the server's catalogue has it; arrays as `int4[]`.
    var name: String
    var form: Form

    indirect enum Form: Equatable {
        /// Written as text that stands for itself: `text`, `uuid`, `inet`, enums, …
        case text
        case boolean
        case integer
        case float
        case numeric
        case bytes
        case json
        case date
        case time
        /// `timestamp` and `timestamptz`.
        case timestamp
        /// pgvector's `vector` and `halfvec`: `[1,2,3]`.
        case vector
        /// The type of a function that returns nothing.
        case void
        case array(of: UInt32, delimiter: UInt8)
        /// A row type, with the types of its fields.
        case composite([Field])
        /// A row whose fields have no names.
        case record
        case range(of: UInt32)
        case multirange(of: UInt32)
        /// A type with restrictions of its own.
        case domain(over: UInt32)
    }

    struct Field: Equatable {
        var name: String
        var type: UInt32
    }

    init(_ name: String, _ form: Form) {
        self.name = name
        self.form = form
    }

    /// The types inside its values.
    var parts: [UInt32] {
        switch form {
        case .array(let element, _): [element]
        case .composite(let fields): fields.map(\.type)
        case .range(let inner), .multirange(let inner), .domain(let inner): [inner]
        default: []
        }
    }
}

/// The types of one database: those that every server has, and those it was asked for.
final class PostgresTypes {
    private var found: [UInt32: PostgresType] = [:]

    /// The type of a number; nil where the server was not asked yet.
    subscript(id: UInt32) -> PostgresType? {
        get { Self.builtIn[id] ?? found[id] }
        set { found[id] = newValue }
    }

    /// The numbers among these, and inside of them, that the server has to be asked for.
    func unknown(_ ids: some Sequence<UInt32>) -> [UInt32] {
        var open = Array(ids)
        var seen: Set<UInt32> = []
        var unknown: [UInt32] = []
        while let id = open.popLast() {
            guard seen.insert(id).inserted else { continue }
            if let type = self[id] { open += type.parts } else { unknown.append(id) }
        }
        return unknown
    }

    /// Types whose numbers are the same in every server (PostgreSQL's `pg_type.dat`).
    private static let builtIn: [UInt32: PostgresType] = {
        let scalars: [(UInt32, String, PostgresType.Form, UInt32)] = [
            (16, "bool", .boolean, 1000), (17, "bytea", .bytes, 1001), (18, "char", .text, 1002),
            (19, "name", .text, 1003), (20, "int8", .integer, 1016), (21, "int2", .integer, 1005),
            (22, "int2vector", .text, 1006), (23, "int4", .integer, 1007), (24, "regproc", .text, 1008),
            (25, "text", .text, 1009), (26, "oid", .integer, 1028), (27, "tid", .text, 1010),
            (28, "xid", .integer, 1011), (29, "cid", .integer, 1012), (30, "oidvector", .text, 1013),
            (114, "json", .json, 199), (142, "xml", .text, 143), (600, "point", .text, 1017),
            (601, "lseg", .text, 1018), (602, "path", .text, 1019), (604, "polygon", .text, 1027),
            (628, "line", .text, 629), (650, "cidr", .text, 651), (700, "float4", .float, 1021),
            (701, "float8", .float, 1022), (718, "circle", .text, 719), (774, "macaddr8", .text, 775),
            (790, "money", .text, 791), (829, "macaddr", .text, 1040), (869, "inet", .text, 1041),
            (1042, "bpchar", .text, 1014), (1043, "varchar", .text, 1015), (1082, "date", .date, 1182),
            (1083, "time", .time, 1183), (1114, "timestamp", .timestamp, 1115),
            (1184, "timestamptz", .timestamp, 1185), (1186, "interval", .text, 1187),
            (1266, "timetz", .time, 1270), (1560, "bit", .text, 1561), (1562, "varbit", .text, 1563),
            (1700, "numeric", .numeric, 1231), (2205, "regclass", .text, 2210), (2206, "regtype", .text, 2211),
            (2950, "uuid", .text, 2951), (3614, "tsvector", .text, 3643), (3615, "tsquery", .text, 3645),
            (3802, "jsonb", .json, 3807), (4072, "jsonpath", .text, 4073), (5069, "xid8", .integer, 271),
            (3904, "int4range", .range(of: 23), 3905), (3906, "numrange", .range(of: 1700), 3907),
            (3908, "tsrange", .range(of: 1114), 3909), (3910, "tstzrange", .range(of: 1184), 3911),
            (3912, "daterange", .range(of: 1082), 3913), (3926, "int8range", .range(of: 20), 3927),
            (4451, "int4multirange", .multirange(of: 23), 6150),
            (4532, "nummultirange", .multirange(of: 1700), 6151),
            (4533, "tsmultirange", .multirange(of: 1114), 6152),
            (4534, "tstzmultirange", .multirange(of: 1184), 6153),
            (4535, "datemultirange", .multirange(of: 1082), 6155),
            (4536, "int8multirange", .multirange(of: 20), 6157), (2249, "record", .record, 2287),
        ]
        var types: [UInt32: PostgresType] = [
            603: PostgresType("box", .text), 1020: PostgresType("box[]", .array(of: 603, delimiter: UInt8(ascii: ";"))),
            705: PostgresType("unknown", .text), 2275: PostgresType("cstring", .text),
            2278: PostgresType("void", .void),
        ]
        for (id, name, form, array) in scalars {
            types[id] = PostgresType(name, form)
            types[array] = PostgresType(name + "[]", .array(of: id, delimiter: UInt8(ascii: ",")))
        }
        return types
    }()
}
