internal import Diagnostics
internal import HTTPTransport

/// A command line that sends the same request by hand.
///
///     curl -sS -X POST -H 'Content-Type: application/json' --data-raw '{"model":"hermes"}' http://127.0.0.1:8000/v1
struct CurlCommand {
    private let request: HTTPRequest
    private let dropped: Set<String>

    /// The most bytes of a body that are written out.
    private static let bodyLimit = 16_384

    init(_ request: HTTPRequest, _ prepared: PreparedRequest) {
        self.request = request
        dropped = prepared.droppedDefaults
    }

    var text: String {
        var words = ["curl", "-sS"]
        if request.streaming != nil { words.append("-N") }
        if request.method == "HEAD" {
            words.append("-I")
        } else if request.method != "GET" || hasBody {
            words += ["-X", Self.quoted(request.method)]
        }
        words += connectionWords
        if request.followRedirects > 0 { words += ["-L", "--max-redirs", String(request.followRedirects)] }
        words += headerWords
        words += bodyWords
        if let user = request.url.userName { words += ["-u", Self.quoted("\(user):***")] }
        words.append(Self.quoted(request.url.withoutUserInfo))
        return words.joined(separator: " ") + note
    }

    private var hasBody: Bool { if case .none = request.body { false } else { true } }

    private var connectionWords: [String] {
        var words: [String] = []
        let settings = request.settings
        if let ca = settings.tls.ca { words += ["--cacert", Self.quoted(ca)] }
        if let certificate = settings.tls.certificate { words += ["--cert", Self.quoted(certificate)] }
        if let key = settings.tls.key { words += ["--key", Self.quoted(key)] }
        if settings.tls.isInsecure { words.append("-k") }
        if let proxy = settings.proxy {
            words += ["--proxy", Self.quoted(proxy.withoutUserInfo)]
            if let user = proxy.userName { words += ["--proxy-user", Self.quoted("\(user):***")] }
        }
        if let socket = settings.unixSocket { words += ["--unix-socket", Self.quoted(socket)] }
        for entry in settings.resolve { words += ["--resolve", Self.quoted(entry)] }
        switch settings.httpVersion {
        case .automatic: break
        case .http11: words.append("--http1.1")
        case .http2: words.append("--http2")
        case .http2PriorKnowledge: words.append("--http2-prior-knowledge")
        }
        return words
    }

    private var headerWords: [String] {
        var words: [String] = []
        for header in request.headers {
            let name = header.name.lowercased()
            // curl sends the same Accept by itself, and a User-Agent of its own does no harm.
            if ["accept", "user-agent"].contains(name), !dropped.contains(name) { continue }
            // What is sent by hand is no part of the test's trace.
            if TraceHeaders.names.contains(name), !dropped.contains(name) { continue }
            if name == "accept-encoding" {
                words.append("--compressed")
                continue
            }
            words += ["-H", Self.quoted(header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)")]
        }
        if dropped.contains("accept"), !request.headers.contains(where: { $0.name.lowercased() == "accept" }) {
            words += ["-H", "'Accept:'"]
        }
        if hasBody, !request.headers.contains(where: { $0.isContentType }) { words += ["-H", "'Content-Type:'"] }
        return words
    }

    private var bodyWords: [String] {
        switch request.body {
        case .none, .multipart: return []
        case .file(let path): return ["--data-binary", Self.quoted("@" + path)]
        case .bytes(let bytes):
            guard bytes.count <= Self.bodyLimit else { return ["--data-binary", "@BODY"] }
            let text = String(decoding: bytes, as: UTF8.self)
            guard text.utf8.elementsEqual(bytes), !bytes.contains(0) else { return ["--data-binary", "@BODY"] }
            return ["--data-raw", Self.quoted(text)]
        }
    }

    private var note: String {
        guard case .bytes(let bytes) = request.body, bodyWords.last == "@BODY" else { return "" }
        return "  # BODY: the \(bytes.count) bytes of the body in a file"
    }

    /// A word with control characters, in the form `$'…'` that bash and zsh read.
    private static func escaped(_ word: String) -> String {
        var text = "$'"
        for scalar in word.unicodeScalars {
            switch scalar {
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "'", "\\": text += "\\" + String(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                text += "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "'"
    }

    /// A word for a shell.
    static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: "-._/:@%+=,".utf8.contains(byte)
                }
            }
        if isPlain { return word }
        if word.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) { return escaped(word) }
        var text = "'"
        for scalar in word.unicodeScalars {
            if scalar == "'" { text += "'\\''" } else { text.unicodeScalars.append(scalar) }
        }
        return text + "'"
    }
}
