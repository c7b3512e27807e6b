internal import CLibCurl

/// `zstd` by libzstd, with checksum and end of frame verified.
@safe final class Zstandard: Decompressor {
    private typealias Create = @convention(c) () -> OpaquePointer?
    private typealias SetParameter = @convention(c) (OpaquePointer, Int32, Int32) -> Int
    private typealias Step =
        @convention(c) (
            OpaquePointer, UnsafeMutablePointer<lcurl_zstd_output>, UnsafeMutablePointer<lcurl_zstd_input>
        ) -> Int
    private typealias IsError = @convention(c) (Int) -> UInt32
    private typealias Destroy = @convention(c) (OpaquePointer) -> Int

    private static let library = CodingLibrary("libzstd.so.1")
    /// `ZSTD_d_windowLogMax`, and the 8 MiB that RFC 9659 allows in HTTP.
    private static let windowLogMax: (parameter: Int32, value: Int32) = (100, 23)

    private let stream: OpaquePointer
    private let step: Step
    private let isError: IsError
    private let destroy: Destroy
    /// Whether the last byte so far ended a frame.
    ///
    /// An empty body counts as ended.
    private var isBetweenFrames = true

    /// Nil when the system has no libzstd.
    init?() {
        guard let library = Self.library,
            let create = unsafe library.function("ZSTD_createDStream", as: Create.self),
            let setParameter = unsafe library.function("ZSTD_DCtx_setParameter", as: SetParameter.self),
            let step = unsafe library.function("ZSTD_decompressStream", as: Step.self),
            let isError = library.function("ZSTD_isError", as: IsError.self),
            let destroy = unsafe library.function("ZSTD_freeDStream", as: Destroy.self),
            let stream = unsafe create()
        else { return nil }
        _ = unsafe setParameter(stream, Self.windowLogMax.parameter, Self.windowLogMax.value)
        unsafe self.stream = stream
        unsafe self.step = step
        self.isError = isError
        unsafe self.destroy = destroy
    }

    deinit { _ = unsafe destroy(stream) }

    func decode(
        _ input: UnsafeRawBufferPointer, _ receive: (UnsafeRawBufferPointer) throws(CodingFailure) -> Bool
    ) throws(CodingFailure) -> Bool {
        var source = unsafe lcurl_zstd_input(source: input.baseAddress, size: input.count, position: 0)
        let output = UnsafeMutableRawBufferPointer.allocate(byteCount: decodedPieceSize, alignment: 16)
        defer { unsafe output.deallocate() }
        var isFull = false
        while unsafe isFull || source.position < source.size {
            var target = unsafe lcurl_zstd_output(target: output.baseAddress, size: output.count, position: 0)
            let code = unsafe step(stream, &target, &source)
            guard isError(code) == 0 else {
                throw CodingFailure(kind: .damaged, message: "the zstd data is damaged")
            }
            isBetweenFrames = code == 0
            isFull = unsafe target.position == target.size
            let decoded = unsafe UnsafeRawBufferPointer(rebasing: output[..<target.position])
            if unsafe !decoded.isEmpty, try unsafe !receive(decoded) { return false }
        }
        return true
    }

    func finish() throws(CodingFailure) {
        guard isBetweenFrames else {
            throw CodingFailure(kind: .truncated, message: "the zstd data ends before its end mark")
        }
    }
}
