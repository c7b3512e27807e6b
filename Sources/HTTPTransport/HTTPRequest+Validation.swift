internal import Glibc

extension HTTPRequest {
    /// What makes the request unfit to be sent, such as a line break that would smuggle in another header.
    func problem() -> HTTPError? {
        guard !method.isEmpty, method.utf8.allSatisfy(\.isTokenCharacter) else {
            return .unfit("the method '\(method.preview)' is no HTTP method", hint: "use letters only, such as GET")
        }
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            return .unfit(
                "the URL has a space or a control character: '\(url.preview)'",
                hint: "percent-encode it, %20 for a space")
        }
        if let problem = Self.problem(of: headers) ?? Self.problem(of: changingHeaders) { return problem }
        if method == "HEAD", !body.isNone {
            return .unfit("a HEAD request has no body", hint: "remove the body, or use another method")
        }
        return nil
    }

    /// The same of the headers alone that no two sendings have alike.
    func problemOfChangingHeaders() -> HTTPError? { Self.problem(of: changingHeaders) }

    private static func problem(of headers: [HTTPHeader]) -> HTTPError? {
        for header in headers {
            guard !header.name.isEmpty, header.name.allBytes(\.isTokenCharacter) else {
                return .unfit(
                    "the header name '\(header.name.preview)' has a character that HTTP does not allow",
                    hint: "use letters, digits and '-'")
            }
            guard !header.value.endsHeader else {
                return .unfit(
                    "the value of header '\(header.name)' has a line break or a NUL", hint: "remove or encode it")
            }
        }
        return nil
    }
}

extension String {
    /// Whether all bytes of the text are fit.
    @inline(__always)
    fileprivate func allBytes(_ isFit: (UInt8) -> Bool) -> Bool {
        unsafe utf8.withContiguousStorageIfAvailable { unsafe $0.allSatisfy(isFit) } ?? utf8.allSatisfy(isFit)
    }

    /// Whether the text has a line break or a NUL, behind which a server may see another header.
    fileprivate var endsHeader: Bool {
        let found = unsafe utf8.withContiguousStorageIfAvailable { bytes in
            guard let start = bytes.baseAddress else { return false }
            func has(_ byte: Int32) -> Bool { unsafe memchr(start, byte, bytes.count) != nil }
            return has(0x0A) || has(0x0D) || has(0)
        }
        return found ?? utf8.contains { $0 == 0x0A || $0 == 0x0D || $0 == 0 }
    }
}

extension HTTPRequest.Body {
    var isNone: Bool {
        if case .none = self { true } else { false }
    }
}

extension HTTPError {
    fileprivate static func unfit(_ message: String, hint: String) -> HTTPError {
        HTTPError(.invalidRequest, message, hint: hint)
    }
}

extension UInt8 {
    /// Whether RFC 9110 allows the byte in a method or a header name.
    var isTokenCharacter: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true
        default: false
        }
    }
}

extension String {
    /// The beginning of a text for a message, with control characters escaped.
    var preview: String {
        var text = ""
        for scalar in unicodeScalars.prefix(120) {
            text += scalar.value < 0x20 || scalar.value == 0x7F ? scalar.escaped(asASCII: true) : String(scalar)
        }
        return unicodeScalars.count > 120 ? text + "…" : text
    }
}
