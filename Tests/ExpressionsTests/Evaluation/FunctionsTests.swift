import Diagnostics
import Expressions
import Testing

@Suite struct FunctionsTests {
    private func value(_ text: String, _ dot: String = "null", _ variables: [String: String] = [:]) throws -> Value {
        let outputs = try outputs(text, dot, variables)
        #expect(outputs.count == 1, "\(text) yields \(outputs)")
        return try #require(outputs.first)
    }

    private func message(_ text: String, _ dot: String = "null") throws -> String? { try error(text, dot)?.message }

    // MARK: Time

    @Test func `date_add moves a time`() throws {
        #expect(try value(#"."t" | date_add("1d")"#, #"{"t":"2024-02-28T12:00:00Z"}"#) == "2024-02-29T12:00:00Z")
        #expect(try value(#".t | date_add("-90m")"#, #"{"t":"2024-01-01T01:00:00+02:00"}"#) == "2023-12-31T21:30:00Z")
        #expect(
            try value(#".t | date_add("1500ms")"#, #"{"t":"2024-01-01T00:00:00.250Z"}"#) == "2024-01-01T00:00:01.750Z")
        #expect(try value(#".t | date_add("1w")"#, #"{"t":"2024-01-01"}"#) == "2024-01-08")
        #expect(try value(#".t | date_add("2h")"#, #"{"t":100}"#) == 7300)
        #expect(try message(#".t | date_add("1 parsec")"#, #"{"t":100}"#)?.contains("is no duration") == true)
        #expect(try message(#".t | date_add("1d")"#, #"{"t":"tomorrow"}"#)?.contains("is no RFC 3339 time") == true)
        #expect(try message(#".t | date_add("1d")"#, #"{"t":null}"#)?.contains("the input is a null") == true)
    }

    @Test func `now_iso is one time within an evaluation`() throws {
        let expression = try expression(#"[range(3) | now_iso] | unique | length == 1"#)
        let engine = ExpressionEngine([expression])
        engine.clock = { 1_714_564_800.125 }
        #expect(engine.judge([expression], in: try context()) == [.holds])
        let other = try self.now()
        let now = try engine.value(of: other, in: try context())
        #expect(now == "2024-05-01T12:00:00.125Z")
    }

    private func now() throws -> Expressions.Expression { try expression("now_iso", role: .template) }

    // MARK: Numbers

    @Test func `percentile takes the nearest rank`() throws {
        let list = "[15,20,35,40,50]"
        #expect(try value("percentile(5)", list) == 15)
        #expect(try value("percentile(30)", list) == 20)
        #expect(try value("percentile(40)", list) == 20)
        #expect(try value("percentile(50)", list) == 35)
        #expect(try value("percentile(100)", list) == 50)
        #expect(try value("percentile(0)", list) == 15)
        #expect(try message("percentile(50)", "[]")?.contains("empty list") == true)
        #expect(try message("percentile(101)", list)?.contains("0 to 100") == true)
        #expect(try message("percentile(50)", #"[1,"2"]"#)?.contains("no number") == true)
        #expect(try message("percentile(50)", "null")?.contains("null") == true)
    }

    @Test func `approx compares within a tolerance, element by element`() throws {
        #expect(try value("approx(.a; 1; 0.1)", #"{"a":1.05}"#) == true)
        #expect(try value("approx(.a; 1; 0.1)", #"{"a":1.2}"#) == false)
        #expect(try value(#"approx(.a; -200; "5%")"#, #"{"a":-191}"#) == true)
        #expect(try value(#"approx(.a; [1,[2]]; 0.1)"#, #"{"a":[1.05,[1.95]]}"#) == true)
        #expect(try value(#"approx(.a; [1,2]; 0.1)"#, #"{"a":[1]}"#) == false)
        #expect(try message("approx(.a; 1; 0.1)", #"{"a":"1"}"#)?.contains("cannot compare string with number") == true)
        #expect(try message(#"approx(.a; 1; "5")"#, #"{"a":1}"#)?.contains("no tolerance") == true)
        #expect(try message("approx(.a; 1; -1)", #"{"a":1}"#)?.contains("no tolerance") == true)
        #expect(try value("approx(nan; 1; 5)") == false)
    }

    @Test func `cosine and recall judge vectors`() throws {
        #expect(try value("cosine(.a; .b)", #"{"a":[1,0],"b":[0,2]}"#) == 0)
        #expect(try value("approx(cosine(.a; .b); 1; 1e-9)", #"{"a":[1,2,3],"b":[2,4,6]}"#) == true)
        #expect(try message("cosine(.a; .b)", #"{"a":[1,0],"b":[1]}"#)?.contains("2 and 1 dimensions") == true)
        #expect(try message("cosine(.a; .b)", #"{"a":[0,0],"b":[1,1]}"#)?.contains("no direction") == true)
        #expect(try value("recall(.a; .b)", #"{"a":[1,2,9],"b":[1,2,3,4]}"#) == 0.5)
        #expect(try message("recall(.a; [])", #"{"a":[1]}"#)?.contains("empty") == true)
        #expect(try message("recall(.a; [1])", #"{"a":null}"#)?.contains("expected two lists") == true)
    }

    // MARK: Text

    @Test func `b64url and jwt_decode are inverse`() throws {
        #expect(try value("b64url", #""\u00fb\u00ff>?""#) == "w7vDvz4_")
        let token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJib2IiLCJuIjoxfQ.c2ln"
        #expect(
            try value("jwt_decode | [.header.alg, .payload.sub, .payload.n, .signature]", "\"\(token)\"")
                == ["HS256", "bob", 1, "c2ln"])
        #expect(try message("jwt_decode", #""a.b""#)?.contains("3 parts") == true)
        #expect(try message("jwt_decode", #""!!!.e30.x""#)?.contains("header") == true)
        #expect(try message("b64url", "5")?.contains("expected a string") == true)
    }

    @Test func `digests are those of the standard's examples`() throws {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(try value(#".t | sha256"#, #"{"t":"abc"}"#) == .string(abc))
        #expect(
            try value(#".t | hmac_sha256("key")"#, #"{"t":"The quick brown fox jumps over the lazy dog"}"#)
                == "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8")
        #expect(try message("sha256", "5") == "sha256: the input is the number 5, expected a string")
    }

    // MARK: Where host functions stand

    @Test func `a host function stands at the top, in brackets and behind pipes`() throws {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        let dot = #"{"t":"abc","d":"\#(abc)","list":["abc","abc"]}"#
        let variables = ["vars": #"{"t":"abc"}"#]
        for text in [
            ".t | sha256 == \"\(abc)\"", "(.t | sha256) == .d", ".d == ($vars.t | sha256)",
            "[.list[] | sha256] == [.d, .d]", "{a: (.t|sha256)}.a == .d", "(\"\\(.t)\" | sha256) == .d",
            "if .t == \"abc\" then (.t | sha256) == .d else false end",
            ".t | (sha256 | length) == 64", ".t | sha256 | length == 64", "[.t, \"x\"] | .[0] | sha256 == \"\(abc)\"",
            "(.t | sha256 | sha256 | length) == 64", ".list as $l | (.t | sha256) == .d and ($l|length) == 2",
            "(.nothing? // \"abc\" | sha256) == .d", ".t == \"x\" or (.t|sha256|startswith(\"ba78\"))",
        ] {
            let expression = try expression(text)
            #expect(expression.hostFunctionDiagnostics.isEmpty, "\(text)")
            let judgement = ExpressionEngine([expression]).judge([expression], in: try context(dot, variables))
            #expect(judgement == [.holds], "\(text)")
        }
    }

    @Test func `a host function elsewhere is a diagnostic at its place`() throws {
        for (text, place) in [
            (".list | map(sha256)", "sha256"), ("reduce .a[] as $x (0; sha256)", "sha256"),
            (".t as $t | $t | sha256", "sha256"), ("def f: uuid; f", "uuid"), (".t |= sha256", "sha256"),
            (".t as $k | .u | hmac_sha256($k)", "hmac_sha256($k)"),
        ] {
            let expression = try expression(text, role: .capture)
            let found = expression.hostFunctionDiagnostics
            #expect(found.map(\.code) == [.jqHostFunctionPlace], "\(text)")
            let span = try #require(found.first?.primary?.span)
            #expect(String(decoding: span.file.bytes[span.range], as: UTF8.self) == place)
        }
    }

    @Test func `an error of a host function is one only where it is read`() throws {
        #expect(try outputs(".t == null or (.t | sha256) == \"x\"", #"{"t":null}"#) == [true])
        #expect(try error("(.t | sha256) == \"x\"", #"{"t":null}"#)?.message.contains("is null") == true)
    }

    @Test func `a host function behind several values asks for one`() throws {
        #expect(try error(".list[] | sha256 == \"x\"", #"{"list":["a","b"]}"#)?.kind == .outputs)
        #expect(try outputs(".list[] | sha256 | length", #"{"list":["a","b"]}"#) == [64, 64])
    }

    // MARK: Random values

    @Test func `random values depend on the seed and the place alone`() throws {
        let expressions = try ["uuid", "uuid ", "rand_int(1; 6)", "rand_str(40)"].map {
            try expression($0, role: .template)
        }
        func values(_ seed: String) throws -> [Value] {
            let engine = ExpressionEngine(expressions)
            return try expressions.map { try engine.value(of: $0, in: EvaluationContext(seed: seed)) }
        }
        let first = try values("1")
        #expect(try values("1") == first)
        #expect(try values("2")[0] != first[0])
        let uuid = try #require(first[0].string)
        #expect(uuid.utf8.count == 36 && Array(uuid.utf8)[14] == UInt8(ascii: "4"))
        #expect("89ab".contains(Array(uuid)[19]))
        #expect(first[3].string?.count == 40)
        for seed in 0..<50 {
            let number = try #require(try values("\(seed)")[2].number)
            #expect((1...6).contains(Int(number)))
        }
    }

    @Test func `two calls in one expression differ`() throws {
        let values = try outputs("[uuid, uuid]", role: .template)
        #expect(values[0][0] != values[0][1])
    }
}

extension Value {
    fileprivate subscript(position: Int) -> Value? { array?[position] }
}
