internal import Expressions
internal import ScenarioModel

extension VectorCall {
    /// The operation as far as it is known before the run.
    ///
    ///     search articles at http://127.0.0.1:6333
    ///     vector: ${{ $steps.embed.body }}
    ///     limit: 3
    ///     filter:
    ///     {
    ///       "must": []
    ///     }
    func plan(target: Target?) -> [String] {
        let place = target?.settings["url"]?.written.withoutUserInfo ?? "{target}"
        var lines = [
            ([verb.rawValue] + [collection?.written].compactMap(\.self) + ["at", place]).joined(separator: " ")
        ]
        lines += aliases.map { "\($0.name) -> \($0.collection.written)" }
        func add(_ key: String, _ text: String?) { if let text { lines.append("\(key): \(Self.short(text))") } }
        func add(_ key: String, _ json: JSONTemplate?) {
            guard let json else { return }
            let text = json.planLines
            if text.count == 1 { lines.append("\(key): \(text[0])") } else { lines += ["\(key):"] + text }
        }
        add("vector", vector?.written)
        switch vectors {
        case .value(let value)?: add("vectors", value.written)
        case .file(let path)?: add("vectors", "{rows of the file \(path.written)}")
        case nil: break
        }
        for vector in named { add(vector.name, "\(vector.size.written) \(vector.distance.rawValue)") }
        if verb == .create, named.isEmpty, size != nil { add("distance", distance.rawValue) }
        add("size", size?.written)
        if !sparse.isEmpty { add("sparse", sparse.joined(separator: ", ")) }
        switch points {
        case .list(let points)?:
            add("points", "\(points.count), in batches of \(batch?.written ?? "\(Self.defaultBatch)")")
        case .value(let value)?: add("points", value.written)
        case .file(let path)?: add("points", "{the file \(path.written)}")
        case nil: break
        }
        add("ids", ids?.written)
        add("payloads", payloads?.written)
        add("using", using?.written)
        add("field", field.map { "\($0.written) (\(type))" })
        if let removes { add("remove", removes.written) }
        add("limit", limit?.written)
        add("offset", offset?.written)
        add("order_by", orderBy?.written)
        add("score_threshold", scoreThreshold?.written)
        add("exact", exact?.written)
        if let recallAt { add("recall", "at \(recallAt.written), against the exact search") }
        add("filter", filter)
        add("with_payload", withPayload)
        add("with_vectors", withVectors)
        add("params", params)
        return lines
    }

    private static func short(_ text: String) -> String {
        text.count <= 200 ? text : text.prefix(200) + "… (\(text.count) characters)"
    }
}

extension StepOption {
    /// The value as `plan` shows it.
    fileprivate var written: String {
        switch value {
        case .known(let value): "\(value)"
        case .template(let template): template.written
        }
    }
}
