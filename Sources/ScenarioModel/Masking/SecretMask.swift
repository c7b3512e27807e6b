internal import Synchronization

/// Replaces secrets by `***` in whatever leaves the tool, however they are escaped or encoded there.
///
/// A secret is found as it is; with any of its characters escaped for JSON, URLs, forms, XML, HTML or a
/// shell, in any mixture and nested; and inside base64 of either alphabet, at any offset of a longer
/// text. It is applied to whole texts before they are cut or built into a document: no cut then leaves
/// half a secret, and no replacement breaks a document. Captured secrets are added while a run goes on.
public final class SecretMask: Sendable {
    private let finder: Mutex<SecretFinder>

    /// What stands in the place of a secret.
    public static let replacement = "***"
    /// The least length of a secret in bytes; a shorter one would mask half of every report.
    public static let leastBytes = 4

    /// Creates a mask of the given values; those under `leastBytes` are left out.
    public init(_ secrets: some Sequence<String> = []) {
        var finder = SecretFinder()
        for secret in secrets { finder.add(secret) }
        self.finder = Mutex(finder)
    }

    /// Masks a further value from now on; one under `leastBytes` is left out.
    public func add(_ secret: String) {
        finder.withLock { $0.add(secret) }
    }

    /// Whether there is no secret to find.
    public var isEmpty: Bool { finder.withLock { $0.isEmpty } }

    /// Returns the text with every secret replaced.
    public func masked(_ text: String) -> String {
        let finder = finder.withLock { $0 }
        guard !finder.isEmpty else { return text }
        let bytes = Array(text.utf8)
        let found = finder.ranges(in: bytes)
        guard !found.isEmpty else { return text }
        return String(decoding: Self.replacing(found, in: bytes, upTo: bytes.count), as: UTF8.self)
    }

    /// Returns the bytes with every secret replaced.
    public func masked(_ bytes: [UInt8]) -> [UInt8] {
        let finder = finder.withLock { $0 }
        guard !finder.isEmpty else { return bytes }
        let found = finder.ranges(in: bytes)
        return found.isEmpty ? bytes : Self.replacing(found, in: bytes, upTo: bytes.count)
    }

    /// Returns the beginning of a long text, masked, and cut so that no part of a secret stays at its end.
    ///
    /// Looks no further than the limit and the longest secret, so that an excerpt of 30 MB costs no more
    /// than its own length. `limit` counts bytes before masking; the cut never splits a character.
    public func excerpt(of bytes: some Collection<UInt8>, limit: Int) -> [UInt8] {
        let finder = finder.withLock { $0 }
        let window = Array(bytes.prefix(limit + finder.reach))
        var end = min(limit, window.count)
        if end < window.count {
            while end > 0, window[end] & 0xC0 == 0x80 { end -= 1 }
        }
        return Self.replacing(finder.ranges(in: window), in: window, upTo: end)
    }

    /// Replaces the ranges that begin before `end` and keeps the other bytes before it.
    private static func replacing(_ found: [Range<Int>], in bytes: [UInt8], upTo end: Int) -> [UInt8] {
        var masked: [UInt8] = []
        masked.reserveCapacity(end)
        var position = 0
        for range in found where range.lowerBound < end {
            masked += bytes[position..<range.lowerBound]
            masked += replacement.utf8
            position = range.upperBound
        }
        if position < end { masked += bytes[position..<end] }
        return masked
    }
}
