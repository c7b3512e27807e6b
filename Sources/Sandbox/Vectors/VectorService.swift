internal import Synchronization

/// A store of vectors that speaks the REST interface of Qdrant, as far as scenarios of searching need it.
///
/// Points are kept in memory and every search is exact; snapshots are files that go with the sandbox.
final class VectorService: Service {
    let apiKey: String
    let breaks: Set<SandboxBreak>
    let state = Mutex(Registry())
    let shelf = SnapshotShelf()
    private let metrics: VectorMetrics

    /// The collections and their other names.
    struct Registry {
        var collections: [String: VectorCollection] = [:]
        var aliases: [String: String] = [:]
    }

    /// As Qdrant's own default.
    let bodyLimit = 32 << 20
    /// The version of the interface that it speaks.
    static let version = "1.15.0"

    init(apiKey: String, breaks: Set<SandboxBreak>) {
        self.apiKey = apiKey
        self.breaks = breaks
        metrics = VectorMetrics(version: Self.version, breaks: breaks)
    }

    func answer(to request: Incoming) async -> Outgoing {
        let begun = ContinuousClock.now
        let answer = await serve(request, since: begun)
        metrics.count(request, status: answer.status, since: begun)
        return answer
    }

    private func serve(_ request: Incoming, since begun: ContinuousClock.Instant) async -> Outgoing {
        do {
            if let refusal = refusal(of: request) { return refusal }
            switch request.segments {
            case []: return .json(["title": "plumb sandbox - speaks as qdrant", "version": .string(Self.version)])
            case ["healthz"], ["livez"], ["readyz"]:
                return .text("\(request.segments[0]) check passed", contentType: "text/plain")
            case ["metrics"]: return .text(await page(), contentType: "text/plain; charset=utf-8")
            default: break
            }
            if breaks.contains(.vectorsSlow) { try await Task.sleep(for: .milliseconds(700)) }
            let segments = request.segments.map { String($0).removingPercentEscapes }
            if request.method == "GET", segments.count == 4, segments[0] == "collections", segments[2] == "snapshots" {
                return try download(segments[1], segments[3])
            }
            let result = try await route(request, segments)
            return .json(["result": result, "status": "ok", "time": .number((ContinuousClock.now - begun).seconds)])
        } catch let error as VectorError {
            return error.outgoing
        } catch {
            return VectorError(status: 500, message: "Service internal error: \(error)").outgoing
        }
    }

    /// Refuses a caller without the key in plain text, as Qdrant does.
    private func refusal(of request: Incoming) -> Outgoing? {
        if ["/healthz", "/livez", "/readyz"].contains(request.path) { return nil }
        let bearer = request.header("authorization").flatMap { $0.hasPrefix("Bearer ") ? String($0.dropFirst(7)) : nil }
        guard let key = request.header("api-key") ?? bearer else {
            return .text(
                "Must provide an API key or an Authorization bearer token", contentType: "text/plain; charset=utf-8",
                status: 401)
        }
        if key == apiKey || breaks.contains(.vectorKeyIgnored) { return nil }
        return .text("Invalid API key or JWT", contentType: "text/plain; charset=utf-8", status: 401)
    }

    private func route(_ request: Incoming, _ segments: [String]) async throws -> JSON {
        switch (segments.first, segments.count) {
        case ("aliases", 1): return aliases(of: nil)
        case ("collections", 1):
            try request.want("GET")
            let names = state.withLock { $0.collections.keys.sorted() }
            return ["collections": .array(names.map { ["name": .string($0)] })]
        case ("collections", 2) where segments[1] == "aliases":
            try request.want("POST")
            return try changeAliases(try request.document())
        case ("collections", 2): return try await collection(segments[1], request)
        case ("collections", 3) where segments[2] == "exists":
            return ["exists": .bool(state.withLock { $0.collection(segments[1]) } != nil)]
        case ("collections", 3) where segments[2] == "aliases": return aliases(of: segments[1])
        case ("collections", 3) where segments[2] == "index":
            try request.want("PUT")
            return try await index(try found(segments[1]), try request.document())
        case ("collections", 4) where segments[2] == "index":
            try request.want("DELETE")
            return await (try found(segments[1])).removeIndex(segments[3])
        case ("collections", 3...) where segments[2] == "points":
            return try await points(try found(segments[1]), Array(segments[3...]), request)
        case ("collections", 3...) where segments[2] == "snapshots":
            return try await snapshots(segments[1], Array(segments[3...]), request)
        default: throw VectorError(status: 404, message: "Not found: \(request.path)")
        }
    }

    private func page() async -> String {
        let collections = state.withLock { Array($0.collections.values) }
        var vectors = 0
        for collection in collections { vectors += await collection.vectorCount }
        return metrics.page(collections: collections.count, vectors: vectors)
    }

