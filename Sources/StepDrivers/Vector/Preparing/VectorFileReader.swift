internal import Expressions

/// Reads the rows of a file of vectors one batch after the other.
struct VectorFileReader {
    /// One row: a vector, and what a line of JSON says beside it.
    struct Row {
        var vector: VectorData
        var id: PointID?
        /// JSON, as it stands in the file.
        var payload: [UInt8]?
    }

    /// The longest line and how much of the file is read at once.
    private static let lineLimit = 16 << 20
    private static let chunk = 1 << 20

    private let file: OpenFile
    private let form: VectorFile.Form
    /// How many rows were given so far.
    private(set) var rowsRead = 0
    private var offset = 0
    private var pending: [UInt8] = []
    /// Where the next line begins in `pending`, and how far no end of it was found.
    private var start = 0
    private var scanned = 0

    init(_ file: VectorFile) throws(VectorFile.Fault) {
        self.file = try OpenFile(file.path)
        form = file.form
        if case .npy(let header) = form { offset = header.start }
    }

    /// The next rows, at most `count`; none at the end.
    mutating func next(_ count: Int) throws(VectorFile.Fault) -> [Row] {
        switch form {
        case .npy(let header):
            let wanted = min(count, header.rows - rowsRead)
            guard wanted > 0 else { return [] }
            let bytes = try file.read(wanted * header.columns * header.width, at: offset)
            guard bytes.count == wanted * header.columns * header.width else {
                throw VectorFile.Fault(message: "became shorter while it was read")
            }
            let rows = try header.decode(bytes, firstRow: rowsRead)
            offset += bytes.count
            rowsRead += rows.count
            return rows.map { Row(vector: .dense($0)) }
        case .jsonl:
            var rows: [Row] = []
            while rows.count < count, let line = try nextLine() {
                rowsRead += 1
                if line.allSatisfy({ " \t\r".utf8.contains($0) }) { continue }
                rows.append(try row(line))
            }
            return rows
        }
    }

    private mutating func nextLine() throws(VectorFile.Fault) -> [UInt8]? {
        while true {
            if let end = pending[scanned...].firstIndex(of: UInt8(ascii: "\n")) {
                defer {
                    start = end + 1
                    scanned = start
                }
                return Array(pending[start..<end])
            }
            guard pending.count - start <= Self.lineLimit else {
                throw VectorFile.Fault(message: "has over 16 MiB in line \(rowsRead + 1)")
            }
            let bytes = try file.read(Self.chunk, at: offset)
            offset += bytes.count
            if bytes.isEmpty {
                guard start < pending.count else { return nil }
                defer {
                    start = pending.count
                    scanned = start
                }
                return Array(pending[start...])
            }
            pending.removeSubrange(..<start)
            start = 0
            scanned = pending.count
            pending += bytes
        }
    }

    private func row(_ line: [UInt8]) throws(VectorFile.Fault) -> Row {
        let value: Value
        do {
            value = try JSON.parse(line).value
        } catch {
            throw VectorFile.Fault(message: "is not JSON in line \(rowsRead): \(error.reason)")
        }
        do throws(VectorData.Fault) {
            guard let vector = value["vector"] else { return Row(vector: try VectorData(value)) }
            let id = value["id"].flatMap { PointID($0) }
            if id == nil, let written = value["id"] {
                throw VectorData.Fault(message: "'\(written.json().prefix(40))' is no id")
            }
            var payload: [UInt8]?
            if let read = value["payload"], !read.isNull {
                // A value carries what no double holds as text; the file's own digits are numbers.
                payload = JSONMember.text(of: "payload", in: line).map { Array($0) } ?? Array(read.json().utf8)
            }
            return Row(vector: try VectorData(vector), id: id, payload: payload)
        } catch {
            throw VectorFile.Fault(message: "has a bad line \(rowsRead): \(error.message)")
        }
    }
}
