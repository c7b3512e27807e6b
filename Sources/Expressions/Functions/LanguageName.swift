/// A name that expressions have beside those of jq: a variable of the language, or a function of Plumb.
public struct LanguageName: Sendable, Hashable {
    /// As it is called: `$steps`, `approx`.
    public let name: String
    /// How it is written: `$steps.ID.NAME`, `approx(a; b; tolerance)`.
    public let usage: String
    /// What it gives, in one or two sentences.
    public let doc: String
    /// Whether Plumb computes it before the expression around it, so that it cannot stand everywhere.
    public let isPrepared: Bool

    private init(_ name: String, _ usage: String, _ doc: String, isPrepared: Bool = false) {
        self.name = name
        self.usage = usage
        self.doc = doc
        self.isPrepared = isPrepared
    }

    /// The variables, as the reference lists them.
    public static let variables: [LanguageName] = [
        LanguageName("$vars", "$vars.NAME", "A variable of the scenario, evaluated once per test."),
        LanguageName("$case", "$case.KEY", "The row of 'cases' that this test is made of; a row may be any value."),
        LanguageName(
            "$steps", "$steps.ID.NAME",
            "A capture or a member of the result of a step that ran before; '$steps.ID.ran' tells whether it did."),
        LanguageName("$needs", "$needs.NAME.OUTPUT", "An output of a scenario that this one needs."),
        LanguageName("$item", "$item", "The element of 'each', under the name that 'as' gives."),
        LanguageName("$index", "$index", "The number of the element or repetition, from 0."),
        LanguageName("$attempt", "$attempt", "The number of the attempt of this step, from 1."),
        LanguageName(
            "$env", "$env.NAME", "A variable of the environment or of the env file; declared secrets are not in it."),
        LanguageName(
            "$secrets", "$secrets.NAME", "A secret that the configuration declares; it is masked wherever it goes."),
        LanguageName("$suite", "$suite.KEY", "A setting of the scenario's suite, outer suites' included."),
        LanguageName("$config", "$config.PATH", "The whole tree under 'integration_tests'."),
        LanguageName(
            "$run", "$run.id",
            "Of this run: 'id' (new for each test), 'run', 'seed', 'profile' and 'started' (RFC 3339)."),
        LanguageName(
            "$baseline", "$baseline", "The result of an earlier run to compare with; null where there is none."),
    ]

    /// The functions that Plumb adds to jq's own, as the reference lists them.
    public static let functions: [LanguageName] = [
        LanguageName(
            "uuid", "uuid", "A random UUID, the same for the same seed, test, step and place.", isPrepared: true),
        LanguageName(
            "rand_int", "rand_int(a; b)", "A random whole number from a to b, both included.", isPrepared: true),
        LanguageName("rand_str", "rand_str(n)", "A random text of n letters and digits.", isPrepared: true),
        LanguageName("now_iso", "now_iso", "The time, RFC 3339 in UTC."),
        LanguageName(
            "date_add", "date_add(\"1d\")",
            "The input, a time in RFC 3339 or in seconds since 1970, and a duration later."),
        LanguageName("sha256", "sha256", "The SHA-256 of the input text, in hexadecimal digits.", isPrepared: true),
        LanguageName(
            "hmac_sha256", "hmac_sha256(key)", "The HMAC with SHA-256 of the input text, in hexadecimal digits.",
            isPrepared: true),
        LanguageName("b64url", "b64url", "The input text in base64 for URLs, without padding."),
        LanguageName(
            "jwt_decode", "jwt_decode", "A token's {header, payload, signature}; the signature is not checked."),
        LanguageName(
            "matches_schema", "matches_schema(file)", "Whether the input is valid under a JSON Schema file.",
            isPrepared: true),
        LanguageName("recall", "recall(ids; truth)", "The share of the true ids that are among the found ones."),
        LanguageName("cosine", "cosine(a; b)", "The cosine of two vectors."),
        LanguageName(
            "percentile", "percentile(p)",
            "The p-th percentile, 0 to 100, of the input list by nearest rank; an empty list is an error."),
        LanguageName(
            "approx", "approx(a; b; tolerance)",
            "Whether a is within the tolerance of b: a number, or \"5%\" of b; lists element by element."),
    ]
}
