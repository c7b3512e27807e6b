internal import CLibCrypto

/// Digests of texts, as lower-case hexadecimal digits.
enum Digest {
    /// SHA-256 of the UTF-8 bytes.
    ///
    /// The corresponding C function is `SHA256`.
    static func sha256(_ text: String) -> String { hexadecimal(sha256(Array(text.utf8))) }

    /// HMAC-SHA-256 of the UTF-8 bytes with a key.
    ///
    /// The corresponding C function is `HMAC`.
    static func hmacSHA256(_ text: String, key: String) -> String {
        let message = Array(text.utf8)
        let key = Array(key.utf8)
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        let isDone = unsafe lcrypto_hmac_sha256(key, CInt(clamping: key.count), message, message.count, &digest)
        precondition(isDone != 0, "libcrypto.so.3 cannot be loaded")
        return hexadecimal(digest)
    }

    static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        let isDone = unsafe lcrypto_sha256(bytes, bytes.count, &digest)
        precondition(isDone != 0, "libcrypto.so.3 cannot be loaded")
        return digest
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
