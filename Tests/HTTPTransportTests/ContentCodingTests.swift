import Testing

@testable import HTTPTransport

/// Bodies under a content coding: what is whole is decoded, what is cut or damaged fails.
@Suite struct ContentCodingTests {
    private static let whole: [(String, [UInt8])] = [
        ("gzip", Coded.gzip), ("x-gzip", Coded.gzip), ("GZIP", Coded.gzip), ("deflate", Coded.zlib),
        ("deflate", Coded.raw), ("br", Coded.brotli), ("zstd", Coded.zstandard), ("gzip, gzip", Coded.twice),
        ("identity", Array(Coded.text.utf8)), ("", Array(Coded.text.utf8)), ("gzip, identity", Coded.gzip),
    ]

    /// Decodes pieces, collecting up to a limit.
    private func decode(_ coding: String, _ pieces: [[UInt8]], limit: Int = 1 << 20) throws -> [UInt8] {
        let decoder = try ContentDecoder([HTTPHeader("content-encoding", coding)])
        var output: [UInt8] = []
        for piece in pieces {
            let goesOn = try piece.withUnsafeBytes { bytes in
                try decoder.decode(bytes) { decoded in
                    output += decoded
                    return output.count <= limit
                }
            }
            if !goesOn { return output }
        }
        try decoder.finish()
        return output
    }

    @Test(arguments: whole) func `a whole body is decoded`(coding: String, bytes: [UInt8]) throws {
        #expect(String(decoding: try decode(coding, [bytes]), as: UTF8.self) == Coded.text)
    }

    @Test(arguments: whole) func `a body is decoded however it is cut`(coding: String, bytes: [UInt8]) throws {
        #expect(String(decoding: try decode(coding, bytes.map { [$0] }), as: UTF8.self) == Coded.text)
    }

    @Test(arguments: whole.filter { !$0.0.isEmpty && $0.0 != "identity" })
    func `a body that ends early is truncated wherever it ends`(coding: String, bytes: [UInt8]) throws {
        for count in 1..<bytes.count {
            do {
                _ = try decode(coding, [Array(bytes[..<count])])
                Issue.record("\(count) of \(bytes.count) bytes of \(coding) passed")
            } catch let failure as CodingFailure {
                #expect(failure.kind == .truncated, "at \(count)")
            }
        }
    }

    @Test(arguments: [("gzip", Coded.gzip), ("deflate", Coded.zlib), ("zstd", Coded.zstandard)])
    func `a wrong checksum is damage`(coding: String, bytes: [UInt8]) throws {
        for offset in 1...4 {
            var damaged = bytes
            // The checksum of gzip stands before its four bytes of length.
            damaged[damaged.count - offset - (coding == "gzip" ? 4 : 0)] ^= 0x55
            #expect(throws: CodingFailure.self) { try decode(coding, [damaged]) }
        }
    }

    @Test(arguments: ["gzip", "deflate", "br", "zstd"])
    func `a body that is not coded at all is damage`(coding: String) {
        #expect(throws: CodingFailure.self) { try decode(coding, [Array("{\"a\": 1} and a little more text".utf8)]) }
    }

    @Test(arguments: [("deflate", Coded.zlib), ("br", Coded.brotli), ("gzip", Coded.gzip), ("zstd", Coded.zstandard)])
    func `bytes after the end are damage`(coding: String, bytes: [UInt8]) {
        #expect(throws: CodingFailure.self) { try decode(coding, [bytes + Array("more".utf8) + [0, 0, 0, 0, 0, 0]]) }
        #expect(throws: CodingFailure.self) { try decode(coding, [bytes, Array("more".utf8) + [0, 0, 0, 0, 0, 0]]) }
    }

    @Test func `gzip may have several members`() throws {
        #expect(
            String(decoding: try decode("gzip", [Coded.gzip + Coded.gzip]), as: UTF8.self) == Coded.text + Coded.text)
    }

    @Test(arguments: ["gzip", "deflate", "br", "zstd"]) func `no bytes are an empty body`(coding: String) throws {
        #expect(try decode(coding, []).isEmpty)
    }

    @Test(arguments: ["foo", "gzip, foo", "aws-chunked", "gzip, gzip, gzip, gzip, gzip, gzip"])
    func `an unknown coding and too many are refused`(coding: String) throws {
        #expect(throws: CodingFailure.self) { try ContentDecoder([HTTPHeader("content-encoding", coding)]) }
    }

    @Test func `a receiver that wants no more stops a bomb`() throws {
        let bomb = [[UInt8]](repeating: Coded.zeros, count: 10_000)
        #expect(try decode("gzip", [Array(bomb.joined())], limit: 1 << 20).count <= (1 << 20) + decodedPieceSize)
    }

    // MARK: On the wire

    private func answer(
        _ coding: String, _ bytes: [UInt8], method: String = "GET", status: Int = 200, maxBytes: Int = 1 << 20
    ) async throws -> Result<HTTPResponse, HTTPError> {
        let server = try ScriptedServer { connection in
            _ = connection.readRequest()
            let length = status == 304 ? "" : "Content-Length: \(bytes.count)\r\n"
            connection.send("HTTP/1.1 \(status) Status\r\nContent-Encoding: \(coding)\r\n\(length)\r\n")
            if method != "HEAD" { connection.send(bytes) }
        }
        return try await send(HTTPRequest(method: method, url: server.url, maxBytes: maxBytes))
    }

    @Test(arguments: whole) func `an answer is decoded though nobody asked`(coding: String, bytes: [UInt8]) async throws
    {
        let response = try await answer(coding, bytes).get()
        #expect(response.text == Coded.text)
        #expect(response.wire.received > bytes.count)
    }

    @Test func `a cut gzip body fails although its length is right`() async throws {
        let error = try #require(try await answer("gzip", Array(Coded.gzip.dropLast(10))).error)
        #expect(error.kind == .truncated)
        #expect(error.partial?.status == 200)
    }

    @Test func `the limit holds for the decoded bytes`() async throws {
        let bomb = Array([[UInt8]](repeating: Coded.zeros, count: 1000).joined())
        let error = try #require(try await answer("gzip", bomb, maxBytes: 100_000).error)
        #expect(error.kind == .tooLarge)
        #expect(error.partial?.body.count == 100_000)
    }

    @Test func `an unknown coding is a protocol error that names it`() async throws {
        let error = try #require(try await answer("foo", [1, 2, 3]).error)
        #expect(error.kind == .protocol)
        #expect(error.message == "the content coding 'foo' is unknown")
    }

    @Test(arguments: [("HEAD", 200), ("GET", 304)])
    func `an answer without a body may announce any coding`(method: String, status: Int) async throws {
        #expect(
            try await answer("foo", method == "HEAD" ? [1, 2] : [], method: method, status: status).get().status
                == status)
        #expect(
            try await answer("gzip", method == "HEAD" ? [1, 2] : [], method: method, status: status).get().status
                == status)
    }
}
