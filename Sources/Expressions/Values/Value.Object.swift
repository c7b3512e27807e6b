extension Value {
    /// Members in the order they were written; a later value for a key replaces the earlier in its place.
    public struct Object: Sendable {
        public private(set) var keys: [String] = []
        public private(set) var values: [Value] = []
        /// Filled once a linear search would be slower.
        private var index: [ExactText: Int]?
        private static let linearLimit = 16

        /// Creates an empty object.
        public init() {}

        /// Creates an object of the members, in order.
        public init(_ members: some Sequence<(String, Value)>) {
            for (key, value) in members { self[key] = value }
        }

        /// The number of members.
        public var count: Int { keys.count }
        /// Whether there is no member.
        public var isEmpty: Bool { keys.isEmpty }

        /// Reserves room for members to come.
        public mutating func reserve(_ count: Int) {
            keys.reserveCapacity(count)
            values.reserveCapacity(count)
        }

        /// The value of a key; assigning nil removes the member.
        public subscript(key: String) -> Value? {
            get { position(of: key).map { values[$0] } }
            set {
                switch (position(of: key), newValue) {
                case (let at?, let value?): values[at] = value
                case (nil, let value?): append(key, value)
                case (let at?, nil):
                    keys.remove(at: at)
                    values.remove(at: at)
                    index = nil
                    if keys.count > Self.linearLimit { reindex() }
                case (nil, nil): break
                }
            }
        }

        /// The same keys with other values, as many of them and in the same order; the keys are shared.
        public func with(_ values: [Value]) -> Object {
            precondition(values.count == keys.count, "an object has a value for each of its keys")
            var copy = self
            copy.values = values
            return copy
        }

        private func position(of key: String) -> Int? {
            if let index { return index[ExactText(text: key)] }
            return keys.firstIndex { $0.hasSameBytes(as: key) }
        }

        /// Sets a member and tells whether there was one of that key.
        mutating func insert(_ value: Value, for key: String) -> Bool {
            if let at = position(of: key) {
                values[at] = value
                return true
            }
            append(key, value)
            return false
        }

        private mutating func append(_ key: String, _ value: Value) {
            keys.append(key)
            values.append(value)
            if index != nil {
                index?[ExactText(text: key)] = keys.count - 1
            } else if keys.count > Self.linearLimit {
                reindex()
            }
        }

        private mutating func reindex() {
            index = Dictionary(uniqueKeysWithValues: keys.enumerated().map { (ExactText(text: $1), $0) })
        }
    }
}

extension Value.Object: Sequence {
    public func makeIterator() -> Zip2Sequence<[String], [Value]>.Iterator { zip(keys, values).makeIterator() }
}

extension Value.Object: Hashable {
    /// Objects are equal when they have equal members, in any order; keys are equal byte by byte.
    public static func == (a: Self, b: Self) -> Bool {
        a.count == b.count && a.allSatisfy { b[$0.0] == $0.1 }
    }
    public func hash(into hasher: inout Hasher) {
        var combined = 0
        for (key, value) in self {
            var member = Hasher()
            member.combine(ExactText(text: key))
            member.combine(value)
            combined ^= member.finalize()
        }
        hasher.combine(combined)
    }
}
