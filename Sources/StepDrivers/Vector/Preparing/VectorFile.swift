internal import Diagnostics
internal import Expressions
internal import Glibc
internal import ScenarioModel

/// A file of vectors or points, opened and looked at, whose rows are read when they are needed.
///
/// Memory is that of the rows that are asked for, however long the file is.
struct VectorFile {
    let name: String
    let path: String
    let form: Form

    enum Form {
        case npy(NPYHeader)
        case jsonl
    }

    /// Looks at a file; nothing is kept open.
    init(_ name: String, at path: String, _ span: SourceSpan) throws(StepFailure) {
        self.name = name
        self.path = path
        let opened: OpenFile
        do throws(Fault) {
            opened = try OpenFile(path)
            form = name.hasSuffix(".npy") ? .npy(try NPYHeader(opened)) : .jsonl
        } catch {
            throw StepFailure.refused(
                .vectorFile, "'\(name)' \(error.message)", at: span,
                hint: "a .npy file holds a two-dimensional array of float32 or float64, a .jsonl file a line for each")
        }
        guard name.hasSuffix(".npy") || name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson") else {
            throw StepFailure.refused(
                .vectorFile, "'\(name)' is neither a .npy nor a .jsonl file", at: span, hint: "name one of the two")
        }
    }

    /// Why a file cannot be used.
    struct Fault: Error {
        var message: String
    }

    /// The number of rows where the file's head tells it.
    var rowCount: Int? { if case .npy(let header) = form { header.rows } else { nil } }
    /// The dimension where the file's head tells it.
    var size: Int? { if case .npy(let header) = form { header.columns } else { nil } }
}

/// A plain file that is open for reading at any place.
final class OpenFile {
    let descriptor: Int32
    let size: Int

    init(_ path: String) throws(VectorFile.Fault) {
        // Not blocking: opening a FIFO would wait for its other end.
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            size = 0
            throw VectorFile.Fault(message: "cannot be read")
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            size = 0
            throw VectorFile.Fault(message: "is no plain file")
        }
        size = Int(status.st_size)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Up to `count` bytes from a place on; fewer at the end of the file.
    func read(_ count: Int, at offset: Int) throws(VectorFile.Fault) -> [UInt8] {
        let wanted = max(0, min(count, size - offset))
        var hasFailed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
            while filled < wanted {
                let got = pread(
                    descriptor, buffer.baseAddress?.advanced(by: filled), wanted - filled, off_t(offset + filled))
                if got < 0, errno == EINTR { continue }
                hasFailed = got <= 0
                guard got > 0 else { return }
                filled += got
            }
        }
        if hasFailed { throw VectorFile.Fault(message: "changed while it was read") }
        return bytes
    }
}
