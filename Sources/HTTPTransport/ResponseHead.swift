/// Status line and headers, collected line by line.
///
/// Interim answers (100, 103) are read over; lines after the body are trailers and only counted. All lines
/// together are bounded, so endless headers end the transfer.
struct ResponseHead {
    struct Failure: Error {
        let message: String
        var hint: String?
    }

    static let byteLimit = 256 << 10
    /// Room for as many headers as most answers have.
    private static let usualCount = 8

    private var known: KnownLines?
    private(set) var status = 0
    private(set) var version = ""
    private(set) var headers: [HTTPHeader] = []
    /// Whether the empty line after the headers of the final answer has come.
    private(set) var isComplete = false
    /// Bytes of all lines, interim ones included.
    private(set) var byteCount = 0

    /// The digits of `Content-Length`, checked to be one number.
    private(set) var contentLength: Int?
    /// What `Transfer-Encoding` says.
    private(set) var transferCoding: String?
    /// Whether the connection is closed behind the answer (RFC 9112, section 9.3).
    private(set) var closesConnection = false
    /// Whether there is a `Content-Encoding`, a `Set-Cookie`.
    private(set) var isCoded = false
    private(set) var setsCookies = false

    /// Creates a head of which nothing has come; what the last one said may be known.
    init(_ known: KnownLines? = nil) { self.known = known }

    /// Takes one line with its line end.
    ///
    /// - Throws: `Failure` when the line makes the answer no HTTP, or there are too many.
    mutating func take(_ line: UnsafeRawBufferPointer) throws(Failure) {
        byteCount += line.count
        guard byteCount <= Self.byteLimit else {
            throw Failure(message: "header too large: the headers are over \(Self.byteLimit >> 10) KiB")
        }
        var end = line.count
        while end > 0, unsafe line[end - 1] == 0x0A || line[end - 1] == 0x0D { end -= 1 }
        let text = unsafe UnsafeRawBufferPointer(rebasing: line[..<end])

        if isComplete { return }
        // Whoever takes it for the end of the head would read the rest as a body.
        if end > 0, unsafe line[0] == 0x0D {
            throw Failure(message: "not a valid HTTP answer: a line of its head begins with a CR")
        }
        if status == 0 {
            try unsafe takeStatusLine(text)
        } else if end == 0 {
            if status >= 200 || status == 101 {
                try complete()
            } else {
                status = 0
                headers.removeAll(keepingCapacity: true)
            }
        } else {
            unsafe takeHeader(text)
        }
    }

    func value(of name: String) -> String? {
        headers.last { $0.name == name }?.value
    }

    private mutating func takeStatusLine(_ line: UnsafeRawBufferPointer) throws(Failure) {
        if unsafe takePlainStatusLine(line) { return }
        let text = unsafe String(decoding: line.prefix(200), as: UTF8.self)
        guard let space = text.utf8.firstIndex(of: 0x20), text.utf8.starts(with: "HTTP/".utf8) else {
            throw Failure(message: "not an HTTP answer: it begins '\(text.preview)'")
        }
        let behind = text[space...].dropFirst()
        let code = behind.utf8.firstIndex(of: 0x20).map { String(behind[..<$0]) } ?? String(behind)
        guard code.utf8.count == 3, let number = Int(code), (100...999).contains(number) else {
            throw Failure(
                message: "not a valid HTTP answer: its status is no number from 100 to 999, but '\(code.preview)'")
        }
        status = number
        if headers.isEmpty { headers.reserveCapacity(Self.usualCount) }
        version = String(text[..<space].dropFirst(5))
    }

    /// Takes a line such as `HTTP/1.1 200 OK`; false where it is none, which is then looked at closely.
    private mutating func takePlainStatusLine(_ line: UnsafeRawBufferPointer) -> Bool {
        func digit(_ place: Int) -> Int? {
            let value = unsafe Int(line[place]) - 0x30
            return (0...9).contains(value) ? value : nil
        }
        guard line.count >= 12, unsafe line.starts(with: "HTTP/1.1 ".utf8),
            unsafe line.count == 12 || line[12] == 0x20, let first = digit(9), first > 0, let second = digit(10),
            let third = digit(11)
        else { return false }
        if headers.isEmpty { headers.reserveCapacity(Self.usualCount) }
        status = first * 100 + second * 10 + third
        version = "1.1"
        return true
    }

