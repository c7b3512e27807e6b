internal import Diagnostics
internal import Expressions
internal import Glibc
internal import HTTPTransport
internal import ScenarioModel

/// The body of an answer, read by its content type; JSON is parsed when this is made, text when it is asked for.
final class AnswerBody {
    private enum Content {
        case none
        case json(Value)
        case text
    }

    let bytes: [UInt8]
    /// Set where the content type says JSON and the body is none.
    private(set) var error: StepError?
    /// How many numbers are carried as exact decimal text.
    private(set) var exactTexts = 0
    /// Keys that an object of the body has twice.
    private(set) var duplicateKeys: [String] = []
    private var content = Content.none
    private let header: String
    private let type: MediaType
    /// The body as text, computed when first read.
    private(set) lazy var text: String = decoded()

    /// Reads a body; one that is not whole is never taken for JSON.
    init(_ response: HTTPResponse, method: String, isWhole: Bool) {
        bytes = response.body
        header = response.header("content-type") ?? ""
        type = MediaType(header)
        let hasNone = method == "HEAD" || [101, 204, 205, 304].contains(response.status)
        if type.isJSON, !(hasNone && bytes.isEmpty) {
            if isWhole { parse(type.essence) }
        } else if type.essence.hasPrefix("text/"), !hasNone || !bytes.isEmpty {
            content = .text
        }
    }

    /// Whether it is JSON, and was read as such.
    var isJSON: Bool {
        if case .json = content { true } else { false }
    }

    /// Whether an answer with these bytes and this content type has the same body; only for one that is JSON, which
    /// nothing else of an answer changes.
    func isLike(_ bytes: [UInt8], _ header: String) -> Bool {
        guard bytes.count == self.bytes.count, header == self.header else { return false }
        return bytes.withUnsafeBytes { one in
            self.bytes.withUnsafeBytes { other in
                guard let one = one.baseAddress, let other = other.baseAddress else { return true }
                return memcmp(one, other, bytes.count) == 0
            }
        }
    }

    /// The result's `body`.
    var value: Value {
        switch content {
        case .none: .null
        case .json(let value): value
        case .text: .string(text)
        }
    }

    /// Why a body that begins as JSON does is not read as JSON; nil where it is, or begins otherwise.
    var reasonForNoJSON: String? {
        guard !isJSON, error == nil, !type.isJSON, let first = bytes.first(where: { !" \t\r\n".utf8.contains($0) }),
            first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
        else { return nil }
        return type.essence.isEmpty
            ? "the body is not read as JSON: the answer has no content type"
            : "the body is not read as JSON: its content type is \(type.essence.prefix(100))"
    }

    private func parse(_ type: String) {
        do throws(JSONError) {
            let document = try JSON.parse(bytes)
            content = .json(document.value)
            exactTexts = document.exactTexts
            duplicateKeys = document.duplicateKeys
        } catch {
            var fields = Value.Object()
            fields["offset"] = Value(error.offset)
            fields["bytes"] = Value(bytes.count)
            self.error = StepError(
                .protocol,
                bytes.isEmpty
                    ? "the body is empty, and its content type is \(type)"
                    : "the body is not JSON at byte \(error.offset): \(error.reason)",
                phase: "body", fields: fields,
                hint: bytes.isEmpty
                    ? "a service without an answer sends 204, or no content type"
                    : "its content type is '\(type)', and it begins \(beginning)")
        }
    }

    private var beginning: String {
        let start = String(decoding: bytes.prefix(40), as: UTF8.self)
        return "'"
            + start.unicodeScalars.map { VisibleText.isHidden($0) ? VisibleText.escape($0) : String($0) }.joined()
            + (bytes.count > 40 ? "…'" : "'")
    }

    private func decoded() -> String {
        guard type.isLatin else { return String(decoding: bytes, as: UTF8.self) }
        // Each byte of Latin-1 is the scalar of its number.
        return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }
}

/// A content type, as far as reading a body needs it.
struct MediaType {
    /// Type and subtype in lower case.
    let essence: String
    private let charset: String

    init(_ header: String) {
        if Self.isPlain(header) {
            essence = header
            charset = ""
            return
        }
        guard let end = header.utf8.firstIndex(of: UInt8(ascii: ";")) else {
            essence = header[...].trimmed.lowercased()
            charset = ""
            return
        }
        essence = header[..<end].trimmed.lowercased()
        let parameters = header[end...].split(separator: ";").map { $0.trimmed.lowercased() }
        let charset = parameters.first { $0.hasPrefix("charset=") }?.dropFirst("charset=".count) ?? ""
        self.charset = charset.filter { $0 != "\"" }
    }

    /// Whether a header is nothing but a type in lower case, as most are.
    private static func isPlain(_ header: String) -> Bool {
        header.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x2B...0x39).contains($0) && $0 != 0x2C }
    }

    /// Whether RFC 8259 says what the body must be.
    var isJSON: Bool {
        essence == "application/json" || essence == "text/json"
            || essence.hasSuffix("+json") && essence.contains("/")
    }

    /// Whether the text is Latin-1.
    var isLatin: Bool { ["iso-8859-1", "latin1", "windows-1252"].contains(charset) }
}
