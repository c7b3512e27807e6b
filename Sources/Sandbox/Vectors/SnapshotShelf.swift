internal import Glibc
internal import Synchronization

/// The snapshots of all collections, in files that go with the sandbox.
final class SnapshotShelf: Sendable {
    /// What is known of a snapshot.
    struct Entry: Sendable {
        var name: String
        /// Without a zone; it is UTC.
        var created: String
        /// Bytes.
        var size: Int
        var path: String

        var json: JSON {
            [
                "name": .string(name), "creation_time": .string(created), "size": .integer(size), "checksum": nil,
            ]
        }
    }

    private struct Contents {
        var folder: StoreFolder?
        var entries: [String: [Entry]] = [:]
        var made = 0
    }

    private let contents = Mutex(Contents())

    /// The most snapshots that are kept at a time.
    private static let most = 100

    /// A path that no file has, in a folder that is made with the first of them.
    func newPath() throws(VectorError) -> String {
        let found: Result<String, VectorError> = contents.withLock { contents in
            guard contents.entries.values.reduce(0, { $0 + $1.count }) < Self.most else {
                return .failure(.bad("the sandbox's store keeps \(Self.most) snapshots at most: delete one"))
            }
            do throws(StoreError) {
                let folder: StoreFolder
                if let known = contents.folder { folder = known } else { folder = try StoreFolder() }
                contents.folder = folder
                contents.made += 1
                return .success("\(folder.path)/\(contents.made).snapshot")
            } catch {
                return .failure(.snapshot(error.message))
            }
        }
        return try found.get()
    }

    /// Keeps a file that is complete, under a name such as Qdrant gives.
    func add(_ path: String, size: Int, of collection: String) -> Entry {
        var now = time(nil)
        var parts = tm()
        gmtime_r(&now, &parts)
        func text(_ form: String) -> String {
            var buffer = [CChar](repeating: 0, count: 64)
            let length = strftime(&buffer, buffer.count, form, &parts)
            return String(decoding: buffer.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
        let stem = path.split(separator: "/").last?.prefix { $0 != "." } ?? ""
        let entry = Entry(
            name: "\(collection)-\(stem)-\(text("%Y-%m-%d-%H-%M-%S")).snapshot", created: text("%Y-%m-%dT%H:%M:%S"),
            size: size, path: path)
        contents.withLock { $0.entries[collection, default: []].append(entry) }
        return entry
    }

    func all(of collection: String) -> [Entry] { contents.withLock { $0.entries[collection] ?? [] } }

    func find(_ name: String, of collection: String) throws(VectorError) -> Entry {
        guard let entry = all(of: collection).first(where: { $0.name == name }) else {
            throw VectorError(status: 404, message: "Not found: Snapshot \(name) not found")
        }
        return entry
    }

    func remove(_ name: String, of collection: String) throws(VectorError) {
        let entry = try find(name, of: collection)
        contents.withLock { $0.entries[collection]?.removeAll { $0.name == name } }
        unlink(entry.path)
    }

    /// Removes all files.
    func clear() {
        let folder = contents.withLock { contents in
            defer { contents = Contents() }
            return contents.folder
        }
        folder?.remove()
    }
}
