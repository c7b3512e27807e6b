import Diagnostics
import Expressions
internal import ScenarioModel
import ScenarioSyntax

/// Reads a scenario's tree into the checked form.
///
/// The parser recovers: a part with an error is left out, told, and the rest is read on. What stands
/// in other files comes from ``ScenarioLibrary``, which the parser asks by path.
struct ScenarioParser {
    let keys: ScenarioKeys
    let file: SourceFile
    var reader = SyntaxReader()
    /// Files named by `use`, `needs`, `vars` and `cases`, resolved by the library.
    let library: ScenarioLibrary
    /// The files on the way here, for cycles.
    let trail: [ScenarioLibrary.Visit]
    var stepCount = 0

    init(keys: ScenarioKeys, file: SourceFile, library: ScenarioLibrary, trail: [ScenarioLibrary.Visit]) {
        self.keys = keys
        self.file = file
        self.library = library
        self.trail = trail
    }

    /// Reads the whole file; nil where so much is wrong that nothing can be made of it.
    mutating func parse(_ root: YAMLNode) -> Scenario? {
        guard let mapping = MappingReader(root, keys.scenario, &reader.diagnostics) else { return nil }
        var scenario = Scenario(file: file, name: FilePath.stem(of: file.path), steps: Block(steps: []))
        scenario.description = mapping["description"]?.text(&reader.diagnostics)
        scenario.tags = mapping["tags"]?.strings(&reader.diagnostics) ?? []
        if let node = mapping["vars"] { parseVariables(node, into: &scenario) }
        if let node = mapping["cases"] { scenario.cases = parseCases(node) }
        if let node = mapping["needs"] { scenario.needs = parseNeeds(node) }
        scenario.locks = (mapping["locks"]?.list(&reader.diagnostics) ?? []).compactMap { node in
            node.text(&reader.diagnostics).map { ($0, node.span) }
        }
        if let node = mapping["requires"] { scenario.requirements = parseRequirements(node) }
        if let node = mapping["targets"] { scenario.targets = parseTargets(node) }
        scenario.condition = mapping["if"].flatMap { reader.expression($0, .condition) }
        scenario.timeout = mapping["timeout"].flatMap { node in
            node.positiveDuration(&reader.diagnostics).map { Setting($0, .file(node.span)) }
        }
        if let node = mapping["retry"] { scenario.retry = parseRetry(node) }
        scenario.keepGoing = mapping["keep_going"]?.boolean(&reader.diagnostics) ?? false
        if let node = mapping["steps"] { scenario.steps = parseBlock(node, what: "steps", isParallel: false) }
        scenario.cleanup = mapping["cleanup"].map { parseBlock($0, what: "cleanup", isParallel: false) }
        if let node = mapping["outputs"] { scenario.outputs = parseOutputs(node) }
        scenario.expressions = reader.expressions
        return scenario
    }

    private mutating func parseVariables(_ node: YAMLNode, into scenario: inout Scenario) {
        guard let members = node.members else {
            reader.diagnostics.append(.expected("a mapping of names and values", node))
            return
        }
        if members.count == 1, members[0].name == "file", let path = members[0].value.scalar?.text {
            guard let data = library.data(path, from: file, at: members[0].value.span, into: &reader.diagnostics) else {
                return
            }
            guard case .object(let object) = data.value else {
                reader.diagnostics.append(.expected("a mapping of names and values in '\(path)'", members[0].value))
                return
            }
            scenario.fileVariables = object
            return
        }
        for member in members where !member.name.hasPrefix("x-") {
            checkName(member.key, member.name)
            scenario.variables.append(
                .init(name: member.name, span: member.key.span, value: reader.value(member.value)))
        }
    }

    private mutating func parseCases(_ node: YAMLNode) -> Scenario.Cases? {
        if let elements = node.elements {
            if elements.isEmpty { reader.diagnostics.append(Diagnostic(.noCases, at: node.span, .noCases)) }
            return .rows(elements.map { reader.value($0) }, node.span)
        }
        if node.isWholeTemplate { return .template(reader.value(node), node.span) }
        guard let mapping = MappingReader(node, ScenarioKeys.caseSource, &reader.diagnostics) else { return nil }
        if let csv = mapping["csv"], let path = csv.text(&reader.diagnostics) {
            // Rows that cannot be read are still rows: what reads '$case' is not to blame.
            return .table(library.rows(path, .csv, from: file, at: csv.span, into: &reader.diagnostics) ?? [], csv.span)
        }
        if let lines = mapping["jsonl"], let path = lines.text(&reader.diagnostics) {
            return .table(
                library.rows(path, .jsonLines, from: file, at: lines.span, into: &reader.diagnostics) ?? [], lines.span)
        }
        if let query = mapping["sql"] { return parseCaseQuery(query) }
        reader.diagnostics.append(.expected("a list of rows, a template, or one of 'csv', 'jsonl', 'sql'", node))
        return nil
    }

    /// Reads a query whose rows are the cases: an sql step's mapping, and `target` beside its keys.
    private mutating func parseCaseQuery(_ node: YAMLNode) -> Scenario.Cases? {
        guard let kind = keys.kinds.first(where: { $0.name == "sql" }) else { return nil }
        let target = node["target"].flatMap { name in name.identifier(&reader.diagnostics).map { ($0, name.span) } }
        let first = reader.expressions.count
        // Rows that cannot be read are still rows: what reads '$case' is not to blame.
        let unknown = Scenario.Cases.table([], node.span)
        guard let request = kind.parse(node.keeping { $0 != "target" }, &reader) else { return unknown }
        guard request.isIdempotent else {
            reader.diagnostics.append(
                Diagnostic(
                    .casesForm, at: node.span, "a query for cases only reads, and belongs to no session",
                    hint: "write a SELECT; what it needs is made by a scenario under 'needs', or before the run"))
            return unknown
        }
        return .query(
            Scenario.CaseQuery(
                request: request, target: target, span: node.span, expressions: Array(reader.expressions[first...])))
    }

