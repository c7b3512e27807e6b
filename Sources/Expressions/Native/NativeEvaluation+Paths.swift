extension NativeEvaluation {
    private func root(_ path: NativePath, _ input: NativePlace) throws(NativeStop) -> NativePlace {
        guard let name = path.variable else { return input }
        guard let variable = variables[name] else { throw .asksJQ }
        return .shared(variable)
    }

    /// Follows a path without `[]`.
    func walk(_ path: NativePath, _ input: NativePlace) throws(NativeStop) -> Value? {
        let root = try root(path, input)
        var place = root
        for position in 0..<path.steps.count {
            guard let next = try step(path, position, place, root) else { return nil }
            place = next
        }
        return place.value
    }

    /// Follows a path with `[]`.
    mutating func walk(_ path: NativePath, _ input: NativePlace, _ sink: Sink) throws(NativeStop) -> Bool {
        let root = try root(path, input)
        return try walk(path, 0, root, root, sink)
    }

    private mutating func walk(
        _ path: NativePath, _ start: Int, _ from: NativePlace, _ root: NativePlace, _ sink: Sink
    ) throws(NativeStop) -> Bool {
        var place = from
        for position in start..<path.steps.count {
            guard case .iterate = path.steps[position].kind else {
                guard let next = try step(path, position, place, root) else { return true }
                place = next
                continue
            }
            let value = place.value
            if path.steps[position].isOptional, !value.isContainer { return true }
            for element in try NativeOperation.elements(value) {
                try count()
                guard try walk(path, position + 1, .value(element), root, sink) else { return false }
            }
            return true
        }
        return try sink.take(&self, place.value)
    }

    /// Takes one step; nil where `?` hides an error.
    private func step(
        _ path: NativePath, _ position: Int, _ place: NativePlace, _ root: NativePlace
    ) throws(NativeStop) -> NativePlace? {
        let step = path.steps[position]
        let isStrict = position < path.strictCount
        switch (step.kind, place) {
        case (.key(let key), .shared(let shared)):
            if let member = shared.field(key) { return .shared(member) }
            if shared.hasFields {
                if isStrict { throw .fails(NativeOperation.absence(path, root)) }
                return .value(.null)
            }
            return try self.step(path, position, .value(shared.value), root)
        case (_, .shared(let shared)): return try self.step(path, position, .value(shared.value), root)
        case (.key(let key), .value(.object(let object))):
            if let member = object[key] { return .value(member) }
        case (.index(let index), .value(.array(let elements))):
            let position = index < 0 ? elements.count + index : index
            if elements.indices.contains(position) { return .value(elements[position]) }
        case (_, .value(.null)): break
        case (_, .value(let value)):
            if isStrict { throw .fails(NativeOperation.absence(path, root)) }
            if step.isOptional { return nil }
            throw .fails(NativeOperation.cannotIndex(value, step.kind))
        }
        if isStrict { throw .fails(NativeOperation.absence(path, root)) }
        return .value(.null)
    }

    func has(_ key: String, _ input: NativePlace) throws(NativeStop) -> Bool {
        if case .shared(let shared) = input, let names = shared.fieldNames {
            return names.contains { $0.hasSameBytes(as: key) }
        }
        switch input.value {
        case .object(let object): return object[key] != nil
        case .null: return false
        default: throw .asksJQ
        }
    }
}
