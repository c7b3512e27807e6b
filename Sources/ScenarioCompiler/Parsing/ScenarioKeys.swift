public import ScenarioModel
public import ScenarioSyntax

/// The keys of a scenario and of what stands in it; the step's table holds one key for each kind in the list.
public struct ScenarioKeys: Sendable {
    let kinds: [any StepKind]
    /// A scenario file.
    public let scenario: KeyTable
    /// A step.
    public let step: KeyTable
    let group: KeyTable

    /// Creates the tables for the given kinds of steps.
    public init(kinds: [any StepKind]) {
        self.kinds = kinds
        scenario = Self.scenario(kinds)
        step = Self.step(kinds)
        group = Self.group(kinds)
    }

    /// Words of other tools, with ours.
    static let foreign: [String: String] = [
        "when": "if", "sleep": "wait", "delay": "wait", "pause": "wait", "retries": "retry", "poll": "until",
        "wait_for": "until", "save": "capture", "captures": "capture", "bind": "capture", "extract": "capture",
        "register": "capture", "test": "assert", "tests": "assert", "asserts": "assert", "assertions": "assert",
        "check": "assert", "checks": "assert", "validate": "assert", "response": "expect", "expected": "expect",
        "finally": "cleanup", "teardown": "cleanup", "defer": "cleanup", "after": "cleanup", "setup": "needs",
        "before": "needs", "loop": "each", "foreach": "each", "for_each": "each", "with_items": "each",
        "depends_on": "needs", "include": "use", "import": "use", "call": "use", "run": "exec", "shell": "exec",
        "command": "exec", "request": "http", "variables": "vars", "env": "vars", "parametrize": "cases",
        "data": "cases", "examples": "cases", "stages": "steps", "scenario": "steps", "skip": "if",
    ]

    private static func scenario(_ kinds: [any StepKind]) -> KeyTable {
        KeyTable(
            name: "scenario", summary: "One YAML file: a test, or one test per row of its cases.",
            keys: [
                Key("description", .text, "What the scenario proves, for people; shown in reports."),
                Key("tags", .oneOf([.text, .list(.text)]), "Words to select scenarios by: `plumb run --tag smoke`."),
                Key(
                    "vars", .oneOf([.map(.any), .table { Self.variablesFile }]),
                    "Values named once: `$vars.NAME`. Evaluated once per test, in order; null is one that `with` must set."
                ),
                Key(
                    "cases", .oneOf([.list(.any), .text, .table { Self.caseSource }]),
                    "One test per row, read as `$case`: a list, a template over `$suite`, `$vars` or `$env`, or a table file."
                ),
                Key(
                    "needs", .map(.table { Self.need }),
                    "Scenarios that run once before this one; their outputs are `$needs.NAME.OUTPUT`."),
                Key("locks", .list(.text), "Targets, or plain words, that no other scenario may use meanwhile."),
                Key(
                    "requires", .map(.any),
                    "What the profile must have: `{metrics: prometheus, database: [postgres], links: [a->b]}`; else it is skipped."
                ),
                Key(
                    "targets", .map(.table { derivedTarget(kinds) }),
                    "Connections made from the profile's: `{from: database, password: nope}`."),
                Key("if", .expression, "One boolean; false skips the scenario, and the report says why."),
                Key("timeout", .duration, "The time-out of each attempt of its steps that have none of their own."),
                Key(
                    "retry", .oneOf([.integer, .table { ConfigurationKeys.retry }]),
                    "The default of its steps; a scenario is never retried as a whole."),
                Key(
                    "keep_going", .boolean, default: "false",
                    "Goes on behind a failure with the steps that do not read the failed one."),
                Key("cleanup", .list(.table { step(kinds) }), "Steps that run at the end, whatever happened."),
                Key("steps", .list(.table { step(kinds) }), required: true, "What is done and checked, in this order."),
                Key("outputs", .map(.expression), "What scenarios that use or need this one see of it."),
            ],
            foreign: Self.foreign.merging(
                ["name": "description", "title": "description", "summary": "description"]) { own, _ in own })
    }

