import PlumbTesting
import Testing

@testable import plumb

/// A command line of curl, read as a shell and curl read it.
struct CurlWordsTests {
    private func words(_ text: String, _ environment: [String: String] = [:]) throws -> [String] {
        try ShellWords.split(text, environment: environment).map(\.shown)
    }

    private func request(_ command: String, files: [String: String] = [:]) throws -> DraftRequest {
        try CurlWords.request(command, environment: ["TOKEN": "from-outside"]) { files[$0].map { Array($0.utf8) } }
    }

    @Test func `words are split as a shell splits them`() throws {
        #expect(try words(#"a 'b c' "d \" $ \\ \n" e\ f"#) == ["a", "b c", #"d " $ \ \n"#, "e f"])
        #expect(try words("a \\\n  b\n'c'd\"e\"") == ["a", "b", "cde"])
        #expect(try words(#"$'a\n\'\x41\u00e9\101'"#) == ["a\n'Aé" + "A"])
        #expect(try words("a '' # not this") == ["a", ""])
        #expect(try words(#"x "$HOME/${NAME}y" 'z$A'"#) == ["x", "$HOME/$NAMEy", "z$A"])
    }

    @Test(arguments: ["a | b", "a > b", "a; b", "a & b", "'a", "\"a", "$'a", "a $(b)", "a `b`", "${A:-b}"])
    func `what a shell would do besides is refused`(text: String) {
        #expect(throws: ShellWords.Problem.self) { try words(text) }
    }

