/// Parses `text/event-stream` as the WHATWG describes it, however the bytes are cut.
///
/// Lines and events are bounded. An event that the stream ends before its empty line is dropped, as the
/// standard says.
struct SSEParser: Sendable {
    /// An event that became complete.
    struct Event: Sendable, Hashable {
        /// `message` unless the stream names it.
        var event: String
        var data: String
        /// The last id that the stream gave, empty when it gave none.
        var id: String
    }

    /// A line or an event that exceeds its limit.
    struct Overflow: Error, Sendable, Hashable {
        let message: String
    }

    private let lineLimit: Int
    private let eventLimit: Int

    private var line: [UInt8] = []
    /// Whether the last byte was a CR, so that an LF belongs to the same line end.
    private var endedWithCR = false
    private var isFirstLine = true

    private var data: [UInt8] = []
    private var hasData = false
    private var type = ""
    private var lastID = ""
    /// The reconnection time in milliseconds that the stream last asked for.
    private(set) var retry: Int?

    init(lineLimit: Int = 1 << 20, eventLimit: Int = 4 << 20) {
        self.lineLimit = lineLimit
        self.eventLimit = eventLimit
    }

    /// Takes the next bytes and calls the receiver for each event that they complete, until it returns false.
    ///
    /// - Throws: `Overflow` when a line or an event exceeds its limit.
    mutating func take(
        _ bytes: borrowing Span<UInt8>, _ receive: (Event) -> Bool
    ) throws(Overflow) {
        for index in bytes.indices {
            let byte = bytes[index]
            switch byte {
            case 0x0A where endedWithCR:
                endedWithCR = false
                continue
            case 0x0A, 0x0D:
                endedWithCR = byte == 0x0D
                if let event = try endLine(), !receive(event) { return }
            default:
                endedWithCR = false
                guard line.count < lineLimit else {
                    throw Overflow(message: "a line of the event stream is over \(lineLimit) bytes")
                }
                line.append(byte)
            }
        }
    }

    private mutating func endLine() throws(Overflow) -> Event? {
        defer { line.removeAll(keepingCapacity: true) }
        if isFirstLine {
            isFirstLine = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        }
        guard !line.isEmpty else { return endEvent() }
        let colon = line.firstIndex(of: 0x3A)
        if colon == 0 { return nil }
        let field = line[..<(colon ?? line.endIndex)]
        var value = colon.map { line[($0 + 1)...] } ?? []
        if value.first == 0x20 { value = value.dropFirst() }

        if field.elementsEqual("data".utf8) {
            guard data.count + value.count < eventLimit else {
                throw Overflow(message: "an event of the stream is over \(eventLimit) bytes")
            }
            if hasData { data.append(0x0A) }
            data += value
            hasData = true
        } else if field.elementsEqual("event".utf8) {
            type = String(decoding: value, as: UTF8.self)
        } else if field.elementsEqual("id".utf8) {
            if !value.contains(0) { lastID = String(decoding: value, as: UTF8.self) }
        } else if field.elementsEqual("retry".utf8) {
            if !value.isEmpty, value.allSatisfy({ (0x30...0x39).contains($0) }) {
                retry = Int(String(decoding: value, as: UTF8.self)) ?? retry
            }
        }
        return nil
    }

    private mutating func endEvent() -> Event? {
        defer {
            data.removeAll(keepingCapacity: true)
            hasData = false
            type = ""
        }
        guard hasData else { return nil }
        return Event(event: type.isEmpty ? "message" : type, data: String(decoding: data, as: UTF8.self), id: lastID)
    }
}
