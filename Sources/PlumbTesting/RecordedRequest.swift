/// An HTTP request as a test server read it.
public struct RecordedRequest: Sendable, Hashable {
    /// One header line: its name as it was sent, and its value without the space around it.
    public struct Field: Sendable, Hashable {
        public let name: String
        public let value: String
    }

    /// The connection it came on, counted from 0.
    public let connection: Int
    public let method: String
    /// What stands between method and version, such as `/a?b=1`.
    public let target: String
    public let version: String
    public let fields: [Field]
    /// The head as it was sent, the empty line included.
    public let head: String
    /// The body, its chunked coding removed.
    public var body: [UInt8]

    /// Reads a head that ends with its empty line; nil where it is no request.
    init?(head bytes: ArraySlice<UInt8>, connection: Int) {
        head = String(decoding: bytes, as: UTF8.self)
        self.connection = connection
        body = []
        let lines = bytes.split(separator: UInt8(ascii: "\n")).map { Self.trimmed(String(decoding: $0, as: UTF8.self)) }
        guard let words = lines.first?.split(separator: " "), words.count == 3 else { return nil }
        method = String(words[0])
        target = String(words[1])
        version = String(words[2])
        fields = lines.dropFirst().compactMap { line in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return Field(name: String(line[..<colon]), value: Self.trimmed(line[line.index(after: colon)...]))
        }
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        let text = text.drop { $0.isWhitespace }
        return String(text.reversed().drop { $0.isWhitespace }.reversed())
    }

    /// The target without its query.
    public var path: String { String(target.prefix { $0 != "?" }) }

    /// What stands behind the first `?` of the target; nil where there is none.
    public var query: String? { target.firstIndex(of: "?").map { String(target[target.index(after: $0)...]) } }

    /// The body as text.
    public var text: String { String(decoding: body, as: UTF8.self) }

    /// Returns the value of the first header with a name, compared without case.
    public func header(_ name: String) -> String? {
        fields.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// How the body's length is told.
    enum Framing: Equatable {
        case length(Int)
        case chunked
    }

    var framing: Framing {
        if header("transfer-encoding")?.lowercased().contains("chunked") == true { return .chunked }
        return .length(max(0, header("content-length").flatMap { Int($0) } ?? 0))
    }

    var wantsContinue: Bool { header("expect")?.lowercased() == "100-continue" }

    var wantsClose: Bool {
        let connection = header("connection")?.lowercased()
        return connection == "close" || version == "HTTP/1.0" && connection != "keep-alive"
    }
}
