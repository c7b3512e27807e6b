/// `br` by libbrotlidec, with the end mark verified.
@safe final class Brotli: Decompressor {
    private typealias Create =
        @convention(c) (UnsafeRawPointer?, UnsafeRawPointer?, UnsafeRawPointer?) -> OpaquePointer?
    private typealias Step =
        @convention(c) (
            OpaquePointer, UnsafeMutablePointer<Int>, UnsafeMutablePointer<UnsafeRawPointer?>,
            UnsafeMutablePointer<Int>, UnsafeMutablePointer<UnsafeMutableRawPointer?>, UnsafeMutablePointer<Int>?
        ) -> Int32
    private typealias Destroy = @convention(c) (OpaquePointer) -> Void

    private static let library = CodingLibrary("libbrotlidec.so.1")

    private let state: OpaquePointer
    private let step: Step
    private let destroy: Destroy
    private var isEmpty = true
    private var isFinished = false

    /// Nil when the system has no libbrotlidec.
    init?() {
        guard let library = Self.library,
            let create = unsafe library.function("BrotliDecoderCreateInstance", as: Create.self),
            let step = unsafe library.function("BrotliDecoderDecompressStream", as: Step.self),
            let destroy = unsafe library.function("BrotliDecoderDestroyInstance", as: Destroy.self),
            let state = unsafe create(nil, nil, nil)
        else { return nil }
        unsafe self.state = state
        unsafe self.step = step
        unsafe self.destroy = destroy
    }

    deinit { unsafe destroy(state) }

    func decode(
        _ input: UnsafeRawBufferPointer, _ receive: (UnsafeRawBufferPointer) throws(CodingFailure) -> Bool
    ) throws(CodingFailure) -> Bool {
        guard unsafe !input.isEmpty else { return true }
        isEmpty = false
        guard !isFinished else {
            throw CodingFailure(kind: .damaged, message: "bytes follow the end of the compressed data")
        }
        var available = input.count
        var next = input.baseAddress
        let output = UnsafeMutableRawBufferPointer.allocate(byteCount: decodedPieceSize, alignment: 16)
        defer { unsafe output.deallocate() }
        while true {
            var room = output.count
            var target = output.baseAddress
            let code = unsafe step(state, &available, &next, &room, &target, nil)
            let count = output.count - room
            if count > 0, try unsafe !receive(UnsafeRawBufferPointer(rebasing: output[..<count])) { return false }
            switch code {
            case 1:
                isFinished = true
                guard available == 0 else {
                    throw CodingFailure(kind: .damaged, message: "bytes follow the end of the compressed data")
                }
                return true
            case 2: return true
            case 3: continue
            default: throw CodingFailure(kind: .damaged, message: "the brotli data is damaged")
            }
        }
    }

    func finish() throws(CodingFailure) {
        guard isEmpty || isFinished else {
            throw CodingFailure(kind: .truncated, message: "the brotli data ends before its end mark")
        }
    }
}