    @Test func `methods follow from what is sent`() throws {
        #expect(try request("curl http://h/").method == "GET")
        #expect(try request("curl http://h/ -d a=b").method == "POST")
        #expect(try request("curl -I http://h/").method == "HEAD")
        #expect(try request("curl -XPUT http://h/ --data-raw x").method == "PUT")
        #expect(try request("curl -sSLXDELETE http://h/").method == "DELETE")
        #expect(
            try request("curl -G http://h/?a=1 -d b=2 --data-urlencode 'c=x y'").url.shown == "http://h/?a=1&b=2&c=x+y")
        #expect(try request("curl h/x").url.shown == "http://h/x")
        #expect(try request("curl -L --max-redirs 3 -m 1.5 --retry 2 http://h").followsRedirects == 3)
        #expect(try request("curl -m 1.5 http://h").timeout == "1500ms")
    }

    @Test(arguments: [
        // Each command with its names and values as they are used.
        (
            "curl http://h -H 'X-Api-Key: one' -H 'x-api-key: two' -H 'X-API-KEY: three'",
            ["X_API_KEY=one", "X_API_KEY_2=two", "X_API_KEY_3=three"]
        ),
        ("curl http://h -H 'X-Api-Key: one' -H 'x-api-key: one'", ["X_API_KEY=one"]),
        (
            "curl 'http://h/?api_key=one&api_key=two' -H 'Api-Key: three'",
            ["API_KEY_2=one", "API_KEY_3=two", "API_KEY=three"]
        ),
        (
            #"curl http://h --json '{"user": {"password": "a"}, "admin": {"password": "b"}, "again": {"password": "a"}}'"#,
            ["PASSWORD=a", "PASSWORD_2=b"]
        ),
        ("curl http://h -d 'password=a&x=1&password=b'", ["PASSWORD=a", "PASSWORD_2=b"]),
        ("curl http://h -F password=a -F password=b", ["PASSWORD=a", "PASSWORD_2=b"]),
        ("curl http://h -u me:a -H 'X-Token: b' -b c=1", ["X_TOKEN=b", "COOKIE=c=1", "API_PASSWORD=a"]),
        // A variable of the shell keeps its name.
        ("curl http://h -H 'Token: other' -H \"X-Other-Token: $TOKEN\"", ["TOKEN_2=other", "TOKEN=from-outside"]),
        (
            "curl http://h -H 'Missing-Token: x' -H \"X-Key-Id: $MISSING_TOKEN\"",
            ["MISSING_TOKEN_2=x", "MISSING_TOKEN=?"]
        ),
        ("curl http://h -H 'Token: from-outside' -H \"X-Other-Token: $TOKEN\"", ["TOKEN=from-outside"]),
    ])
    func `each credential has a name of its own`(command: String, names: [String]) throws {
        let found = try request(command).names.map { "\($0.name)=\($0.value ?? "?")" }
        #expect(found == names)
    }

    @Test func `bodies are told apart`() throws {
        guard case .json(_, let bytes) = try request("curl http://h --json '{\"a\": [1]}'").body else {
            Issue.record("no JSON")
            return
        }
        #expect(String(decoding: bytes, as: UTF8.self) == "{\"a\": [1]}")
        guard case .form(let pairs) = try request("curl http://h -d 'a=1&b=two%20x' -d c=").body else {
            Issue.record("no form")
            return
        }
        #expect(pairs.map(\.name) == ["a", "b", "c"])
        #expect(pairs.map(\.value.shown) == ["1", "two x", ""])
        // JSON that is sent as a form, as curl does without a header, stays what it was.
        guard case .text(let text) = try request("curl http://h -d '{\"a\":1}'").body else {
            Issue.record("no text")
            return
        }
        #expect(text.shown == "{\"a\":1}")
        #expect(
            try request("curl http://h -d '{\"a\":1}'").headers.map(\.value.shown) == [
                "application/x-www-form-urlencoded"
            ])
        guard case .multipart(let parts) = try request("curl http://h -F a=1 -F 'f=@x/y.txt;type=text/plain'").body
        else {
            Issue.record("no parts")
            return
        }
        #expect(parts.map(\.file) == [nil, "x/y.txt"])
        #expect(parts[1].contentType == "text/plain")
        guard case .form(let fromFile) = try request("curl http://h -d @f", files: ["f": "a=\n1"]).body else {
            Issue.record("no form of a file")
            return
        }
        #expect(fromFile.map(\.value.shown) == ["1"])
    }

    @Test func `credentials are read by name, wherever they stand`() throws {
        let command = """
            curl -u ada:pw-1234 -b 'sid=cookie-12' -H 'X-Api-Key: key-1234' 'https://h/?token=tok-1234&x=1' \
            -H "Authorization: Bearer bear-1234" --json '{"password": "hid-1234", "max_tokens": "5", "name": "$x"}'
            """
        let request = try request(command)
        #expect(
            Set(request.names.map(\.name))
                == ["API_PASSWORD", "COOKIE", "X_API_KEY", "TOKEN", "API_TOKEN", "PASSWORD"])
        var draft = ScenarioDraft(request: request, notes: [], description: "x")
        draft.expectation = nil
        let text = try #require(draft.text(in: ScenarioDraft.Surroundings()))
        for secret in ["pw-1234", "cookie-12", "key-1234", "tok-1234", "bear-1234", "hid-1234"] {
            #expect(!text.contains(secret), "\(secret) stands in\n\(text)")
        }
        #expect(text.contains("user: ada") && text.contains("password: ${{ $env.API_PASSWORD }}"))
        #expect(request.url.sent == "https://h/?token=tok-1234&x=1")
    }

    @Test func `what looks like a token is one, and passwords of the way there are refused`() throws {
        let token = "eyJhbGciOiJIUzI1NiJ9.e30.x"
        let plain = try request("curl 'http://h/?x=\(token)' -H 'X-Who: \(token)' --json '{\"y\": \"\(token)\"}'")
        #expect(plain.names.map(\.name) == ["X", "X_WHO", "Y"])
        let user = try request(#"curl http://h -u "$WHO:$TOKEN""#)
        #expect(user.user?.name.shown == "$WHO" && user.user?.password.shown == "$TOKEN")
        for words in ["-x http://me:pw@p:3128", "--cert me.pem:pw"] {
            let problem = #expect(throws: ShellWords.Problem.self) { try request("curl http://h \(words)") }
            #expect(problem?.message.contains("password") == true)
        }
    }

    @Test func `a variable of the shell is read from the environment`() throws {
        let request = try request(#"curl http://h/$PART -H "Authorization: Bearer $TOKEN""#)
        #expect(request.names.map(\.name) == ["PART", "TOKEN"])
        #expect(request.headers.first?.value.sent == "Bearer from-outside")
    }

    @Test(arguments: [
        "curl --frobnicate http://h": "'--frobnicate'", "curl -Z http://h": "'-Z'", "curl": "no URL",
        "curl http://a http://b": "two URLs", "curl ftp://a": "'ftp'", "wget http://a": "'curl'",
        "curl http://a -d": "lacks its value", "curl http://a -d @nowhere": "nowhere",
        "curl http://a -d x -F a=b": "both",
        "curl http://a -b jar.txt": "cookies", "curl http://a -m soon": "seconds",
    ])
    func `what is not understood is named`(command: String, word: String) throws {
        let problem = #expect(throws: ShellWords.Problem.self) { try request(command) }
        #expect(problem?.message.contains(word) == true, "\(problem?.message ?? "")")
    }
}