    private mutating func takeHeader(_ line: UnsafeRawBufferPointer) {
        if unsafe line[0] == 0x20 || line[0] == 0x09 {
            // A folded line continues the one before.
            guard !headers.isEmpty else { return }
            let before = headers[headers.count - 1].value
            let more = unsafe Self.text(Self.trimmed(line))
            headers[headers.count - 1].value = before.isEmpty || more.isEmpty ? before + more : "\(before) \(more)"
            return
        }
        if let header = unsafe known?.header(at: headers.count, line) {
            headers.append(header)
            return
        }
        // A line without a name is no header.
        guard let colon = unsafe line.firstIndex(of: 0x3A), colon > 0 else { return }
        var name = unsafe String(decoding: line[..<colon], as: UTF8.self)
        if name.utf8.contains(where: { $0.asciiLowercased != $0 }) { name = name.lowercased() }
        let value = unsafe Self.trimmed(UnsafeRawBufferPointer(rebasing: line[(colon + 1)...]))
        let header = HTTPHeader(name, unsafe Self.text(value))
        unsafe known?.keep(header, at: headers.count, line)
        headers.append(header)
    }

    /// Notes what the headers say of the message itself.
    ///
    /// - Throws: `Failure` where they make the length of the body ambiguous, which is how answers are smuggled.
    private mutating func complete() throws(Failure) {
        closesConnection = version == "1.0"
        for header in headers {
            switch header.name {
            case "content-length": try takeLength(header.value)
            case "transfer-encoding": transferCoding = transferCoding.map { "\($0), \(header.value)" } ?? header.value
            case "connection":
                if header.value.hasToken("close") { closesConnection = true }
                if version == "1.0", header.value.hasToken("keep-alive") { closesConnection = false }
            case "content-encoding": isCoded = true
            case "set-cookie": setsCookies = true
            default: break
            }
        }
        guard contentLength == nil || transferCoding == nil else {
            throw Failure(
                message: "both Content-Length and Transfer-Encoding are given",
                hint: "a server must send one of them; a proxy may read the answer otherwise")
        }
        isComplete = true
    }

    private mutating func takeLength(_ text: String) throws(Failure) {
        if contentLength == nil, let number = Self.plainNumber(text) {
            contentLength = number
            return
        }
        // A list of equal numbers is one number sent by a careless proxy.
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            let digits = item.trimmingBlanks
            guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits)
            else { throw Failure(message: "the Content-Length '\(text.preview)' is no length") }
            guard contentLength == nil || contentLength == number else {
                throw Failure(message: "two values of Content-Length: \(contentLength ?? 0) and \(number)")
            }
            contentLength = number
        }
    }

    /// A number of few digits and nothing else.
    private static func plainNumber(_ text: String) -> Int? {
        guard (1...15).contains(text.utf8.count) else { return nil }
        var number = 0
        for byte in text.utf8 {
            guard (0x30...0x39).contains(byte) else { return nil }
            number = number * 10 + Int(byte - 0x30)
        }
        return number
    }

    private static func trimmed(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var start = 0
        var end = bytes.count
        while start < end, unsafe bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
        while end > start, unsafe bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
        return unsafe UnsafeRawBufferPointer(rebasing: bytes[start..<end])
    }

    /// UTF-8, or else Latin-1, which every sequence of bytes is.
    private static func text(_ bytes: UnsafeRawBufferPointer) -> String {
        if let text = unsafe String(validating: bytes, as: UTF8.self) { return text }
        var text = ""
        unsafe text.unicodeScalars.append(contentsOf: bytes.lazy.map { Unicode.Scalar($0) })
        return text
    }
}

// MARK: - A head like an earlier one

extension ResponseHead {
    /// Becomes what an earlier answer's head was, where the bytes begin with the same one; tells how long that is.
    ///
    /// Nothing of the answer has come yet.
    mutating func takeKnown(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard let known, let head = unsafe known.head(of: bytes) else { return nil }
        self = head
        self.known = known
        return head.byteCount
    }

    /// Keeps the head, whose bytes these are, for the answers to come.
    func keep(_ bytes: UnsafeRawBufferPointer) {
        guard let known, isComplete, bytes.count == byteCount else { return }
        var head = self
        head.known = nil
        unsafe known.keep(head, bytes)
    }
}

extension String {
    /// Whether a list of words has one, whatever its case.
    fileprivate func hasToken(_ token: String) -> Bool {
        if isSameHeader(as: token) { return true }
        return utf8.contains(0x2C)
            && split(separator: ",").contains { String($0.trimmingBlanks).isSameHeader(as: token) }
    }
}

extension Substring {
    /// Without the spaces and tabs around it.
    var trimmingBlanks: Substring {
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        guard let first = utf8.firstIndex(where: { !isBlank($0) }), let last = utf8.lastIndex(where: { !isBlank($0) })
        else {
            return self[endIndex...]
        }
        return self[first..<utf8.index(after: last)]
    }
}
