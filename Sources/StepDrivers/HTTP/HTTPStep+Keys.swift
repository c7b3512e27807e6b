internal import ScenarioSyntax

extension HTTPStep {
    /// The keys of an `http` mapping.
    static let table = KeyTable(
        name: "http", summary: "Sends an HTTP request.",
        keys: shortcuts.map { method in
            Key(method, .text, "Sends a \(method.uppercased()) to a path of the target, or to a whole URL.")
        } + [
            Key("method", .text, "The method, any that HTTP allows; written with 'path'."),
            Key("path", .text, "A path of the target such as /v1/users, or a whole URL; written with 'method'."),
            Key(
                "query", .template(.map(.any)),
                "Pairs added to the URL, percent-encoded; a list is sent once per element, null drops the pair."),
            Key(
                "headers", .template(.map(.oneOf([.text, .null, .list(.text)]))),
                "Headers in their order and spelling; one replaces the target's of the same name, null drops it."),
            Key("json", .any, "The body, sent as JSON; keys keep their order and numbers their digits."),
            Key("form", .template(.map(.any)), "The body, sent as a form: application/x-www-form-urlencoded."),
            Key(
                "multipart", .map(.oneOf([.text, .table { part }, .list(.oneOf([.text, .table { part }]))])),
                "The body, sent as multipart/form-data: a text or a part by field name."),
            Key("text", .text, "The body, sent as text."),
            Key("base64", .text, "The body, whose bytes are written in base64."),
            Key("file", .text, "The body, read from a file; its path is relative to the scenario."),
            Key("graphql", .table { graphql }, "The body of a GraphQL request."),
            Key("stream", .choice(["sse"]), "Parses the answer as server-sent events while they arrive."),
            Key("max_events", .template(.integer), default: "10000", "Ends a stream after so many events."),
            Key(
                "follow_redirects", .template(.oneOf([.boolean, .integer])), default: "false",
                "Whether redirects are followed, at most 10, or how many."),
            Key("max_bytes", .template(.size), default: "64MiB", "The most bytes of a decoded body."),
            Key(
                "cookies", .template(.boolean), default: "true",
                "Whether cookies are kept for the scenario and sent back."),
            Key("auth", .oneOf([.choice(["none"]), .table { auth }]), "Replaces the target's; 'none' drops it."),
        ],
        foreign: [
            "body": "json", "data": "form", "raw": "text", "files": "multipart", "formdata": "multipart",
            "form_data": "multipart", "urlencoded": "form", "body_file": "file", "uri": "path", "url": "path",
            "header": "headers", "params": "query", "query_params": "query", "querystring": "query",
            "redirects": "follow_redirects", "allow_redirects": "follow_redirects", "follow": "follow_redirects",
            "authentication": "auth", "authorization": "auth", "sse": "stream", "cookie": "headers",
        ])

    /// A part of a multipart body.
    static let part = KeyTable(
        name: "multipart part", summary: "One field of a multipart body: a file, or a text.",
        keys: [
            Key("file", .text, "The file whose bytes are sent; its path is relative to the scenario."),
            Key("text", .text, "The text that is sent."),
            Key("content_type", .text, "The part's own content type."),
            Key("filename", .text, default: "the file's own", "The name that the server is told."),
        ],
        foreign: ["path": "file", "value": "text", "type": "content_type", "mime": "content_type", "name": "filename"])

    /// A GraphQL request.
    static let graphql = KeyTable(
        name: "graphql", summary: "A GraphQL request, sent as JSON.",
        keys: [
            Key("query", .text, required: true, "The GraphQL document."),
            Key("variables", .any, "The values of its variables."),
            Key("operation", .text, "Which operation of the document runs."),
        ], foreign: ["operationName": "operation", "operation_name": "operation", "document": "query"])

    /// The credentials of one step.
    static let auth = KeyTable(
        name: "auth", summary: "Credentials, sent as the Authorization header.",
        keys: [
            Key("basic", .table { basic }, "A user name and a password."),
            Key("bearer", .text, "A token."),
        ], foreign: ["token": "bearer", "jwt": "bearer"])

    /// A user name and a password.
    static let basic = KeyTable(
        name: "basic", summary: "A user name and a password.",
        keys: [
            Key("user", .text, required: true, "The user name; it holds no colon."),
            Key("password", .text, required: true, "The password."),
        ], foreign: ["username": "user", "name": "user", "pass": "password"])

    /// Keys of a step that are often indented too far.
    static let stepKeys = [
        "expect", "assert", "capture", "until", "within", "every", "give_up", "retry", "timeout", "if", "each",
        "repeat",
        "cleanup", "idempotent", "target", "id", "name", "faults",
    ]
}
