/// A vector as it comes in a request.
indirect enum StoredVector: Sendable {
    case dense([Float])
    case sparse(SparseVector)
    case named([(name: String, vector: StoredVector)])

    init(_ json: JSON) throws(VectorError) {
        switch json {
        case .array(let elements): self = .dense(try Self.numbers(elements))
        case .object(let members):
            if let indices = json["indices"]?.array, let values = json["values"]?.array {
                self = .sparse(try SparseVector(indices, values))
                return
            }
            var named: [(name: String, vector: StoredVector)] = []
            for member in members { named.append((member.key, try StoredVector(member.value))) }
            self = .named(named)
        default: throw .format("data did not match any variant of untagged enum VectorStruct")
        }
    }

    static func numbers(_ elements: [JSON]) throws(VectorError) -> [Float] {
        var numbers: [Float] = []
        numbers.reserveCapacity(elements.count)
        for element in elements {
            guard let number = element.double else { throw .format("a vector holds \(element.typeName)") }
            numbers.append(Float(number))
        }
        guard numbers.allSatisfy(\.isFinite) else { throw .format("a number of a vector is beyond f32") }
        return numbers
    }
}

/// The few numbers of a vector that are not zero, by their places.
struct SparseVector: Sendable {
    let indices: [UInt32]
    let values: [Float]

    init(_ indices: [JSON], _ values: [JSON]) throws(VectorError) {
        var pairs: [(UInt32, Float)] = []
        let numbers = try StoredVector.numbers(values)
        guard indices.count == values.count else {
            throw VectorError(status: 422, message: "Validation error in JSON body: must be the same length as indices")
        }
        for (index, value) in zip(indices, numbers) {
            guard let place = index.integer.flatMap({ UInt32(exactly: $0) }) else {
                throw .format("a bad sparse index")
            }
            pairs.append((place, value))
        }
        pairs.sort { $0.0 < $1.0 }
        self.indices = pairs.map(\.0)
        self.values = pairs.map(\.1)
        guard zip(self.indices, self.indices.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw VectorError(status: 422, message: "Validation error in JSON body: indices must be unique")
        }
    }

    /// The sum of the products where both have a number; nil where they share no place.
    func dot(_ other: SparseVector) -> Float? {
        var sum: Float = 0
        var isShared = false
        var (mine, theirs) = (0, 0)
        while mine < indices.count, theirs < other.indices.count {
            if indices[mine] == other.indices[theirs] {
                sum += values[mine] * other.values[theirs]
                isShared = true
                mine += 1
                theirs += 1
            } else if indices[mine] < other.indices[theirs] {
                mine += 1
            } else {
                theirs += 1
            }
        }
        return isShared ? sum : nil
    }

    var json: JSON {
        ["indices": .array(indices.map { .integer(Int($0)) }), "values": .array(values.map { .number($0.decimal) })]
    }
}

extension Float {
    /// The double of the fewest digits that name this float: 0.1 rather than 0.10000000149.
    var decimal: Double { Double(description) ?? Double(self) }
}
