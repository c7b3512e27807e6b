import Diagnostics
import Expressions
import ScenarioModel
import ScenarioSyntax

extension ScenarioParser {
    /// Reads a list of steps; edges are drawn later, once every id is known.
    mutating func parseBlock(_ node: YAMLNode, what: String, isParallel: Bool) -> Block {
        guard let elements = node.elements else {
            reader.diagnostics.append(
                .expected(
                    "a list of steps under '\(what)'", node,
                    hint: node.members == nil
                        ? "begin each step with '- '" : "begin each step with '- ', and name it by 'id'"))
            return Block(steps: [])
        }
        if elements.isEmpty {
            reader.diagnostics.append(Diagnostic(.noSteps, at: node.span, .noSteps(what)))
        }
        let steps = elements.compactMap { parseStep($0, inParallelGroup: isParallel) }
        return Block(steps: steps, isParallel: isParallel)
    }

    private mutating func parseStep(_ node: YAMLNode, inParallelGroup: Bool) -> Step? {
        stepCount += 1
        let number = stepCount
        let errorsBefore = reader.errorCount
        guard let mapping = MappingReader(node, keys.step, &reader.diagnostics) else { return nil }
        let id = mapping["id"]?.identifier(&reader.diagnostics)
        let span = mapping["id"]?.span ?? node.members?.first?.key.span ?? node.span
        var step = Step(id: id ?? "s\(number)", isNamed: id != nil, span: span)
        let first = reader.expressions.count
        let outerVariables = reader.extraVariables
        defer { reader.extraVariables = outerVariables }

        step.name = mapping["name"].map { reader.value($0) }
        step.condition = mapping["if"].flatMap { reader.expression($0, .condition) }
        step.each = parseEach(mapping)
        if let each = step.each { reader.extraVariables.insert(each.variable) }
        step.repetition = mapping["repeat"].flatMap { parseRepetition($0) }
        step.target = mapping["target"].map { (reader.value($0), $0.span) }
        step.timeout = setting(mapping["timeout"]) { $0.positiveDuration(&$1) }
        if let node = mapping["retry"] { step.retry = parseRetry(node) }
        step.isIdempotent = mapping["idempotent"]?.boolean(&reader.diagnostics) ?? false
        parseAction(mapping, into: &step)
        if mapping["idempotent"] == nil, case .request(let request) = step.action {
            step.isIdempotent = request.isIdempotent
        }
        parsePolling(mapping, into: &step)
        parseJudgement(mapping, into: &step)
        step.needs = (mapping["needs"]?.list(&reader.diagnostics) ?? []).compactMap { node in
            node.text(&reader.diagnostics).map { ($0, node.span) }
        }
        if !inParallelGroup, let needs = mapping.keySpan("needs") {
            reader.diagnostics.append(
                Diagnostic(
                    .needsOutsideParallel, at: needs, .needsOutsideParallel,
                    hint:
                        "steps run in file order; put them under 'group: { parallel: true, steps: … }' to order them by needs"
                ))
        }
        parseFaults(mapping, into: &step)
        step.expressions = Array(reader.expressions[first...])
        step.cleanup = mapping["cleanup"].map { parseBlock($0, what: "cleanup", isParallel: false) }
        step.isBroken = reader.errorCount > errorsBefore
        if !step.isBroken { checkCombination(mapping, step) }
        return step
    }

    private mutating func parseAction(_ mapping: MappingReader, into step: inout Step) {
        let kindNames = keys.kinds.map(\.name) + ["wait", "group", "use"]
        let present = kindNames.filter { mapping.has($0) }
        if present.count > 1, let second = mapping.keySpan(present[1]), let first = mapping.keySpan(present[0]) {
            reader.diagnostics.append(
                Diagnostic(
                    .twoKinds, at: second, .twoKinds(present[0], present[1]),
                    secondary: [.init(span: first, text: "the first is here")], hint: "make two steps of it"))
        }
        guard let name = present.first, let node = mapping[name] else { return }
        switch name {
        case "wait":
            guard let duration = reader.late(node, { $0.duration(&$1) }) else { return }
            step.action = .wait(duration)
        case "group":
            if node.elements != nil {
                reader.diagnostics.append(
                    .expected("a mapping", node, hint: "put the steps one level deeper, under 'steps'"))
                return
            }
            guard let group = MappingReader(node, keys.group, &reader.diagnostics) else { return }
            let isParallel = group["parallel"]?.boolean(&reader.diagnostics) ?? false
            let keepGoing = (group["keep_going"] ?? mapping["keep_going"])?.boolean(&reader.diagnostics) ?? false
            guard let steps = group["steps"] else { return }
            let block = parseBlock(steps, what: "steps", isParallel: isParallel)
            step.action = .group(Group(block: block, keepGoing: keepGoing))
        case "use":
            guard let use = MappingReader(node, ScenarioKeys.use, &reader.diagnostics),
                let (scenario, with) = parseReuse(use)
            else { return }
            step.action = .use(Use(scenario: scenario, with: with, span: node.span))
        default:
            guard let kind = keys.kinds.first(where: { $0.name == name }),
                let request = kind.parse(node, &reader)
            else { return }
            step.action = .request(request)
        }
    }

