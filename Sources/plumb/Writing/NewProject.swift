/// The files that `plumb init` writes.
enum NewProject {
    /// A file by its path in the project.
    struct File {
        var name: String
        var text: String
    }

    static let files = [
        File(name: "plumb.yaml", text: configuration), File(name: "scenarios/hello.yaml", text: hello),
        File(name: "scenarios/stored.yaml", text: stored),
    ]

    /// What runs leave behind.
    static let ignored = ["/.plumb/", "/reports/"]

    private static let configuration = """
        # Where the scenarios' targets are. `plumb explain configuration` tells every key.
        profiles:
          # The first profile is the default: a small model gateway with its database, started with each run.
          embedded:
            sandbox: true

          # Your own service: plumb run scenarios --profile staging
          staging:
            targets:
              gateway:
                kind: http
                default: true
                url: https://gateway.staging.example

        """

    private static let hello = """
        # One request, and what must be true of its answer.
        description: The gateway answers a question.
        tags: [smoke]
        steps:
          - id: ask
            http:
              post: /v1/chat/completions
              json:
                model: mixtral
                messages: [{ role: user, content: Say hello }]
            expect:
              status: 200
              body: { model: mixtral, usage: { total_tokens: { $: . > 0 } } }
            assert:
              - .body.choices[0].message.content == "hello"
              - .ms < 5000

        """

    private static let stored = """
        # Two steps: the second looks into the database for what the first one was answered.
        description: What the gateway answered is stored.
        requires: { database: [sqlite, postgres] }
        steps:
          - id: chat
            http:
              post: /v1/chat/completions
              json:
                model: mixtral
                messages: [{ role: user, content: Say pong }]
            capture:
              completion: .body.id

          - id: stored
            sql:
              query: SELECT model, tokens FROM mixtral.completions WHERE id = $1
              params: ["${{ $steps.chat.completion }}"]
            until: .row_count == 1
            within: 5s
            expect:
              rows: [{ model: mixtral, tokens: "${{ $steps.chat.body.usage.total_tokens }}" }]

        """
}
