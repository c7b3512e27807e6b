internal import Glibc
internal import Synchronization

extension VectorService {
    /// Answers what stands below `/collections/NAME/snapshots`.
    func snapshots(_ name: String, _ rest: [String], _ request: Incoming) async throws -> JSON {
        switch (request.method, rest) {
        case ("GET", []):
            _ = try found(name)
            return .array(shelf.all(of: real(name)).map(\.json))
        case ("POST", []):
            let collection = try found(name)
            let path = try shelf.newPath()
            let size = try await collection.write(to: path)
            return shelf.add(path, size: size, of: real(name)).json
        case ("DELETE", let path) where path.count == 1:
            try shelf.remove(path[0], of: real(name))
            return true
        case ("PUT", ["recover"]):
            let body = try request.document()
            guard let location = body["location"]?.string else { throw VectorError.format("missing field `location`") }
            if body["checksum"]?.isNull == false { throw VectorError.unsupported("`checksum` of a recovery") }
            return try await recover(name, from: try path(of: location, request))
        case ("POST", ["upload"]): return try await upload(name, request)
        default: throw VectorError(status: 404, message: "Not found: \(request.method) \(request.path)")
        }
    }

    /// A snapshot's file, sent piece by piece.
    func download(_ name: String, _ snapshot: String) throws -> Outgoing {
        let entry = try shelf.find(snapshot, of: real(name))
        // One reader for one answer, whose pieces are asked for one after the other.
        nonisolated(unsafe) let file = try SnapshotReader(entry.path)
        return Outgoing(
            status: 200,
            headers: [
                ("Content-Type", "application/octet-stream"),
                ("Content-Disposition", "attachment; filename=\"\(snapshot)\""),
            ],
            body: .stream(
                ChunkSequence {
                    let chunk = try file.chunk()
                    return chunk.isEmpty ? nil : chunk
                }))
    }

    /// Where a location leads: a file, or a snapshot that this store serves itself.
    private func path(of location: String, _ request: Incoming) throws(VectorError) -> String {
        if location.hasPrefix("file:///") { return String(location.dropFirst(7)).removingPercentEscapes }
        let own = "http://\(request.header("host") ?? "")/"
        let segments = location.hasPrefix(own) ? location.dropFirst(own.count).split(separator: "/") : []
        guard segments.count == 4, segments[0] == "collections", segments[2] == "snapshots" else {
            throw .bad("the sandbox's store recovers from 'file:///…', or from a snapshot's URL at itself")
        }
        let name = String(segments[3].prefix { $0 != "?" }).removingPercentEscapes
        return try shelf.find(name, of: real(String(segments[1]).removingPercentEscapes)).path
    }

    private func recover(_ name: String, from path: String) async throws -> JSON {
        let made = try await VectorCollection.restored(from: path, breaks: breaks)
        state.withLock { state in state.collections[state.aliases[name] ?? name] = made }
        return true
    }

    /// Recovers from the file in a form.
    private func upload(_ name: String, _ request: Incoming) async throws -> JSON {
        guard case .bytes(let body) = request.body else {
            throw VectorError(
                status: 413, message: "Payload error: a form is larger than allowed (limit: 33554432 bytes).")
        }
        guard let file = MultipartForm(body, contentType: request.header("content-type") ?? "")?.file("snapshot") else {
            throw VectorError.bad("Multipart error: no field `snapshot`")
        }
        let path = try shelf.newPath()
        defer { unlink(path) }
        try Self.keep(file, at: path)
        return try await recover(name, from: path)
    }

    private static func keep(_ bytes: ArraySlice<UInt8>, at path: String) throws(VectorError) {
        var file = try SnapshotWriter(path)
        try file.bytes(bytes)
    }

    /// The collection's own name where this may be an alias.
    private func real(_ name: String) -> String { state.withLock { $0.aliases[name] ?? name } }
}

/// The fields of a `multipart/form-data` body.
struct MultipartForm {
    private var parts: [(head: String, body: ArraySlice<UInt8>)] = []

    /// Reads a body; nil where it is no such form.
    init?(_ body: [UInt8], contentType: String) {
        guard contentType.lowercased().hasPrefix("multipart/form-data"),
            let mark = contentType.range(ofText: "boundary=")
        else { return nil }
        let written = contentType[mark...].prefix { $0 != ";" }
        let boundary = written.hasPrefix("\"") ? written.dropFirst().prefix { $0 != "\"" } : written
        guard !boundary.isEmpty, boundary.utf8.count <= 70 else { return nil }
        let line = Array("--\(boundary)".utf8)
        let blank = Array("\r\n\r\n".utf8)
        guard var place = body[...].firstPlace(of: line) else { return nil }
        while true {
            let begin = place + line.count
            // Two hyphens end the form.
            if body[begin...].starts(with: "--".utf8) { return }
            guard let head = body[begin...].firstPlace(of: blank),
                let end = body[(head + 4)...].firstPlace(of: Array("\r\n".utf8) + line)
            else { return nil }
            parts.append((String(decoding: body[begin..<head], as: UTF8.self), body[(head + 4)..<end]))
            place = end + 2
        }
    }

    /// The content of a field.
    func file(_ name: String) -> ArraySlice<UInt8>? {
        parts.first { $0.head.contains("name=\"\(name)\"") }?.body
    }
}

extension String {
    /// Where the text goes on behind the first occurrence of another.
    fileprivate func range(ofText text: String) -> String.Index? {
        var rest = self[...]
        while !rest.isEmpty {
            if rest.hasPrefix(text) { return rest.index(rest.startIndex, offsetBy: text.count) }
            rest = rest.dropFirst()
        }
        return nil
    }
}

extension ArraySlice<UInt8> {
    /// Where some bytes begin; they are found by their first byte.
    fileprivate func firstPlace(of bytes: [UInt8]) -> Int? {
        guard let first = bytes.first else { return nil }
        var rest = self
        while let place = rest.firstIndex(of: first) {
            if self[place...].starts(with: bytes) { return place }
            rest = self[(place + 1)...]
        }
        return nil
    }
}
