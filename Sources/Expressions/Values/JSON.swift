/// JSON texts, read by RFC 8259 to the letter.
public enum JSON {
    /// A parsed text, with what the parser had to decide.
    public struct Document: Sendable {
        public var value: Value
        /// How many numbers are carried as their exact decimal text, since a double would round them.
        public var exactTexts: Int
        /// Keys that an object had more than once, in order of appearance, at most 16; the last value counts.
        public var duplicateKeys: [String]
    }

    /// How numbers beyond ±2^53 are written, all of which are whole.
    public enum LargeIntegers: Sendable {
        /// With an exponent, so that `parse` reads the same number; it carries digits as text, since they may be an id.
        case exponent
        /// In digits up to 15 zeros, as jq writes them and as services with integers of 64 bits want them.
        case digits
    }

    /// How deep arrays and objects may nest by default.
    public static let depthLimit = 256

    /// Parses a whole text.
    ///
    /// - Throws: The first place where the text stops being JSON.
    public static func parse(_ bytes: UnsafeBufferPointer<UInt8>, depth: Int = depthLimit) throws(JSONError)
        -> Document
    {
        var reader = unsafe JSONReader(bytes, depthLimit: depth)
        let value = try reader.document()
        return Document(value: value, exactTexts: reader.exactTexts, duplicateKeys: reader.duplicateKeys)
    }

    /// Parses a whole text.
    ///
    /// - Throws: The first place where the text stops being JSON.
    public static func parse(_ bytes: [UInt8], depth: Int = depthLimit) throws(JSONError) -> Document {
        let result: Result<Document, JSONError> = unsafe bytes.withUnsafeBufferPointer { buffer in
            do throws(JSONError) {
                return .success(try unsafe parse(buffer, depth: depth))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Parses a whole text.
    ///
    /// - Throws: The first place where the text stops being JSON.
    public static func parse(_ text: String, depth: Int = depthLimit) throws(JSONError) -> Document {
        try parse(Array(text.utf8), depth: depth)
    }
}

/// Why a text is no JSON.
public struct JSONError: Error, Sendable, Hashable {
    /// Where it stops being JSON, in bytes from the start.
    public var offset: Int
    /// Lower case, no full stop.
    public var reason: String

    /// Creates an error.
    public init(offset: Int, reason: String) {
        self.offset = offset
        self.reason = reason
    }
}
