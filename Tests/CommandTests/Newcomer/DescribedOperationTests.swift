import PlumbTesting
import Testing

/// What `plumb new` makes of an OpenAPI description by itself, without a service that answers.
@Suite(.onOwnThreads) struct DescribedOperationTests {
    private static let description = """
        openapi: 3.1.0
        info: { title: T, version: "1" }
        servers: [{ url: "http://h.invalid" }]
        paths:
          /json:
            post:
              operationId: json
              security: [{ basic: [] }]
              parameters:
                - { name: q, in: query, required: true, examples: { one: { value: a b } } }
                - { name: n, in: query, required: true, schema: { type: integer, minimum: 2.5 } }
                - { name: X-Trace, in: header, required: true, schema: { type: string, maxLength: 2 } }
                - { name: session, in: cookie, required: true, schema: { type: string } }
                - { name: left, in: query, schema: { type: string } }
              requestBody:
                content:
                  application/vnd.shop+json:
                    schema:
                      allOf:
                        - { $ref: "#/components/schemas/Named" }
                        - type: object
                          properties: { tags: { type: array, items: { type: string, minLength: 6 } } }
                      properties: { size: { type: ["null", number], minimum: 0.5 }, open: { type: boolean } }
              responses:
                "200":
                  description: ok
                  content: { application/json: { schema: { $ref: "#/components/schemas/Answer" } } }
          /form:
            post:
              operationId: form
              security: [{ bearer: [] }]
              requestBody:
                content:
                  application/x-www-form-urlencoded:
                    example: { name: Ada, password: hidden, deep: [1] }
              responses: { default: { description: any } }
          /parts:
            put:
              operationId: parts
              security: [{ asked: [] }]
              requestBody:
                content: { multipart/form-data: { schema: { properties: { note: { const: hello } } } } }
              responses: { "201": { description: made } }
          /text:
            put:
              operationId: text
              security: [{ biscuit: [] }]
              requestBody: { content: { text/csv: { example: "a,b" } } }
              responses: { "204": { description: nothing } }
        components:
          securitySchemes:
            basic: { type: http, scheme: basic }
            bearer: { type: oauth2 }
            asked: { type: apiKey, in: query, name: api_key }
            biscuit: { type: apiKey, in: cookie, name: sid }
          schemas:
            Named:
              type: object
              required: [name, at]
              properties:
                name: { oneOf: [{ type: "null" }, { type: string, format: email }] }
                at: { type: string, format: date-time }
            Answer:
              allOf:
                - { $ref: "#/components/schemas/Named" }
                - type: object
                  required: [state, rows, names, more]
                  properties:
                    state: { enum: [open, shut] }
                    names: { type: array, items: { type: string } }
                    more: { type: ["null", object] }
                    rows:
                      items:
                        required: [id, "odd name", free]
                        properties:
                          id: { type: integer }
                          odd name: { type: string }
                          free: { type: ["null", string] }

        """

    private func draft(_ operation: String) throws -> String {
        let folder = try TemporaryFolder()
        try folder.write(Self.description, to: "api.yaml")
        let run = try CommandRun.plumb(
            ["new", "from", "openapi", "api.yaml", "--operation", operation, "--no-run", "--output", "a.yaml"],
            in: folder.path)
        #expect(run.exitStatus == 0, "\(run.standardError)")
        let text = try folder.read("a.yaml")
        let lint = try CommandRun.plumb(["lint", "--strict", "a.yaml"], in: folder.path)
        #expect(lint.exitStatus == 0, "\(lint.standardOutput)\(text)")
        return text
    }

    private func expect(_ text: String, holds lines: [String], at location: SourceLocation = #_sourceLocation) {
        for line in lines { #expect(text.contains(line), "\(line) lacks in\n\(text)", sourceLocation: location) }
    }

    @Test func `parameters and a body are made up as their schemas say`() throws {
        let text = try draft("json")
        expect(
            text,
            holds: [
                "/json?q=a+b&n=3", "X-Trace: te", "application/vnd.shop+json", "name: user@example.com",
                "2024-01-31T12:00:00Z", "tags: [textxx]", "size: 0.5", "open: true", "$env.API_USER",
                "$env.API_PASSWORD",
            ])
        #expect(!text.contains("left="))
    }

    @Test func `an answer is expected as far as its schema binds it`() throws {
        expect(
            try draft("json"),
            holds: [
                #"startswith("application/json")"#, #"IN("open", "shut")"#,
                #"type == "array" and (length == 0 or all(.[]; type == "string"))"#, #"type == "object" or . == null"#,
                #"all(.[]; type == "object" and (.id | type) == "number""#,
                #"(.["odd name"] | type) == "string")"#,
            ])
    }

    @Test func `bodies of each kind are written as that kind, passwords as variables`() throws {
        let form = try draft("form")
        expect(form, holds: ["form:", "name: Ada", "$env.PASSWORD", "deep: \"[1]\"", "Bearer ${{ $env.API_TOKEN }}"])
        #expect(!form.contains("hidden"))
        expect(try draft("parts"), holds: ["multipart:", "hello", "api_key=${{ $env.API_KEY }}", "status: 201"])
        expect(try draft("text"), holds: ["text/csv", "a,b", "sid=${{ $env.SID }}", "status: 204"])
    }

    // MARK: Variables of the shell in what curl sends

    private func curl(_ command: String) throws -> String {
        let folder = try TemporaryFolder()
        let run = try CommandRun.plumb(
            ["new", "from", "curl", command, "--no-run", "--output", "a.yaml"],
            environment: ["NAME": "Ada", "WHERE": "here"], in: folder.path)
        #expect(run.exitStatus == 0, "\(run.standardError)")
        let lint = try CommandRun.plumb(["lint", "a.yaml"], in: folder.path)
        #expect(lint.exitStatus == 0, "\(lint.standardOutput)")
        return try folder.read("a.yaml")
    }

    @Test func `variables within JSON stay variables`() throws {
        let text = try curl(
            #"curl http://h.invalid/a --json "{\"who\": \"$NAME\", \"at\": [\"in ${WHERE}!\", 7], \"n\": {\"m\": null}}""#
        )
        expect(text, holds: ["json:", "who: ${{ $env.NAME }}", "in ${{ $env.WHERE }}!", "7", "m: null"])
        // What is no JSON once the variables stand for texts is sent as it is written.
        expect(try curl(#"curl http://h.invalid/a --json "{\"n\": $NAME}""#), holds: ["${{ $env.NAME }}}"])
    }

    @Test func `variables within a form stay variables`() throws {
        let text = try curl(
            #"curl http://h.invalid/a -d "who=$NAME&at=in+${WHERE}%21&all=a${NAME}b$WHERE&plain=x%20y""#)
        expect(
            text,
            holds: [
                "form:", "who: ${{ $env.NAME }}", "in ${{ $env.WHERE }}!", "a${{ $env.NAME }}b${{ $env.WHERE }}",
                "plain: x y",
            ])
    }
}
