/// A function that every expression can call: jq 1.6's own and Plumb's.
struct JQFunction: Sendable {
    var name: String
    /// Whether it reads `.` apart from its arguments.
    var readsDot: Bool
    /// What `.` is inside each argument.
    var arguments: [Argument]

    /// What `.` is inside an argument.
    enum Argument: Character {
        /// The caller's `.`, so that paths of the root must exist.
        case same = "s"
        /// The caller's `.`, where absence is allowed: `has`, `path`, `del`.
        case lenient = "l"
        /// Something else, such as an element.
        case other = "o"
    }

    /// The function of a name and a number of arguments.
    static func named(_ name: String, _ arity: Int) -> JQFunction? {
        table[name]?.first { $0.arguments.count == arity }
    }

    /// The functions of a name, one for each number of arguments.
    static func overloads(of name: String) -> [JQFunction] { table[name] ?? [] }

    /// The names that can be called, for suggestions.
    static let names: [String] = table.keys.sorted()

    /// The functions of jq that reach a file, the environment or the process, and why expressions have none.
    static let forbidden: [String: String] = [
        "env": "the environment is read through $env",
        "input": "there is no further input",
        "inputs": "there is no further input",
        "debug": "expressions write nothing; a failure shows the values by itself",
        "stderr": "expressions write nothing; a failure shows the values by itself",
        "halt": "an expression ends no process",
        "halt_error": "an expression ends no process; fail with error(\"…\")",
        "input_filename": "there is no input file",
        "input_line_number": "there is no input file",
        "get_search_list": "expressions reach no files",
        "get_jq_origin": "expressions reach no files",
        "get_prog_origin": "expressions reach no files",
        "modulemeta": "expressions reach no files",
    ]

    /// The formats that `@name` may name.
    static let formats: Set<String> = [
        "@text", "@json", "@html", "@uri", "@csv", "@tsv", "@sh", "@base64", "@base64d",
    ]

    private static let table: [String: [JQFunction]] = {
        var table: [String: [JQFunction]] = [:]
        for entry in signatures.split(separator: ";") {
            let words = entry.split(whereSeparator: \.isWhitespace)
            guard let name = words.first.map(String.init) else { continue }
            let letters = words.dropFirst().first ?? ""
            let function = JQFunction(
                name: name, readsDot: letters.contains("."), arguments: letters.compactMap(Argument.init))
            table[name, default: []].append(function)
        }
        return table
    }()

    /// Name, then `.` if it reads the input, then a letter for each argument (see `Argument`).
    private static let signatures = """
        empty; not .; path l; del l; error .; error s; nan; infinite; now; builtins;
        length .; utf8bytelength .; keys .; keys_unsorted .; has .l; in .s; contains .s; inside .s; add .;
        any .; any .o; any so; all .; all .o; all so; isempty s; first .; first s; last .; last s; nth .s; nth ss;
        limit ss; range s; range ss; range sss; select .s; map .o; map_values .o; recurse .; recurse .o; recurse .oo;
        recurse_down .; paths .; paths .o; leaf_paths .; getpath .s; setpath .ss; delpaths .s; to_entries .;
        from_entries .; with_entries .o; reverse .; indices .s; index .s; rindex .s; sort .; sort_by .o; group_by .o;
        unique .; unique_by .o; min .; max .; min_by .o; max_by .o; flatten .; flatten .s; transpose .;
        combinations .; combinations .s; walk .o; while .oo; until .oo; repeat .o; bsearch .o; join .s;
        arrays .; objects .; iterables .; booleans .; numbers .; normals .; finites .; strings .; nulls .; values .;
        scalars .; scalars_or_empty .; isfinite .; isinfinite .; isnan .; isnormal .; type .;
        tostring .; tonumber .; tojson .; fromjson .; ascii_downcase .; ascii_upcase .; explode .; implode .;
        ltrimstr .s; rtrimstr .s; startswith .s; endswith .s; split .s; split .ss; splits .s; splits .ss;
        test .s; test .ss; match .s; match .ss; capture .s; capture .ss; scan .s; sub .so; sub .sos; gsub .so; gsub .sos;
        format .s; tostream .; fromstream s; truncate_stream .o; INDEX .o; INDEX so; JOIN .so; JOIN sso; JOIN ssoo;
        IN .s; IN so;
        gmtime .; localtime .; mktime .; strftime .s; strflocaltime .s; strptime .s; todate .; fromdate .;
        todateiso8601 .; fromdateiso8601 .;
        floor .; ceil .; round .; trunc .; rint .; nearbyint .; fabs .; sqrt .; cbrt .; exp .; exp2 .; exp10 .; pow10 .;
        expm1 .; log .; log2 .; log10 .; log1p .; logb .; significand .; gamma .; lgamma .; lgamma_r .; tgamma .;
        frexp .; modf .; sin .; cos .; tan .; asin .; acos .; atan .; sinh .; cosh .; tanh .; asinh .; acosh .; atanh .;
        erf .; erfc .; j0 .; j1 .; y0 .; y1 .; pow ss; atan2 ss; fmod ss; fmin ss; fmax ss; fdim ss; fma sss; hypot ss;
        ldexp ss; scalb ss; scalbln ss; nextafter ss; nexttoward ss; copysign ss; drem ss; remainder ss; jn ss; yn ss;
        uuid; now_iso; date_add .s; rand_int ss; rand_str s; sha256 .; hmac_sha256 .s; b64url .; jwt_decode .;
        matches_schema .s; recall ss; cosine ss; percentile .s; approx sss
        """
}
