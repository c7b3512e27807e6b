import HTTPTransport

/// A request as a scenario is to send it.
struct DraftRequest {
    enum Body {
        case none
        case json(DraftTree, bytes: [UInt8])
        case form([(name: String, value: DraftText)])
        case text(DraftText)
        case multipart([Part])
    }

    /// A field of a multipart body.
    struct Part {
        var name: String
        var value: DraftText
        /// The path of a file whose bytes are sent; the value is its name then.
        var file: String?
        var filename: String?
        var contentType: String?
    }

    var method = "GET"
    var url = DraftText()
    var headers: [(name: String, value: DraftText)] = []
    var body = Body.none
    /// A user and a password, sent as Basic credentials.
    var user: (name: DraftText, password: DraftText)?
    var followsRedirects = 0
    var timeout: String?
    var connection = ConnectionSettings()
    /// How often transport trouble is met by another attempt.
    var retries = 0

    /// Whether asking a second time changes nothing (RFC 9110 §9.2.1).
    var isSafe: Bool { ["GET", "HEAD", "OPTIONS"].contains(method) }

    /// Everything that is read by name, in the order it is used.
    var names: [(name: String, value: String?)] {
        var texts = [url] + headers.map(\.value)
        if let user { texts += [user.name, user.password] }
        switch body {
        case .none: break
        case .json(let tree, _): texts += tree.texts
        case .form(let pairs): texts += pairs.map(\.value)
        case .text(let text): texts.append(text)
        case .multipart(let parts): texts += parts.map(\.value)
        }
        var seen: Set<String> = []
        return texts.flatMap(\.names).filter { seen.insert($0.name).inserted }
    }

    /// The request as it is sent now.
    func request(version: String) -> HTTPRequest {
        var all = headers.map { HTTPHeader($0.name, $0.value.sent) }
        func add(_ name: String, _ value: String) {
            if !all.contains(where: { $0.name.lowercased() == name.lowercased() }) {
                all.append(HTTPHeader(name, value))
            }
        }
        if let user {
            add("Authorization", "Basic " + Base64Text.encode(Array("\(user.name.sent):\(user.password.sent)".utf8)))
        }
        add("User-Agent", "plumb/\(version)")
        add("Accept", "*/*")
        var content = HTTPRequest.Body.none
        switch body {
        case .none: break
        case .json(_, let bytes):
            add("Content-Type", "application/json")
            content = .bytes(bytes)
        case .form(let pairs):
            add("Content-Type", "application/x-www-form-urlencoded")
            content = .bytes(
                Array(
                    pairs.map { FormText.encode($0.name) + "=" + FormText.encode($0.value.sent) }.joined(separator: "&")
                        .utf8))
        case .text(let text):
            add("Content-Type", "text/plain; charset=utf-8")
            content = .bytes(Array(text.sent.utf8))
        case .multipart(let parts):
            content = .multipart(
                parts.map { part in
                    HTTPRequest.Part(
                        name: part.name, filename: part.filename, contentType: part.contentType,
                        content: part.file.map { .file(path: $0) } ?? .bytes(Array(part.value.sent.utf8)))
                })
        }
        return HTTPRequest(
            method: method, url: url.sent, headers: all, body: content, settings: connection,
            followRedirects: followsRedirects, maxBytes: 16 << 20)
    }
}

/// Pairs as HTML forms send them.
enum FormText {
    /// Escapes all but letters, digits and `-._*`; a space is a plus sign.
    static func encode(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: result.append(Character(Unicode.Scalar(byte)))
            case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "*"):
                result.append(Character(Unicode.Scalar(byte)))
            case 0x20: result += "+"
            default: result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }

    /// Undoes the escapes; nil where they make no text.
    static func decode(_ text: some StringProtocol) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "+") {
                bytes.append(0x20)
            } else if byte == UInt8(ascii: "%") {
                guard rest.count >= 2, let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
                else {
                    return nil
                }
                bytes.append(code)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