    /// Removes the files of snapshots.
    func close() { shelf.clear() }

    // MARK: Collections

    func found(_ name: String) throws(VectorError) -> VectorCollection {
        guard let collection = state.withLock({ $0.collection(name) }) else { throw .unknown(name) }
        return collection
    }

    private func collection(_ name: String, _ request: Incoming) async throws -> JSON {
        switch request.method {
        case "GET": return await (try found(name)).describe()
        case "PUT":
            let settings = try CollectionSettings(try request.document())
            let made = VectorCollection(settings, breaks: breaks)
            let isNew = state.withLock { state in
                guard state.collection(name) == nil || breaks.contains(.createdTwice) else { return false }
                state.collections[name] = made
                return true
            }
            guard isNew else {
                throw VectorError(status: 409, message: "Wrong input: Collection `\(name)` already exists!")
            }
            return true
        case "PATCH":
            try await (try found(name)).change(try request.document())
            return true
        case "DELETE":
            // As Qdrant has it: dropping what is not there is no error.
            return state.withLock { state in
                if breaks.contains(.dropMissingAccepted), state.collection(name) == nil { return true }
                guard !breaks.contains(.collectionKept) else { return true }
                let known = state.aliases[name] ?? name
                state.aliases = state.aliases.filter { $0.value != known }
                return .bool(state.collections.removeValue(forKey: known) != nil)
            }
        default: throw VectorError(status: 405, message: "Not allowed to \(request.method) on \(request.path)")
        }
    }

    private func index(_ collection: VectorCollection, _ body: JSON) async throws -> JSON {
        guard let field = body["field_name"]?.string else { throw VectorError.format("missing field `field_name`") }
        let type = body["field_schema"]?.string ?? body["field_schema"]?["type"]?.string ?? "keyword"
        return await collection.addIndex(field, type: type)
    }

    // MARK: Aliases

    private func aliases(of collection: String?) -> JSON {
        let known = state.withLock { $0.aliases }.filter { collection == nil || $0.value == collection }
        return [
            "aliases": .array(
                known.sorted { $0.key < $1.key }.map {
                    ["alias_name": .string($0.key), "collection_name": .string($0.value)]
                })
        ]
    }

    private func changeAliases(_ body: JSON) throws(VectorError) -> JSON {
        guard let actions = body["actions"]?.array else { throw .format("missing field `actions`") }
        var aliases = state.withLock { $0.aliases }
        for action in actions {
            if let made = action["create_alias"], let name = made["alias_name"]?.string,
                let target = made["collection_name"]?.string
            {
                guard state.withLock({ $0.collections[target] }) != nil else { throw .unknown(target) }
                guard state.withLock({ $0.collections[name] }) == nil else {
                    throw VectorError(status: 409, message: "Wrong input: Collection `\(name)` already exists!")
                }
                aliases[name] = breaks.contains(.aliasIgnored) ? nil : target
            } else if let removed = action["delete_alias"]?["alias_name"]?.string {
                guard aliases.removeValue(forKey: removed) != nil else {
                    throw VectorError(status: 404, message: "Not found: Alias \(removed) does not exists!")
                }
            } else if let renamed = action["rename_alias"], let old = renamed["old_alias_name"]?.string,
                let new = renamed["new_alias_name"]?.string
            {
                guard let target = aliases.removeValue(forKey: old) else {
                    throw VectorError(status: 404, message: "Not found: Alias \(old) does not exists!")
                }
                aliases[new] = target
            } else {
                throw .format("unknown alias operation")
            }
        }
        state.withLock { $0.aliases = aliases }
        return true
    }
}

extension VectorService.Registry {
    /// The collection of a name or of an alias.
    func collection(_ name: String) -> VectorCollection? {
        collections[name] ?? aliases[name].flatMap { collections[$0] }
    }
}

extension Incoming {
    /// The body as JSON; an error in Qdrant's form.
    func document() throws(VectorError) -> JSON {
        guard case .bytes(let bytes) = body else {
            throw VectorError(
                status: 413, message: "Payload error: JSON payload is larger than allowed (limit: 33554432 bytes).")
        }
        do throws(JSONError) {
            return try JSON(parsing: bytes)
        } catch {
            throw .format("\(error.reason) at byte \(error.offset)")
        }
    }

    func want(_ allowed: String) throws(VectorError) {
        guard method == allowed else { throw VectorError(status: 405, message: "Not allowed to \(method) on \(path)") }
    }
}

extension String {
    /// The text with `%41` read as `A`.
    var removingPercentEscapes: String {
        guard utf8.contains(UInt8(ascii: "%")) else { return self }
        var bytes: [UInt8] = []
        var rest = Array(utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(code)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
