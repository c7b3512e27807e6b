import Foundation
import Glibc
import HTTPTransport
import Testing

/// Bodies that are read while they are sent.
@Suite struct UploadTests {
    private func echo() throws -> ScriptedServer {
        try ScriptedServer { connection in
            while let request = connection.readRequest() {
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(request.utf8.count)\r\n\r\n\(request)")
            }
        }
    }

    private func withFile<Value>(_ content: String, _ body: (String) async throws -> Value) async throws -> Value {
        let file = FileManager.default.temporaryDirectory.appending(path: "plumb-\(UUID().uuidString)")
        try Data(content.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try await body(file.path(percentEncoded: false))
    }

    @Test(arguments: ["POST", "PUT", "REPORT"]) func `a file is sent with its length`(method: String) async throws {
        let server = try echo()
        let content = String(repeating: "0123456789", count: 50_000)
        try await withFile(content) { path in
            let response = try await send(HTTPRequest(method: method, url: server.url, body: .file(path: path))).get()
            let head = "\(method) / HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\nContent-Length: 500000\r\n\r\n"
            #expect(response.text == head + content)
        }
    }

    @Test func `a multipart body has its parts, with names encoded`() async throws {
        let server = try echo()
        try await withFile("from a file") { path in
            let parts = [
                HTTPRequest.Part(name: "a", content: .bytes(Array("1".utf8))),
                HTTPRequest.Part(
                    name: "b\"\r\nX: 1", filename: "é.txt", contentType: "text/plain", content: .file(path: path)),
            ]
            let request = HTTPRequest(
                method: "POST", url: server.url, headers: [HTTPHeader("Content-Type", "multipart/form-data")],
                body: .multipart(parts))
            let text = try await send(request).get().text
            let boundary = try #require(
                text.firstMatch(of: /\r\nContent-Type: multipart\/form-data; boundary=([-a-z0-9]+)\r\n/)?.output.1)
            let body = try #require(text.range(of: "\r\n\r\n").map { String(text[$0.upperBound...]) })
            #expect(
                body == """
                    --\(boundary)\r
                    Content-Disposition: form-data; name="a"\r
                    \r
                    1\r
                    --\(boundary)\r
                    Content-Disposition: form-data; name="b%22%0D%0AX: 1"; filename="é.txt"\r
                    Content-Type: text/plain\r
                    \r
                    from a file\r
                    --\(boundary)--\r

                    """)
        }
    }

    @Test func `a file is sent again from its beginning`() async throws {
        let server = try ScriptedServer { connection in
            while let request = connection.readRequest() {
                if connection.number == 1, request.hasPrefix("PUT") { return }
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(request.utf8.count)\r\n\r\n\(request)")
            }
        }
        try await withFile("0123456789") { path in
            let response = try await withTransport { transport in
                _ = await transport.send(HTTPRequest(url: server.url))
                return try await transport.send(HTTPRequest(method: "PUT", url: server.url, body: .file(path: path)))
                    .get()
            }
            #expect(response.text.hasSuffix("\r\n\r\n0123456789"))
            #expect(response.resends == 1)
        }
    }

    @Test func `a file that is not what it was when the step began is not sent`() async throws {
        let server = try ScriptedServer { connection in
            while connection.readRequest() != nil { connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") }
        }
        try await withFile("0123456789") { path in
            var request = HTTPRequest(method: "PUT", url: server.url, body: .file(path: path))
            request.bodyVersion = FileVersion(path: path)
            #expect(try await send(request).get().status == 200)
            try Data("9876543210!".utf8).write(to: URL(filePath: path))
            let error = try #require(try await send(request).error)
            #expect(error.kind == .invalidRequest)
            #expect(error.message.hasSuffix("is not what it was when the step began"))
        }
        #expect(server.connectionCount == 1)
    }

    @Test(arguments: [true, false])
    func `a file that changes while it is sent is an error, whatever was sent of it`(isCut: Bool) async throws {
        let size = 16 << 20
        try await withFile(String(repeating: "x", count: size)) { path in
            let server = try ScriptedServer { connection in
                // So much as the first packets hold has come; the rest waits for room.
                pause(milliseconds: 300)
                if isCut { truncate(path, 1000) } else { Self.overwrite(path, at: size - 1) }
                _ = connection.readRequest()
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            }
            let error = try #require(
                try await send(HTTPRequest(method: "PUT", url: server.url, body: .file(path: path))).error)
            #expect(error.kind == .invalidRequest)
            #expect(error.message == "a file of the body changed or became unreadable while it was sent")
        }
    }

    private static func overwrite(_ path: String, at offset: Int) {
        let descriptor = open(path, O_WRONLY)
        pwrite(descriptor, "y", 1, off_t(offset))
        close(descriptor)
    }

    @Test func `the time-out while sending tells the bytes that were sent`() async throws {
        let server = try ScriptedServer { _ in pause(milliseconds: 5000) }
        let body = [UInt8](repeating: 0x78, count: 50 << 20)
        let error = try #require(
            try await send(
                HTTPRequest(method: "POST", url: server.url, body: .bytes(body), timeout: .seconds(2))
            ).error)
        #expect(error.kind == .timeout)
        #expect(error.phase == .request)
        #expect(error.message.contains("of \(50 << 20) bytes of the request were sent"))
    }

    @Test func `an answer that comes before the body was sent is the answer`() async throws {
        let server = try ScriptedServer { connection in
            connection.send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno")
            pause(milliseconds: 500)
        }
        let body = [UInt8](repeating: 0x78, count: 50 << 20)
        let response = try await send(HTTPRequest(method: "POST", url: server.url, body: .bytes(body))).get()
        #expect(response.status == 413)
    }
}
