/// Why a body is not what its content coding promises.
struct CodingFailure: Error {
    enum Kind {
        /// The compressed data ends before its end mark.
        case truncated
        /// The data is damaged: a wrong checksum, an impossible code.
        case damaged
        case unknownCoding
    }

    let kind: Kind
    let message: String
}

/// One content coding being undone, a piece at a time.
protocol Decompressor: AnyObject {
    /// Decodes a piece and hands on what comes of it; a receiver that returns false ends it.
    ///
    /// - Returns: False when the receiver wanted no more.
    /// - Throws: `CodingFailure` when the data is damaged.
    func decode(
        _ input: UnsafeRawBufferPointer, _ receive: (UnsafeRawBufferPointer) throws(CodingFailure) -> Bool
    ) throws(CodingFailure) -> Bool

    /// Checks that the data came to its end mark.
    ///
    /// No data at all is an empty body.
    ///
    /// - Throws: `CodingFailure` when it did not.
    func finish() throws(CodingFailure)
}

/// The size of the pieces in which decoded data is handed on.
let decodedPieceSize = 32 << 10
