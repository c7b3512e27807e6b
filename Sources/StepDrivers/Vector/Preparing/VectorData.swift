internal import Expressions

/// A vector of a point or of a query, checked: each number is finite as a 32-bit float.
indirect enum VectorData: Sendable, Equatable {
    case dense([Float])
    case sparse(indices: [UInt32], values: [Float])
    case many([[Float]])
    case named([Named])

    /// A vector under its name.
    struct Named: Sendable, Equatable {
        var name: String
        var vector: VectorData
    }

    /// What is wrong with a vector.
    struct Fault: Error {
        var message: String
    }

    /// Reads a list of numbers, `{indices, values}`, a list of lists, or vectors by name.
    init(_ value: Value) throws(Fault) {
        switch value {
        case .array(let elements):
            if let first = elements.first, first.array != nil {
                var rows: [[Float]] = []
                for element in elements {
                    guard let row = element.array else {
                        throw Fault(message: "expected lists of numbers only, found \(element.type)")
                    }
                    rows.append(try Self.numbers(row))
                }
                self = .many(rows)
            } else {
                self = .dense(try Self.numbers(elements))
            }
        case .object(let object):
            if let indices = object["indices"]?.array, let values = object["values"]?.array {
                self = try Self.sparse(indices, values)
                return
            }
            guard !object.isEmpty else { throw Fault(message: "a mapping of vectors is empty") }
            var named: [Named] = []
            for (name, value) in object { named.append(Named(name: name, vector: try VectorData(value))) }
            self = .named(named)
        default: throw Fault(message: "expected a list of numbers, found \(value.type)")
        }
    }

    /// The dimension of a dense vector.
    var size: Int? { if case .dense(let numbers) = self { numbers.count } else { nil } }

    /// Appends the vector as JSON.
    func append(to bytes: inout [UInt8]) {
        switch self {
        case .dense(let numbers): Self.append(numbers, to: &bytes)
        case .sparse(let indices, let values):
            bytes += "{\"indices\":[".utf8
            bytes += indices.map(String.init).joined(separator: ",").utf8
            bytes += "],\"values\":".utf8
            Self.append(values, to: &bytes)
            bytes.append(UInt8(ascii: "}"))
        case .many(let rows):
            bytes.append(UInt8(ascii: "["))
            for (index, row) in rows.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.append(row, to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .named(let vectors):
            bytes.append(UInt8(ascii: "{"))
            for (index, vector) in vectors.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                Value.string(vector.name).appendJSON(to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                vector.vector.append(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    /// Appends numbers as JSON, each in the fewest digits that name its float.
    static func append(_ numbers: [Float], to bytes: inout [UInt8]) { bytes += FloatText.list(numbers) }

    private static func numbers(_ elements: [Value]) throws(Fault) -> [Float] {
        guard !elements.isEmpty else { throw Fault(message: "a vector is empty") }
        var numbers: [Float] = []
        numbers.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            // Numbers that a double would round are carried as text; a float rounds them anyway.
            guard let number = element.number ?? element.string.flatMap({ Self.decimal($0) }) else {
                throw Fault(message: "element \(index) of a vector is \(element.type), not a number")
            }
            let float = Float(number)
            guard float.isFinite else {
                throw Fault(
                    message: number.isFinite
                        ? "element \(index) of a vector is \(number), beyond any 32-bit float"
                        : "element \(index) of a vector is \(number.isNaN ? "NaN" : "infinite")")
            }
            numbers.append(float)
        }
        return numbers
    }

    /// The number of a decimal text, as exact numbers are carried; words such as `nan` are none.
    private static func decimal(_ text: String) -> Double? {
        guard let first = text.utf8.first(where: { $0 != UInt8(ascii: "-") }), (0x30...0x39).contains(first) else {
            return nil
        }
        return Double(text)
    }

    private static func sparse(_ indices: [Value], _ values: [Value]) throws(Fault) -> VectorData {
        guard indices.count == values.count else {
            throw Fault(message: "a sparse vector has \(indices.count) indices and \(values.count) values")
        }
        var places: [UInt32] = []
        for index in indices {
            guard let place = index.number.flatMap({ UInt32(exactly: $0) }) else {
                throw Fault(message: "an index of a sparse vector is \(index.json().prefix(40)), no integer below 2^32")
            }
            places.append(place)
        }
        guard Set(places).count == places.count else {
            throw Fault(message: "a sparse vector has an index twice")
        }
        if values.isEmpty { return .sparse(indices: [], values: []) }
        return .sparse(indices: places, values: try numbers(values))
    }
}

extension Value {
    /// The embeddings of an answer of a model, in their order: OpenAI's `data[].embedding`, or `embeddings`.
    var embeddings: [Value]? {
        if let data = self["data"]?.array {
            let rows = data.compactMap { $0["embedding"] }
            guard rows.count == data.count, !rows.isEmpty else { return nil }
            let places = data.compactMap { $0["index"]?.number }
            guard places.count == data.count else { return rows }
            return zip(places, rows).sorted { $0.0 < $1.0 }.map(\.1)
        }
        if let rows = self["embeddings"]?.array, !rows.isEmpty { return rows }
        if let row = self["embedding"], row.array != nil { return [row] }
        return nil
    }
}
