internal import Glibc

/// A body that is read while it is sent: pieces of memory and files, one after the other.
///
/// Reading a file blocks the loop, as libcurl's own upload would; test data is small and in the page cache.
final class Upload {
    private enum Piece {
        case bytes([UInt8])
        case file(path: String, FileVersion)

        var size: Int {
            switch self {
            case .bytes(let bytes): bytes.count
            case .file(_, let version): version.size
            }
        }
    }

    /// The bytes of all pieces.
    let size: Int
    /// The type of a multipart body with its boundary.
    let contentType: String?

    private let pieces: [Piece]
    private var index = 0
    /// How much of the current piece was read.
    private var offset = 0
    private var descriptor: Int32 = -1

    /// Opens nothing yet, but looks that the files are there.
    ///
    /// The boundary is a text that occurs in no part.
    ///
    /// - Throws: `HTTPError` when a file cannot be read.
    init(
        _ body: HTTPRequest.Body, version: FileVersion? = nil, boundary: @autoclosure () -> String
    ) throws(HTTPError) {
        var pieces: [Piece] = []
        var contentType: String?
        switch body {
        case .none: break
        case .bytes(let bytes): pieces.append(.bytes(bytes))
        case .file(let path): pieces.append(try Self.file(path, version))
        case .multipart(let parts):
            let boundary = boundary()
            contentType = "multipart/form-data; boundary=\(boundary)"
            for part in parts {
                pieces.append(.bytes(Array(Self.header(of: part, boundary: boundary).utf8)))
                switch part.content {
                case .bytes(let bytes): pieces.append(.bytes(bytes))
                case .file(let path): pieces.append(try Self.file(path, nil))
                }
                pieces.append(.bytes([0x0D, 0x0A]))
            }
            pieces.append(.bytes(Array("--\(boundary)--\r\n".utf8)))
        }
        self.pieces = pieces
        self.contentType = contentType
        size = pieces.reduce(0) { $0 + $1.size }
    }

    deinit { closeFile() }

    /// Fills the buffer and returns the count; 0 at the end.
    ///
    /// Nil when a file cannot be read any more, or is not what it was when the upload began: half of one and half of
    /// another is no body.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
        var filled = 0
        while index < pieces.count, filled < buffer.count {
            let piece = pieces[index]
            let wanted = min(piece.size - offset, buffer.count - filled)
            switch piece {
            case .bytes(let bytes):
                unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<filled + wanted])
                    .copyBytes(from: bytes[offset..<offset + wanted])
            case .file(let path, let version):
                if descriptor < 0 {
                    descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
                    guard FileVersion(descriptor: descriptor) == version else { return nil }
                }
                var done = 0
                while done < wanted {
                    let count = unsafe pread(
                        descriptor, buffer.baseAddress?.advanced(by: filled + done), wanted - done, offset + done)
                    guard count > 0 else { return nil }
                    done += count
                }
                if offset + wanted == version.size, FileVersion(descriptor: descriptor) != version { return nil }
            }
            filled += wanted
            offset += wanted
            if offset == piece.size {
                closeFile()
                index += 1
                offset = 0
            }
        }
        return filled
    }

    /// Starts again from the first byte, for a request that is sent again.
    func rewind() {
        closeFile()
        index = 0
        offset = 0
    }

    private func closeFile() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }

    private static func file(_ path: String, _ wanted: FileVersion?) throws(HTTPError) -> Piece {
        guard let version = FileVersion(path: path), unsafe access(path, R_OK) == 0 else {
            throw HTTPError(
                .invalidRequest, "cannot read '\(path.preview)': \(systemMessage(errno))", hint: "check the path")
        }
        guard version.isPlain else {
            throw HTTPError(.invalidRequest, "'\(path.preview)' is no plain file", hint: "give the path of a file")
        }
        guard wanted == nil || wanted == version else {
            throw HTTPError(
                .invalidRequest, "'\(path.preview)' is not what it was when the step began",
                hint: "every attempt of a step sends the same bytes: leave the file alone while the step runs")
        }
        return .file(path: path, version)
    }

    private static func header(of part: HTTPRequest.Part, boundary: String) -> String {
        var text = "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(escaped(part.name))\""
        if let filename = part.filename { text += "; filename=\"\(escaped(filename))\"" }
        if let type = part.contentType { text += "\r\nContent-Type: \(type.filter { !$0.isNewline })" }
        return text + "\r\n\r\n"
    }

    /// As browsers write names into the header of a part.
    private static func escaped(_ name: String) -> String {
        var text = ""
        for scalar in name.unicodeScalars {
            switch scalar {
            case "\"": text += "%22"
            case "\r": text += "%0D"
            case "\n": text += "%0A"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}

/// The system's words for an error number.
func systemMessage(_ code: Int32) -> String {
    guard let text = unsafe strerror(code) else { return "error \(code)" }
    return unsafe String(cString: text).lowercased()
}
