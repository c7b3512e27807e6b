/// Parameters as libpq takes them: text that ends with a zero byte, or NULL.
struct ParameterTexts {
    private var bytes: [CChar] = []
    private var offsets: [Int?] = []

    /// Copies the texts; none of them holds a zero byte, at which libpq would cut it.
    init(_ texts: [String?]) {
        bytes.reserveCapacity(texts.reduce(0) { $0 + ($1?.utf8.count ?? 0) + 1 })
        offsets.reserveCapacity(texts.count)
        for text in texts {
            offsets.append(text == nil ? nil : bytes.count)
            guard let text else { continue }
            for byte in text.utf8 { bytes.append(CChar(bitPattern: byte)) }
            bytes.append(0)
        }
    }

    /// Lends the texts as an array of C strings, with their count.
    func withPointers<Result>(_ body: (Int32, UnsafePointer<UnsafePointer<CChar>?>?) -> Result) -> Result {
        guard !offsets.isEmpty else { return body(0, nil) }
        return unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: offsets.count) { pointers in
                for (index, offset) in offsets.enumerated() {
                    unsafe pointers.initializeElement(
                        at: index, to: offset.flatMap { unsafe buffer.baseAddress?.advanced(by: $0) })
                }
                return unsafe body(Int32(offsets.count), UnsafePointer(pointers.baseAddress))
            }
        }
    }
}
