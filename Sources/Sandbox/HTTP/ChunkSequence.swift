/// A body whose pieces are made one by one while it is sent; each becomes one chunk on the wire.
struct ChunkSequence: Sendable {
    /// Yields the next piece, never an empty one; nil ends the body.
    let next: @Sendable () async throws -> [UInt8]?
}
