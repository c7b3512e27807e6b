/// Undoes the content codings of a body, the last applied first.
///
/// libcurl could do it, but takes data that is cut short for complete.
struct ContentDecoder {
    /// More codings than anybody needs, fewer than would hurt.
    private static let limit = 4

    private let stages: [any Decompressor]

    /// The codings that can be undone here, for `Accept-Encoding`.
    static let available: [String] = ["gzip", "deflate", "br", "zstd"].filter { stage($0) != nil }

    /// Reads the `Content-Encoding` headers.
    ///
    /// - Throws: `CodingFailure` when one of the codings is not known.
    init(_ headers: [HTTPHeader]) throws(CodingFailure) {
        var stages: [any Decompressor] = []
        for header in headers where header.name == "content-encoding" {
            for item in header.value.split(separator: ",") {
                let coding = item.trimmingBlanks.lowercased()
                if coding.isEmpty || coding == "identity" { continue }
                guard let stage = Self.stage(coding) else {
                    throw CodingFailure(
                        kind: .unknownCoding, message: "the content coding '\(coding.preview)' is unknown")
                }
                guard stages.count < Self.limit else {
                    throw CodingFailure(kind: .unknownCoding, message: "more than \(Self.limit) content codings")
                }
                stages.append(stage)
            }
        }
        self.stages = stages.reversed()
    }

    var isIdentity: Bool { stages.isEmpty }

    /// Decodes a piece and hands on what comes of it; a receiver that returns false ends it.
    ///
    /// - Returns: False when the receiver wanted no more.
    /// - Throws: `CodingFailure` when the data is damaged.
    func decode(_ input: UnsafeRawBufferPointer, _ receive: (UnsafeRawBufferPointer) -> Bool) throws(CodingFailure)
        -> Bool
    {
        try unsafe decode(input, from: 0, receive)
    }

    /// Checks that all data came to its end mark.
    ///
    /// - Throws: `CodingFailure` when it did not.
    func finish() throws(CodingFailure) {
        for stage in stages { try stage.finish() }
    }

    private func decode(
        _ input: UnsafeRawBufferPointer, from index: Int, _ receive: (UnsafeRawBufferPointer) -> Bool
    ) throws(CodingFailure) -> Bool {
        guard index < stages.count else { return unsafe receive(input) }
        return try unsafe stages[index].decode(input) { (piece) throws(CodingFailure) in
            try unsafe decode(piece, from: index + 1, receive)
        }
    }

    private static func stage(_ coding: String) -> (any Decompressor)? {
        switch coding {
        case "gzip", "x-gzip": Inflate(.gzip)
        case "deflate": Inflate(.deflate)
        case "br": Brotli()
        case "zstd": Zstandard()
        default: nil
        }
    }
}