    private mutating func parsePolling(_ mapping: MappingReader, into step: inout Step) {
        let within = setting(mapping["within"]) { $0.positiveDuration(&$1) }
        let every = setting(mapping["every"]) { $0.positiveDuration(&$1) }
        let giveUp = mapping["give_up"].flatMap { reader.expression($0, .giveUp) }
        if let condition = mapping["until"].flatMap({ reader.expression($0, .until) }) {
            step.until = Until(condition: condition, within: within, every: every, giveUp: giveUp)
        } else if !mapping.has("until") {
            for key in ["within", "every", "give_up"] {
                guard let span = mapping.keySpan(key) else { continue }
                reader.diagnostics.append(
                    Diagnostic(
                        .pollingWithoutUntil, at: span, .pollingWithoutUntil(key),
                        hint: "add 'until: CONDITION', or remove '\(key)'"))
            }
        }
    }

    private mutating func parseJudgement(_ mapping: MappingReader, into step: inout Step) {
        if let node = mapping["expect"] {
            if node.members == nil {
                let number = node.scalar.flatMap { if case .integer = $0.resolved { $0.text } else { nil } }
                reader.diagnostics.append(
                    .expected(
                        "a mapping of result members such as '{ status: 200 }'", node,
                        hint: number.map { "write 'expect: { status: \($0) }'" }))
            } else {
                reader.inExpectation = true
                step.expectation = parseExpectation(node)
                reader.inExpectation = false
            }
        }
        if let node = mapping["assert"] { step.assertions = parseAssertions(node, .assertion) }
        if let node = mapping["capture"] { step.captures = parseCaptures(node) }
    }

    mutating func parseAssertions(_ node: YAMLNode, _ role: Expression.Role) -> [Assertion] {
        if let members = node.members {
            return members.compactMap { member in
                reader.expression(member.value, role).map { Assertion(name: member.name, expression: $0) }
            }
        }
        guard let elements = node.elements ?? (node.scalar == nil ? nil : [node]) else { return [] }
        if elements.isEmpty { reader.diagnostics.append(.expected("at least one assertion", node)) }
        return elements.flatMap { element -> [Assertion] in
            if let members = element.members {
                if let cut = members.first(where: { ".$([".contains($0.name.first ?? " ") }) {
                    let text = "\(cut.name): \(cut.value.scalar?.text ?? "…")"
                    reader.diagnostics.append(
                        Diagnostic(
                            .yamlNeedsQuotes, at: cut.key.span,
                            "the ': ' behind this makes a name of it, and an expression of what follows",
                            hint: "put the whole in quotes: \(Self.quoted(text))"))
                    return []
                }
                return members.compactMap { member in
                    reader.expression(member.value, role).map { Assertion(name: member.name, expression: $0) }
                }
            }
            return reader.expression(element, role).map { [Assertion(name: nil, expression: $0)] } ?? []
        }
    }

