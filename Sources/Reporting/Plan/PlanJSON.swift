internal import Expressions
internal import ScenarioModel

extension PlanFormat {
    /// One JSON document.
    public static let json = PlanFormat(name: "json", summary: "one JSON document") { graph, _ in
        graph.value.json(pretty: true) + "\n"
    }
}

extension RunGraph {
    /// The document; members that say nothing are left out.
    var value: Value {
        var object = Value.Object()
        object["format"] = 1
        object["profile"] = profile.map { .string($0) }
        object["configuration"] = configuration.map { .string($0) }
        object["tests"] = Value(testCount)
        object["skipped"] = Value(skipCount)
        object["scenarios"] = .array(scenarios.map(\.document))
        object["needed"] = .array(needed.map(\.document))
        object["locks"] = .array(
            locks.map { lock in
                [
                    "name": .string(lock.name), "exclusive": .strings(lock.exclusive), "shared": .strings(lock.shared),
                ]
            })
        return .object(object)
    }
}

extension Graph {
    fileprivate var document: Value {
        var object = Value.Object()
        object["name"] = .string(name)
        object["file"] = .string(file)
        object["description"] = description.map { .string($0) }
        object["tags"] = .strings(tags)
        object["tests"] = .array(
            tests.map { test in
                var object = Value.Object()
                object["name"] = .string(test.name)
                object["row"] = test.row.map { .string($0) }
                object["skip"] = test.skip.map { .string($0) }
                return .object(object)
            })
        object["needs"] = .array(
            needs.map { ["name": .string($0.name), "scenario": .string($0.graph), "place": .string($0.place)] })
        object["locks"] = .strings(locks)
        object["targets"] = .facts(targets)
        object["settings"] = .facts(facts)
        object["outputs"] = .facts(outputs)
        object["steps"] = .array(nodes.map(\.document))
        object["cleanup"] = .array(cleanup.map(\.document))
        object["edges"] = .array(
            edges.map { edge in
                var object = Value.Object()
                object["from"] = .string(edge.from)
                object["to"] = .string(edge.to)
                object["reason"] = .string(edge.reason.rawValue)
                object["place"] = edge.place.map { .string($0) }
                return .object(object)
            })
        return .object(object)
    }
}

extension Graph.Node {
    fileprivate var document: Value {
        var object = Value.Object()
        object["id"] = .string(id)
        object["kind"] = .string(kind)
        object["name"] = title.map { .string($0) }
        object["place"] = .string(place)
        if isParallel { object["parallel"] = true }
        object["undoes"] = undoes.map { .string($0) }
        if !flow.isEmpty { object["flow"] = .facts(flow) }
        object["target"] = target.map(\.document)
        if !request.isEmpty { object["request"] = .strings(request) }
        if !judgement.isEmpty { object["judgement"] = .facts(judgement) }
        if !settings.isEmpty { object["settings"] = .facts(settings) }
        if !children.isEmpty { object["steps"] = .array(children.map(\.document)) }
        return .object(object)
    }
}

extension Graph.Fact {
    fileprivate var document: Value {
        var object = Value.Object()
        object["name"] = .string(name)
        object["value"] = .string(value)
        object["origin"] = origin.map { .string($0) }
        return .object(object)
    }
}

extension Value {
    fileprivate static func strings(_ texts: [String]) -> Value { .array(texts.map { .string($0) }) }
    fileprivate static func facts(_ facts: [Graph.Fact]) -> Value { .array(facts.map(\.document)) }
}