    private static func step(_ kinds: [any StepKind]) -> KeyTable {
        let kindKeys = kinds.map { kind in Key(kind.name, kind.shape, kind.keys.summary) }
        return KeyTable(
            name: "step", summary: "What is done, and what must hold of its result.",
            keys: [
                Key("id", .identifier, default: "s1, s2, …", "The name for references, unique in the file."),
                Key("name", .text, "The title for people."),
                Key(
                    "target", .text,
                    "A connection of the profile; left out: the only one that fits, or the default one."),
                Key("if", .expression, "One boolean; false skips the step, and the report says why."),
                Key("timeout", .template(.duration), "Of one attempt; of a group: of all of it."),
                Key(
                    "retry", .oneOf([.integer, .table { ConfigurationKeys.retry }]),
                    "How an attempt that met transport trouble is sent again."),
                Key(
                    "idempotent", .boolean, default: "by method",
                    "Whether a request whose answer was lost may be sent again."),
                Key("until", .expression, "Polls until this is true; a poll is one attempt with its retries."),
                Key("within", .template(.duration), default: "30s", "How long `until` polls."),
                Key("every", .template(.duration), default: "500ms", "The pause between two polls."),
                Key("give_up", .expression, "Ends the polling at once, as failed, when it is true."),
                Key(
                    "expect", .any,
                    "A tree that the result must match: objects in part, arrays exactly, `{ $: JQ }` by predicate."),
                Key(
                    "assert",
                    .oneOf([.expression, .list(.oneOf([.expression, .map(.expression)])), .map(.expression)]),
                    "Expressions that must yield true, each time they yield; all are checked and all failures told."),
                Key(
                    "capture", .map(.oneOf([.expression, .table { Self.capture }])),
                    "Values of the result for later steps: `$steps.ID.NAME`."),
                Key("each", .oneOf([.expression, .table { Self.each }]), "Runs the step for each element of a list."),
                Key("as", .identifier, default: "item", "The variable of the element, beside `each`."),
                Key("parallel", .template(.integer), default: "1", "How many elements run at once, beside `each`."),
                Key(
                    "repeat", .oneOf([.text, .table { ConfigurationKeys.load }]),
                    "Runs the step many times and judges them as a whole."),
                Key(
                    "cleanup", .list(.table { step(kinds) }),
                    "Steps that undo this one, run at the scenario's end if it was begun."),
                Key("needs", .list(.text), "Siblings in a parallel group that must have passed before."),
                Key("keep_going", .boolean, default: "false", "Of a group: goes on behind a failure."),
                Key(
                    "faults", .map(.table { FaultKeys.fault }),
                    "Trouble put on targets and links while the step or group runs."),
                Key(
                    "recovers_within", .duration,
                    "Of a faulted group: how soon its steps pass again once the fault is lifted."),
                Key("wait", .template(.duration), "Does nothing for this long."),
                Key(
                    "group", .table { group(kinds) },
                    "Steps under one head: in parallel, in a loop, under one time-out."),
                Key("use", .table { Self.use }, "Runs another scenario file in place."),
            ] + kindKeys, foreign: Self.foreign)
    }

    private static func group(_ kinds: [any StepKind]) -> KeyTable {
        KeyTable(
            name: "group", summary: "Steps under one head.",
            keys: [
                Key(
                    "parallel", .boolean, default: "false",
                    "Whether the steps run at the same time, save where one needs another."),
                Key(
                    "keep_going", .boolean, default: "false",
                    "Goes on behind a failure with the steps that do not read the failed one."),
                Key("steps", .list(.table { step(kinds) }), required: true, "The steps."),
            ], foreign: Self.foreign)
    }

    static let each = KeyTable(
        name: "each", summary: "A step that runs for each element of a list.",
        keys: [
            Key("in", .expression, required: true, "jq that yields one array."),
            Key("as", .identifier, default: "item", "The variable of the element."),
            Key("parallel", .template(.integer), default: "1", "How many elements run at once."),
            Key("min", .integer, default: "1", "The least number of elements; fewer is a failure."),
        ], foreign: ["items": "in", "list": "in"])

    static let capture = KeyTable(
        name: "capture", summary: "A captured value with its options.",
        keys: [
            Key("jq", .expression, required: true, "What is taken of the result."),
            Key("secret", .boolean, default: "false", "Whether it is masked in every output."),
            Key("default", .any, "What it is where the expression yields null or nothing."),
        ], foreign: ["expr": "jq", "from": "jq", "jsonpath": "jq"])

    static let use = KeyTable(
        name: "use", summary: "Another scenario, run in place.",
        keys: [
            Key("file", .text, required: true, "The scenario's file, relative to this one."),
            Key("with", .map(.any), "Values of the variables that the file declares."),
        ], foreign: ["params": "with", "vars": "with"])

    static let need = KeyTable(
        name: "needs", summary: "A scenario that runs once before this one.",
        keys: [
            Key("file", .text, required: true, "The scenario's file, relative to this one."),
            Key("with", .map(.any), "Values of the variables that the file declares."),
        ], foreign: ["params": "with", "vars": "with"])

    static let variablesFile = KeyTable(
        name: "vars", summary: "Variables kept in a file of plain YAML data.",
        keys: [Key("file", .text, required: true, "The file, relative to the scenario.")], foreign: [:])

    static let caseSource = KeyTable(
        name: "cases", summary: "Rows from a table.",
        keys: [
            Key("csv", .text, "A CSV file with a header line; every value is text."),
            Key("jsonl", .text, "A file with one JSON value a line."),
            Key("sql", .any, "A query whose rows are the cases."),
        ], foreign: ["file": "csv"])

    /// A connection that a scenario derives; any key of the kind may be set anew.
    private static func derivedTarget(_ kinds: [any StepKind]) -> KeyTable {
        let keys = ConfigurationKeys.target(kinds).keys.filter { $0.name != "from" && $0.name != "default" }
        return KeyTable(
            name: "derived target", summary: "A connection of the scenario's own.",
            keys: [Key("from", .text, "The target of the profile that it begins with.")] + keys)
    }
}
