internal import Diagnostics

/// Where a path of literal keys stops to exist, and what is there instead.
struct Absence {
    /// The elements that exist.
    let existing: ArraySlice<Element>
    /// The first that does not.
    let missing: Element
    /// What the existing part is; nil where nothing is known.
    let container: Container

    typealias Element = ExpressionAnalysis.RootPath.Element

    enum Container {
        case members([String])
        case elements(Int)
        case scalar(String)
    }

    /// Walks a path; nil when all of it exists.
    init?(of path: [Element], in root: SharedValue) {
        var place = Place.shared(root)
        for (position, element) in path.enumerated() {
            guard let next = place.next(element) else {
                existing = path[..<position]
                missing = element
                container = place.container
                return
            }
            place = next
        }
        return nil
    }

    private enum Place {
        case shared(SharedValue)
        case value(Value)

        func next(_ element: Element) -> Place? {
            switch (self, element) {
            case (.shared(let shared), .key(let key)):
                if shared.hasFields { return shared.field(key).map(Place.shared) }
                return shared.value[key].map(Place.value)
            case (.shared(let shared), .index): return Place.value(shared.value).next(element)
            case (.value(let value), .key(let key)): return value[key].map(Place.value)
            case (.value(.array(let elements)), .index(let index)):
                let position = index < 0 ? elements.count + index : index
                return elements.indices.contains(position) ? .value(elements[position]) : nil
            case (.value, .index): return nil
            }
        }

        var container: Container {
            if case .shared(let shared) = self, let names = shared.fieldNames { return .members(names) }
            let value = if case .value(let value) = self { value } else { wholeValue }
            switch value {
            case .object(let object): return .members(object.keys)
            case .array(let elements): return .elements(elements.count)
            case .null, .bool, .number, .string: return .scalar(value.type)
            }
        }

        private var wholeValue: Value {
            switch self {
            case .shared(let shared): shared.value
            case .value(let value): value
            }
        }
    }
}

extension Absence {
    /// The error of a path from the root `.`, or from what the text `root` yields.
    func missingPath(at range: Range<Int>, from root: String = "") -> EvaluationError {
        let place = existing.isEmpty && root.isEmpty ? "the result" : "'\(root)\(Self.text(of: existing))'"
        return EvaluationError(.missingPath, message(place), range: range, hint: hint)
    }

    /// The error of a variable's member; `keyRanges` are those of its keys.
    func missingName(_ reference: ExpressionAnalysis.Reference) -> EvaluationError {
        let range =
            existing.count < reference.keyRanges.count ? reference.keyRanges[existing.count] : reference.range
        if case .key(let name) = missing, existing.isEmpty, let error = Self.wording(reference.variable, name, self) {
            return EvaluationError(.missingName, error.message, range: range, hint: error.hint)
        }
        let place = "'$\(reference.variable)\(Self.text(of: existing))'"
        return EvaluationError(.missingName, message(place), range: range, hint: hint)
    }

    private static func wording(
        _ variable: String, _ name: String, _ absence: Absence
    ) -> (message: String, hint: String)? {
        let near = absence.nearest.map { "did you mean '\($0)'?" }
        switch variable {
        case "steps":
            return (
                "step '\(name)' has no result here",
                near ?? "it was skipped or has not run yet; '$steps.\(name).ran' in an 'if' tells"
            )
        case "env":
            return (
                "environment variable '\(name)' is not set",
                near ?? "set it, name it in the env file, or write '$env.\(name) // \"default\"'"
            )
        case "secrets":
            return ("secret '\(name)' is not set", near ?? "set the environment variable, or name it in the env file")
        default: return nil
        }
    }

    private func message(_ place: String) -> String {
        switch (container, missing) {
        case (.members, .key(let key)): "\(place) has no '\(key)'"
        case (.members, .index(let index)): "\(place) is an object, so it has no element [\(index)]"
        case (.elements(let count), .index(let index)):
            "\(place) has \(count == 1 ? "1 element" : "\(count) elements"), so there is no [\(index)]"
        case (.elements, .key(let key)): "\(place) is an array, so it has no '\(key)'"
        case (.scalar("null"), .key(let key)): "\(place) is null, so it has no '\(key)'"
        case (.scalar("null"), .index(let index)): "\(place) is null, so it has no element [\(index)]"
        case (.scalar(let type), .key(let key)): "\(place) is a \(type), so it has no '\(key)'"
        case (.scalar(let type), .index(let index)): "\(place) is a \(type), so it has no element [\(index)]"
        }
    }

    private var hint: String? {
        if let nearest { return "did you mean '\(nearest)'?" }
        switch (container, missing) {
        case (.members(let names), .key):
            if names.isEmpty { return "it is an empty object" }
            let shown = names.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
            return names.count > 8 ? "it has \(shown) and \(names.count - 8) more" : "it has \(shown)"
        case (.elements, .key(let key)): return "write '[0].\(key)' for its first element, '[].\(key)' for each"
        case (.scalar("null"), .key(let key)):
            return "where it may be absent, write '\(Self.text(of: existing + [.key(key)]))?'"
        default: return nil
        }
    }

    private var nearest: String? {
        guard case .members(let names) = container, case .key(let key) = missing else { return nil }
        return NearestName.of(key, in: names)
    }

    /// A path as jq writes it: `.body.items[0]`.
    static func text(of path: some Sequence<Element>) -> String {
        path.reduce(into: "") { text, element in
            switch element {
            case .key(let key): text += isPlain(key) ? ".\(key)" : "[\"\(key)\"]"
            case .index(let index): text += "[\(index)]"
            }
        }
    }

    private static func isPlain(_ key: String) -> Bool {
        guard let first = key.utf8.first, first != UInt8(ascii: "-") else { return false }
        let isWord = { (byte: UInt8) in
            byte == UInt8(ascii: "_") || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z"))
        }
        return isWord(first)
            && key.utf8.allSatisfy { isWord($0) || ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9")) }
    }
}
