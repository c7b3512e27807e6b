internal import FlyingSocks

/// A body whose pieces are made one by one while it is sent; each becomes one chunk on the wire.
struct ChunkSequence: AsyncBufferedSequence {
    typealias Element = UInt8

    /// Yields the next piece, never an empty one; nil ends the body.
    let next: @Sendable () async throws -> [UInt8]?

    func makeAsyncIterator() -> Iterator {
        Iterator(produce: next)
    }

    struct Iterator: AsyncBufferedIteratorProtocol {
        let produce: @Sendable () async throws -> [UInt8]?
        private var rest: ArraySlice<UInt8> = []

        init(produce: @escaping @Sendable () async throws -> [UInt8]?) {
            self.produce = produce
        }

        mutating func next() async throws -> UInt8? {
            if rest.isEmpty {
                guard let chunk = try await produce() else { return nil }
                rest = chunk[...]
            }
            return rest.popFirst()
        }

        mutating func nextBuffer(suggested count: Int) async throws -> ArraySlice<UInt8>? {
            guard rest.isEmpty else {
                defer { rest = [] }
                return rest
            }
            return try await produce()?[...]
        }
    }
}
