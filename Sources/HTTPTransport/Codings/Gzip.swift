internal import CLibCurl

/// Compresses the bodies of requests for services that take gzip.
public enum Gzip {
    private typealias Start =
        @convention(c) (
            UnsafeMutablePointer<lcurl_zlib_stream>, Int32, Int32, Int32, Int32, Int32, UnsafePointer<CChar>, Int32
        ) -> Int32
    private typealias Step = @convention(c) (UnsafeMutablePointer<lcurl_zlib_stream>, Int32) -> Int32
    private typealias Bound = @convention(c) (UnsafeMutablePointer<lcurl_zlib_stream>, UInt) -> UInt
    private typealias Stop = @convention(c) (UnsafeMutablePointer<lcurl_zlib_stream>) -> Int32

    /// The bytes in one member of gzip; nil where the system has no zlib.
    ///
    /// The corresponding C functions are `deflateInit2` and `deflate`.
    public static func encode(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count < Int(UInt32.max), let library = CodingLibrary("libz.so.1"),
            let start = unsafe library.function("deflateInit2_", as: Start.self),
            let bound = unsafe library.function("deflateBound", as: Bound.self),
            let step = unsafe library.function("deflate", as: Step.self),
            let end = unsafe library.function("deflateEnd", as: Stop.self)
        else { return nil }
        let stream = UnsafeMutablePointer<lcurl_zlib_stream>.allocate(capacity: 1)
        unsafe stream.initialize(to: lcurl_zlib_stream())
        defer { unsafe stream.deallocate() }
        // Level 6, deflate (8), a window of 15 bits with gzip's head (+ 16), the usual memory (8), no strategy (0).
        let size = unsafe Int32(MemoryLayout<lcurl_zlib_stream>.size)
        guard unsafe start(stream, 6, 8, 15 + 16, 8, 0, "1", size) == 0 else { return nil }
        defer { _ = unsafe end(stream) }
        let room = unsafe Int(bound(stream, UInt(bytes.count)))
        var encoded = [UInt8](repeating: 0, count: room)
        let count = unsafe bytes.withUnsafeBufferPointer { input in
            unsafe encoded.withUnsafeMutableBufferPointer { output in
                unsafe stream.pointee.next_in = input.baseAddress
                unsafe stream.pointee.avail_in = UInt32(input.count)
                unsafe stream.pointee.next_out = output.baseAddress
                unsafe stream.pointee.avail_out = UInt32(output.count)
                // 4 is Z_FINISH and 1 Z_STREAM_END; the room suffices for all in one go.
                return unsafe step(stream, 4) == 1 ? output.count - Int(stream.pointee.avail_out) : 0
            }
        }
        encoded.removeLast(room - count)
        return encoded.isEmpty ? nil : encoded
    }
}
