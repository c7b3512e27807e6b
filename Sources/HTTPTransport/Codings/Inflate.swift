internal import CLibCurl

/// `gzip` and `deflate` by zlib, with the checksum and the end mark verified.
///
/// gzip may have several members. `deflate` means the zlib format; the raw data that some servers
/// send instead is recognised by its first bytes.
@safe final class Inflate: Decompressor {
    enum Format {
        case gzip
        case deflate
    }

    private typealias Start =
        @convention(c) (UnsafeMutablePointer<lcurl_zlib_stream>, Int32, UnsafePointer<CChar>, Int32) -> Int32
    private typealias Step = @convention(c) (UnsafeMutablePointer<lcurl_zlib_stream>, Int32) -> Int32
    private typealias Stop = @convention(c) (UnsafeMutablePointer<lcurl_zlib_stream>) -> Int32

    @safe private struct Functions {
        let start: Start
        let step: Step
        let reset: Stop
        let end: Stop

        init?(_ library: CodingLibrary?) {
            guard let library, let start = unsafe library.function("inflateInit2_", as: Start.self),
                let step = unsafe library.function("inflate", as: Step.self),
                let reset = unsafe library.function("inflateReset", as: Stop.self),
                let end = unsafe library.function("inflateEnd", as: Stop.self)
            else { return nil }
            unsafe self.start = start
            unsafe self.step = step
            unsafe self.reset = reset
            unsafe self.end = end
        }
    }

    private enum State {
        /// No byte yet.
        ///
        /// Can transition to: header, inside.
        case empty
        /// The first byte of `deflate`, which alone does not tell the format.
        ///
        /// Can transition to: inside.
        case header(UInt8)
        /// Can transition to: between.
        case inside
        /// After an end mark.
        ///
        /// Can transition to: inside, for gzip.
        case between
    }

    private static let library = CodingLibrary("libz.so.1")

    private let format: Format
    private let functions: Functions
    /// zlib keeps the address of its stream, so it stays in one place.
    private let stream: UnsafeMutablePointer<lcurl_zlib_stream>
    private var isStarted = false
    private var state = State.empty

    /// Nil when the system has no zlib.
    init?(_ format: Format) {
        guard let functions = Functions(Self.library) else { return nil }
        self.format = format
        self.functions = functions
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: lcurl_zlib_stream())
    }

    deinit {
        if isStarted { _ = unsafe functions.end(stream) }
        unsafe stream.deallocate()
    }

    func decode(
        _ input: UnsafeRawBufferPointer, _ receive: (UnsafeRawBufferPointer) throws(CodingFailure) -> Bool
    ) throws(CodingFailure) -> Bool {
        guard let first = unsafe input.first else { return true }
        switch (state, format) {
        case (.empty, .gzip):
            try start(windowBits: 15 + 16)
        case (.empty, .deflate):
            if input.count == 1 {
                state = .header(first)
                return true
            }
            try start(windowBits: Self.isZlib(first, unsafe input[1]) ? 15 : -15)
        case (.header(let before), _):
            try start(windowBits: Self.isZlib(before, first) ? 15 : -15)
            let held = UnsafeMutableRawBufferPointer.allocate(byteCount: 1, alignment: 1)
            defer { unsafe held.deallocate() }
            unsafe held[0] = before
            guard try unsafe inflate(UnsafeRawBufferPointer(held), receive) else { return false }
        case (.inside, _), (.between, _):
            break
        }
        return try unsafe inflate(input, receive)
    }

    func finish() throws(CodingFailure) {
        switch state {
        case .empty, .between: return
        case .header, .inside:
            throw CodingFailure(
                kind: .truncated, message: "the \(format == .gzip ? "gzip" : "deflate") data ends before its end mark")
        }
    }

    private func start(windowBits: Int32) throws(CodingFailure) {
        // The version's first digit and the size of the structure are zlib's check of compatibility.
        let code = unsafe functions.start(
            stream, windowBits, "1", Int32(MemoryLayout<lcurl_zlib_stream>.size))
        guard code == 0 else { throw CodingFailure(kind: .damaged, message: "zlib could not start (\(code))") }
        isStarted = true
        state = .inside
    }

    private func inflate(
        _ input: UnsafeRawBufferPointer, _ receive: (UnsafeRawBufferPointer) throws(CodingFailure) -> Bool
    ) throws(CodingFailure) -> Bool {
        guard let base = input.baseAddress else { return true }
        unsafe stream.pointee.next_in = base.assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_in = UInt32(input.count)
        let output = UnsafeMutableRawBufferPointer.allocate(byteCount: decodedPieceSize, alignment: 16)
        defer { unsafe output.deallocate() }
        while true {
            if case .between = state {
                guard unsafe stream.pointee.avail_in > 0 else { return true }
                guard format == .gzip, unsafe functions.reset(stream) == 0 else {
                    throw CodingFailure(kind: .damaged, message: "bytes follow the end of the compressed data")
                }
                state = .inside
            }
            unsafe stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
            unsafe stream.pointee.avail_out = UInt32(output.count)
            let code = unsafe functions.step(stream, 0)
            let count = unsafe output.count - Int(stream.pointee.avail_out)
            if count > 0, try unsafe !receive(UnsafeRawBufferPointer(rebasing: output[..<count])) { return false }
            switch code {
            case 0: continue
            case 1: state = .between
            case -5: return true  // Z_BUF_ERROR: more input is needed.
            default:
                let reason = unsafe stream.pointee.msg.map { unsafe String(cString: $0) } ?? "error \(code)"
                throw CodingFailure(
                    kind: .damaged,
                    message: "the \(format == .gzip ? "gzip" : "deflate") data is damaged: \(reason)")
            }
        }
    }

    /// Whether two bytes begin the zlib format (RFC 1950).
    private static func isZlib(_ first: UInt8, _ second: UInt8) -> Bool {
        first & 0x0F == 8 && (Int(first) << 8 | Int(second)) % 31 == 0
    }
}