    private mutating func parseNeeds(_ node: YAMLNode) -> [Scenario.Need] {
        guard let members = node.members else {
            reader.diagnostics.append(.expected("a mapping of names and scenarios", node))
            return []
        }
        var needs: [Scenario.Need] = []
        for member in members {
            checkName(member.key, member.name)
            guard let mapping = MappingReader(member.value, ScenarioKeys.need, &reader.diagnostics),
                let (scenario, with) = parseReuse(mapping)
            else { continue }
            needs.append(.init(name: member.name, scenario: scenario, with: with, span: member.key.span))
        }
        return needs
    }

    /// Reads `file` and `with` of a `use` or a need, and holds `with` against what the file declares.
    mutating func parseReuse(_ mapping: MappingReader) -> (Scenario, [ValueTemplate.Member])? {
        var with: [ValueTemplate.Member] = []
        if let node = mapping["with"], case .object(let members, _) = reader.value(node) { with = members }
        guard let node = mapping["file"], let path = node.text(&reader.diagnostics) else { return nil }
        guard
            let scenario = library.scenario(
                path, from: file, at: node.span, trail: trail, into: &reader.diagnostics)
        else { return nil }
        let declared = scenario.variables.map(\.name) + scenario.fileVariables.keys
        for member in with where !declared.contains(member.key) {
            let nearest = NearestName.of(member.key, in: declared)
            reader.diagnostics.append(
                Diagnostic(
                    .unknownParameter, at: member.keySpan, .unknownParameter(member.key, path),
                    hint: nearest.map { "did you mean '\($0)'?" } ?? "the file declares its parameters under 'vars'"))
        }
        for variable in scenario.variables
        where variable.isRequired && !with.contains(where: { $0.key == variable.name }) {
            reader.diagnostics.append(
                Diagnostic(
                    .missingParameter, at: node.span, .missingParameter(variable.name, path),
                    secondary: [.init(span: variable.span, text: "declared here as null: a value is required")],
                    hint: "add it: 'with: {\(variable.name): …}'"))
        }
        return (scenario, with)
    }

    private mutating func parseRequirements(_ node: YAMLNode) -> [Scenario.Requirement] {
        guard let members = node.members else {
            reader.diagnostics.append(.expected("a mapping of targets and kinds", node))
            return []
        }
        var requirements: [Scenario.Requirement] = []
        for member in members {
            guard let words = member.value.strings(&reader.diagnostics) else { continue }
            if member.name == "links" {
                requirements += words.map { .init(link: $0, span: member.value.span) }
            } else {
                requirements.append(.init(target: member.name, kinds: words, span: member.key.span))
            }
        }
        return requirements
    }

    private mutating func parseTargets(_ node: YAMLNode) -> [Scenario.DerivedTarget] {
        guard let members = node.members else {
            reader.diagnostics.append(.expected("a mapping of names and connections", node))
            return []
        }
        return members.compactMap { member in
            guard member.value.members != nil else {
                reader.diagnostics.append(.expected("a mapping such as '{ from: NAME, … }'", member.value))
                return nil
            }
            checkName(member.key, member.name)
            let from = member.value["from"]?.text(&reader.diagnostics)
            return .init(
                name: member.name, from: from, changes: reader.value(member.value), span: member.key.span)
        }
    }

    private mutating func parseOutputs(_ node: YAMLNode) -> [Scenario.Output] {
        guard let members = node.members else {
            reader.diagnostics.append(.expected("a mapping of names and jq expressions", node))
            return []
        }
        return members.compactMap { member in
            checkName(member.key, member.name)
            return reader.expression(member.value, .output).map {
                .init(name: member.name, span: member.key.span, expression: $0)
            }
        }
    }

    /// Refuses a name that jq could not read behind a dot.
    mutating func checkName(_ node: YAMLNode, _ name: String) {
        _ = node.identifier(&reader.diagnostics)
    }
}

extension Diagnostic {
    /// That something else stands where a certain form is due.
    static func expected(_ what: String, _ node: YAMLNode, hint: Message? = nil) -> Diagnostic {
        Diagnostic(.scenarioForm, at: node.openingSpan, "expected \(what), found \(node.found)", hint: hint)
    }
}

extension Diagnostic.Code {
    static let scenarioForm = Diagnostic.Code(
        "scenario.form", "A part of the scenario has another form than the language gives it.")
    static let noCases = Diagnostic.Code(
        "scenario.no-cases",
        "A scenario with cases needs at least one row: no row would be no test, and nothing would be proved.")
    static let unknownParameter = Diagnostic.Code(
        "scenario.unknown-parameter", "'with' sets variables that the used file declares under 'vars', and no others.")
    static let missingParameter = Diagnostic.Code(
        "scenario.missing-parameter", "A variable that the used file declares as null must be set by 'with'.")
}

extension Diagnostic.Message {
    fileprivate static var noCases: Self { "'cases' has no rows" }
    fileprivate static func unknownParameter(_ name: String, _ file: String) -> Self {
        "'\(file)' declares no variable '\(name)'"
    }
    fileprivate static func missingParameter(_ name: String, _ file: String) -> Self {
        "'\(file)' requires a value for '\(name)'"
    }
}
