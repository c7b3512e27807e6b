import PlumbTesting
import ScenarioModel
import StepDrivers
import Testing

struct HTTPPlanTests {
    @Test func `plan shows the request as far as it is known, and no secret`() throws {
        let request = try Parsed.request(
            """
            post: /v1/chat/${{ $vars.id }}
            query: { trace: "${{ $run.id }}", 'a b': c d, gone: null, list: [1, 2] }
            headers: { X-Model: "${{ $case.model }}", X-Own: [a, b] }
            json:
              model: ${{ $case.model }}
              messages: [{ role: user, content: 'Say "${{ $vars.word }}"' }]
              temperature: 0.10
              stop: []
            """)
        let target = try writtenTarget(
            """
            url: ${{ $env.URL }}/api/
            headers: { x-own: old, X-Key: "${{ $secrets.KEY }}" }
            auth: { basic: { user: me, password: hunter2 } }
            """)
        #expect(
            request.plan(target: target).joined(separator: "\n") == """
                POST ${{ $env.URL }}/api/v1/chat/${{ $vars.id }}?trace=${{ $run.id }}&a%20b=c%20d&list=1&list=2
                X-Key: ${{ $secrets.KEY }}
                X-Model: ${{ $case.model }}
                X-Own: a
                X-Own: b
                Content-Type: application/json
                Authorization: Basic base64(me:***)

                {
                  "model": ${{ $case.model }},
                  "messages": [
                    {
                      "role": "user",
                      "content": "Say \\"${{ $vars.word }}\\""
                    }
                  ],
                  "temperature": 0.10,
                  "stop": []
                }
                """)
    }

    @Test(arguments: [
        ("{ get: 'https://u:p@host/x' }", "GET https://host/x"),
        ("{ get: /a }", "GET {target}/a"),
        ("{ get: '${{ $vars.u }}/a' }", "GET ${{ $vars.u }}/a"),
        ("{ method: '${{ $case.m }}', path: /a }", "${{ $case.m }} {target}/a"),
        ("{ delete: /a, auth: { bearer: literal } }", "DELETE {target}/a|Authorization: Bearer ***"),
        (
            "{ post: /a, form: { a: '${{ $vars.x }}' } }",
            "POST {target}/a|Content-Type: application/x-www-form-urlencoded||a: ${{ $vars.x }}"
        ),
        (
            "{ put: /a, file: x.bin }",
            "PUT {target}/a|Content-Type: application/octet-stream||{bytes of the file x.bin}"
        ),
        ("{ put: /a, text: \"a\\nb\" }", "PUT {target}/a|Content-Type: text/plain; charset=utf-8||a|b"),
        (
            "{ post: /a, multipart: { a: b, f: { file: x } } }",
            "POST {target}/a|Content-Type: multipart/form-data||a: b|f: {bytes of the file x}"
        ),
    ]) func `plan of a short request`(_ yaml: String, _ expected: String) throws {
        #expect(try Parsed.request(yaml).plan(target: nil).joined(separator: "|") == expected)
    }

    @Test func `plan names the place of a token and not the secret`() throws {
        let target = try writtenTarget(
            "{ url: 'http://h', auth: { oauth2_client_credentials: { token_url: 'http://idp/t', client_id: a, client_secret: b } } }"
        )
        #expect(
            try Parsed.request("{ get: /a }").plan(target: target) == [
                "GET http://h/a", "Authorization: Bearer {token from http://idp/t}",
            ])
    }

    @Test func `plan of a command`() throws {
        let request = try Parsed.request(
            "{ command: [ls, -l, '${{ $vars.x }}', 'a b'], env: { A: '${{ $secrets.A }}' }, stdin: hi }", by: ExecStep()
        )
        #expect(
            request.plan(target: nil) == [
                "exec ls -l '${{ $vars.x }}' 'a b'", "env A: ${{ $secrets.A }}", "stdin", "  hi",
            ])
    }
}