    /// A text as YAML takes it in single quotes.
    private static func quoted(_ text: String) -> Diagnostic.Message { "'\(text.replacing("'", with: "''"))'" }

    private mutating func parseCaptures(_ node: YAMLNode) -> [Capture] {
        guard let members = node.members else {
            reader.diagnostics.append(
                .expected("a mapping of names and jq expressions", node, hint: "write 'NAME: .body.id', one a line"))
            return []
        }
        return members.compactMap { member -> Capture? in
            checkName(member.key, member.name)
            guard member.value.members != nil else {
                return reader.expression(member.value, .capture).map {
                    Capture(name: member.name, span: member.key.span, expression: $0, isSecret: false, fallback: nil)
                }
            }
            guard let mapping = MappingReader(member.value, ScenarioKeys.capture, &reader.diagnostics),
                let expression = mapping["jq"].flatMap({ reader.expression($0, .capture) })
            else { return nil }
            return Capture(
                name: member.name, span: member.key.span, expression: expression,
                isSecret: mapping["secret"]?.boolean(&reader.diagnostics) ?? false,
                fallback: mapping["default"].map { reader.value($0) })
        }
    }

    mutating func parseExpectation(_ node: YAMLNode) -> Expectation {
        switch node.content {
        case .sequence(let elements):
            return .array(elements.map { parseExpectation($0) }, node.span)
        case .mapping(let members):
            if members.count == 1, members[0].name == "$" {
                let leaf = members[0].value
                if leaf.scalar?.text == "absent" { return .absent(node.span) }
                guard let expression = reader.expression(leaf, .leaf) else { return .absent(node.span) }
                return .predicate(expression, leaf.span)
            }
            if let dollar = members.first(where: { $0.name == "$" }) {
                reader.diagnostics.append(
                    Diagnostic(
                        .scenarioForm, at: dollar.key.span, "a predicate stands alone: '{ $: … }' has no other keys",
                        hint: "judge the other keys in the predicate, or in 'assert'"))
            }
            return .object(
                members.map { .init(key: $0.name, keySpan: $0.key.span, value: parseExpectation($0.value)) },
                node.span)
        case .scalar:
            switch reader.value(node) {
            case .literal(let value, let text, let span): return .literal(value, text: text, span)
            case .template(let template, let span): return .template(template, span)
            case .array, .object: return .absent(node.span)
            }
        }
    }

    private mutating func parseFaults(_ mapping: MappingReader, into step: inout Step) {
        if let node = mapping["faults"] { step.faults = FaultReader.read(node, &reader) }
        guard let node = mapping["recovers_within"], let span = mapping.keySpan("recovers_within") else { return }
        guard case .group = step.action, mapping.has("faults") else {
            // A group that could not be read has been told of.
            if mapping.has("group"), mapping.has("faults") { return }
            reader.diagnostics.append(
                Diagnostic(
                    .recoveryPlace, at: span, "'recovers_within' stands on a group that has 'faults'",
                    hint: "put the steps under 'group: { steps: … }', with 'faults' beside"))
            return
        }
        step.recovery = node.positiveDuration(&reader.diagnostics).map { Setting($0, .file(node.span)) }
    }

    private mutating func setting<Known: Sendable>(
        _ node: YAMLNode?, _ read: (YAMLNode, inout [Diagnostic]) -> Known?
    ) -> Setting<Late<Known>>? {
        guard let node, let late = reader.late(node, read) else { return nil }
        return Setting(late, .file(node.span))
    }

    private mutating func checkCombination(_ mapping: MappingReader, _ step: Step) {
        let unpolled: String? =
            switch step.action {
            case .group: "a group"
            case .wait: "a wait"
            case .use: "a scenario in use"
            default: nil
            }
        if let unpolled, step.until != nil, let node = mapping["until"] {
            reader.diagnostics.append(
                Diagnostic(
                    .scenarioForm, at: mapping.keySpan("until") ?? node.span, "\(unpolled) is not polled",
                    hint: "put 'until' on the step whose result is waited for"))
        }
        let judges =
            step.expectation != nil || !step.assertions.isEmpty || !step.captures.isEmpty || step.until != nil
        if case .check = step.action, !judges {
            reader.diagnostics.append(
                Diagnostic(
                    .emptyStep, at: mapping.node.span, .emptyStep,
                    hint: "give it a kind such as 'http', or an 'assert'"))
        }
    }
}

extension Diagnostic.Code {
    static let noSteps = Diagnostic.Code(
        "scenario.no-steps", "A list of steps needs at least one: no step would prove nothing.")
    static let twoKinds = Diagnostic.Code(
        "scenario.two-kinds", "A step does one thing: it has one kind, or none and only judges.")
    static let emptyStep = Diagnostic.Code(
        "scenario.empty-step", "A step without a kind must judge or compute something.")
    static let needsOutsideParallel = Diagnostic.Code(
        "scenario.needs-place", "'needs' orders the steps of a parallel group; everywhere else file order does.")
    static let pollingWithoutUntil = Diagnostic.Code(
        "scenario.polling-without-until", "'within', 'every' and 'give_up' belong to 'until'.")
}

extension Diagnostic.Message {
    fileprivate static func noSteps(_ what: String) -> Self { "'\(what)' has no steps" }
    fileprivate static func twoKinds(_ first: String, _ second: String) -> Self {
        "a step has one kind; this one has '\(first)' and '\(second)'"
    }
    fileprivate static var emptyStep: Self { "this step neither does nor judges anything" }
    fileprivate static var needsOutsideParallel: Self { "'needs' stands only on the steps of a parallel group" }
    fileprivate static func pollingWithoutUntil(_ key: String) -> Self { "'\(key)' has no effect without 'until'" }
}
