/// What a libjq program defines ahead of its expressions.
enum JQDefinitions {
    /// The definitions that expressions need, each on lines of its own.
    static func preamble(calls: Set<String>, orderings: Bool) -> String {
        var text = ""
        var needed: [String] = []
        for name in calls { need(name, &needed) }
        for definition in definitions where needed.contains(definition.name) { text += definition.text + "\n" }
        for name in calls.sorted() where JQFunction.forbidden[name] != nil {
            text += "def \(name): error(\"'\(name)' is not available in expressions\");\n"
            text += "def \(name)(f): \(name);\n"
        }
        // Behind the others, so that their own comparisons are jq's.
        return text + (orderings ? strictOrderings : "")
    }

    private static func need(_ name: String, _ needed: inout [String]) {
        guard !needed.contains(name), let definition = definitions.first(where: { $0.name == name }) else { return }
        needed.append(name)
        for other in definition.uses { need(other, &needed) }
    }

    /// `<` and its kin, as an error between different types and with NaN.
    ///
    /// libjq compiles the operators to calls of these names. The native comparison evaluates its right
    /// side in the outer loop and its left side in the inner one, and so do these.
    private static let strictOrderings = """
        def __lt(a; b): a < b;
        def __le(a; b): a <= b;
        def __gt(a; b): a > b;
        def __ge(a; b): a >= b;
        def __side($v): if ($v|type) == "number" and $v != $v then "NaN" else "the \\($v|type) \\($v|tojson|.[0:60])" end;
        def __same($a; $b; op): if ($a|type) == ($b|type) and (($a|type) != "number" or ($a == $a and $b == $b))
          then . else error({__plumb: "unordered", op: op, a: __side($a), b: __side($b)}) end;
        def _less(a; b): b as $b | a as $a | __same($a; $b; "<") | __lt($a; $b);
        def _lesseq(a; b): b as $b | a as $a | __same($a; $b; "<=") | __le($a; $b);
        def _greater(a; b): b as $b | a as $a | __same($a; $b; ">") | __gt($a; $b);
        def _greatereq(a; b): b as $b | a as $a | __same($a; $b; ">=") | __ge($a; $b);

        """

    private struct Definition {
        var name: String
        var uses: [String] = []
        var text: String
    }

    private static let definitions: [Definition] = [
        Definition(
            name: "__seconds",
            text: #"""
                def __seconds: if type != "string" then error("date_add: the duration is a \(type), expected text such as \"1d\"") else . end
                  | . as $t | [capture("^(?<s>[+-])?(?<n>[0-9]+(\\.[0-9]+)?)(?<u>ms|s|m|h|d|w)$")] | .[0]
                  | if . == null then error("date_add: \($t|tojson) is no duration; write a number with ms, s, m, h, d or w") else . end
                  | (.n|tonumber) * {ms: 0.001, s: 1, m: 60, h: 3600, d: 86400, w: 604800}[.u] * (if .s == "-" then -1 else 1 end);
                """#),
        Definition(
            name: "__epoch",
            text: #"""
                def __epoch: . as $t | [capture("^(?<d>[0-9]{4}-[0-9]{2}-[0-9]{2})([Tt ](?<t>[0-9]{2}:[0-9]{2}:[0-9]{2})(?<f>\\.[0-9]+)?(?<z>[Zz]|(?<zs>[+-])(?<zh>[0-9]{2}):?(?<zm>[0-9]{2}))?)?$")] | .[0]
                  | if . == null then error("date_add: \($t|tojson) is no RFC 3339 time") else . end
                  | ("\(.d)T\(.t // "00:00:00")Z" | fromdateiso8601) + (.f // "0" | tonumber)
                    - (if .zs == null then 0 else (if .zs == "-" then -1 else 1 end) * ((.zh|tonumber) * 3600 + (.zm|tonumber) * 60) end);
                """#),
        Definition(
            name: "date_add", uses: ["__seconds", "__epoch"],
            text: #"""
                def date_add(f): f as $f | if type == "number" then . + ($f|__seconds)
                  elif type == "string" then (test("^[^T ]*$")) as $day | (test("\\.[0-9]")) as $fine | (__epoch + ($f|__seconds))
                    | ((. * 1000 + 0.5) | floor) as $ms | ($ms / 1000 | floor) as $s | ($ms - $s * 1000) as $f
                    | ($s | todateiso8601) | if $day and (.[11:] == "00:00:00Z") and $f == 0 then .[0:10]
                      elif $fine or $f != 0 then .[0:19] + "." + ("00\($f)" | .[-3:]) + "Z" else . end
                  else error("date_add: the input is a \(type), expected an RFC 3339 time or seconds since 1970") end;
                """#),
        Definition(name: "now_iso", text: "def now_iso: $__now;"),
        Definition(
            name: "b64url",
            text: #"""
                def b64url: if type != "string" then error("b64url: the input is a \(type), expected a string") else . end
                  | @base64 | split("+") | join("-") | split("/") | join("_") | split("=") | join("");
                """#),
        Definition(
            name: "jwt_decode",
            text: #"""
                def __b64url_json($what): split("-") | join("+") | split("_") | join("/") | . + ("===="[0:((4 - (length % 4)) % 4)])
                  | (try (@base64d | fromjson) catch error("jwt_decode: the \($what) of the token is no base64url of JSON"));
                def jwt_decode: if type != "string" then error("jwt_decode: the input is a \(type), expected a token") else . end
                  | split(".") | if length != 3 then error("jwt_decode: a token has 3 parts, this has \(length)") else . end
                  | {header: (.[0] | __b64url_json("header")), payload: (.[1] | __b64url_json("payload")), signature: .[2]};
                """#),
        Definition(
            name: "__numbers",
            text: #"""
                def __numbers($name; $what): if type != "array" then error("\($name): \($what) is \(if type == "null" then "null" else "a \(type)" end), expected a list of numbers")
                  elif length == 0 then error("\($name): \($what) is an empty list")
                  elif all(.[]; type == "number" and . == .) | not then error("\($name): \($what) holds something that is no number") else . end;
                """#),
        Definition(
            name: "percentile", uses: ["__numbers"],
            text: #"""
                def percentile(p): p as $p | if ($p|type) != "number" or ($p < 0) or ($p > 100) or ($p != $p) then error("percentile: \($p|tojson) is no number from 0 to 100") else . end
                  | __numbers("percentile"; "the input") | sort | .[[0, ($p / 100 * length | ceil) - 1] | max];
                """#),
        Definition(
            name: "cosine", uses: ["__numbers"],
            text: #"""
                def cosine(f; g): g as $b | f as $a | ($a | __numbers("cosine"; "the first vector")) | ($b | __numbers("cosine"; "the second vector"))
                  | if ($a|length) != ($b|length) then error("cosine: the vectors have \($a|length) and \($b|length) dimensions") else . end
                  | (reduce range($a|length) as $i ([0, 0, 0]; [.[0] + $a[$i] * $b[$i], .[1] + $a[$i] * $a[$i], .[2] + $b[$i] * $b[$i]]))
                  | if .[1] == 0 or .[2] == 0 then error("cosine: a vector of zeros has no direction") else .[0] / ((.[1] | sqrt) * (.[2] | sqrt)) end;
                """#),
        Definition(
            name: "recall",
            text: #"""
                def recall(f; g): g as $truth | f as $ids
                  | if ($ids|type) != "array" or ($truth|type) != "array" then error("recall: expected two lists, got \($ids|type) and \($truth|type)")
                    elif ($truth|length) == 0 then error("recall: the list of true ids is empty") else . end
                  | ($truth | unique) as $wanted | ($wanted - ($wanted - $ids) | length) / ($wanted | length);
                """#),
        Definition(
            name: "approx",
            text: #"""
                def __tolerance($t; $b): if ($t|type) == "number" and $t >= 0 then $t
                  elif ($t|type) == "string" and ($t|test("^[0-9]+(\\.[0-9]+)?%$")) then ($t[:-1]|tonumber) / 100 * ($b|fabs)
                  else error("approx: \($t|tojson) is no tolerance; write a number or a percentage such as \"5%\"") end;
                def __approx($a; $b; $t): if ($a|type) == "array" and ($b|type) == "array" then ($a|length) == ($b|length) and all(range($a|length); __approx($a[.]; $b[.]; $t))
                  elif ($a|type) == "number" and ($b|type) == "number" then __tolerance($t; $b) as $d | $a == $a and $b == $b and ($a - $b | fabs) <= $d
                  else error("approx: cannot compare \($a|type) with \($b|type)") end;
                def approx(f; g; t): t as $t | g as $b | f as $a | __approx($a; $b; $t);
                """#),
    ]
}
