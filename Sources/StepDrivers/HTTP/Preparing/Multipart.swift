internal import Diagnostics
internal import Glibc
internal import ScenarioModel
internal import ScenarioSyntax

/// A multipart/form-data body; the same parts give the same bytes, boundary included.
struct Multipart {
    let bytes: [UInt8]
    let boundary: String

    /// The most bytes of one file: the whole body is held while it is sent.
    private static let fileLimit = 64 << 20

    /// Evaluates the parts and joins them (RFC 7578).
    init(_ parts: [HTTPBody.Part], _ scope: any TemplateScope) throws(StepFailure) {
        var fields: [(head: String, content: [UInt8])] = []
        for part in parts {
            var type = try part.contentType.flatMap { (type) throws(StepFailure) in try scope.text(of: type) }
            var filename = try part.filename.flatMap { (name) throws(StepFailure) in try scope.text(of: name) }
            let content: [UInt8]
            switch part.content {
            case .text(let text):
                // Null drops the part, as it drops a pair of a form.
                guard let text = try scope.text(of: text) else { continue }
                content = Array(text.utf8)
            case .file(let file):
                let name = try scope.text(of: file) ?? ""
                content = try Self.read(try scope.file(name, at: file.span), name, at: file.span)
                filename = filename ?? name.split(separator: "/").last.map(String.init)
                type = type ?? "application/octet-stream"
            }
            var head = "Content-Disposition: form-data; name=\"\(Self.escaped(part.name))\""
            if let filename { head += "; filename=\"\(Self.escaped(filename))\"" }
            if let type {
                guard !HTTPToken.breaksHeader(type) else {
                    throw StepFailure.refused(
                        .httpHeader, "the content type of '\(part.name)' has a line break or a NUL",
                        at: part.contentType?.span, hint: "write one such as text/csv")
                }
                head += "\r\nContent-Type: \(type)"
            }
            fields.append((head, content))
        }
        boundary = Self.boundary(fields)
        var bytes: [UInt8] = []
        for field in fields {
            bytes += "--\(boundary)\r\n\(field.head)\r\n\r\n".utf8
            bytes += field.content
            bytes += "\r\n".utf8
        }
        bytes += "--\(boundary)--\r\n".utf8
        self.bytes = bytes
    }

    /// A text made from the parts that stands in none of them.
    private static func boundary(_ fields: [(head: String, content: [UInt8])]) -> String {
        // FNV-1a: no secret hangs on it, and a text that occurs is passed over.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for field in fields {
            for byte in field.head.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
            for byte in field.content { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
        while true {
            let boundary = "plumb-" + String(hash, radix: 36)
            let marks = Array("--\(boundary)".utf8)
            if !fields.contains(where: { $0.content.firstRange(of: marks) != nil }) { return boundary }
            hash = hash &* 0x100_0000_01b3 &+ 1
        }
    }

    /// As browsers write names into the head of a part.
    private static func escaped(_ name: String) -> String {
        name.unicodeScalars.map { scalar in
            switch scalar {
            case "\"": "%22"
            case "\r": "%0D"
            case "\n": "%0A"
            case "\0": "%00"
            default: String(scalar)
            }
        }.joined()
    }

    private static func read(_ path: String, _ name: String, at span: SourceSpan) throws(StepFailure) -> [UInt8] {
        // Not blocking: opening a FIFO would wait for its other end.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw StepFailure.refused(.httpFile, "'\(name)' cannot be read", at: span, hint: "check the path")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw StepFailure.refused(.httpFile, "'\(name)' is no plain file", at: span, hint: "name a file")
        }
        guard status.st_size <= fileLimit else {
            throw StepFailure.refused(
                .httpFile, "'\(name)' has \(QuantityText.bytes(Int(status.st_size)))", at: span,
                hint: "at most \(QuantityText.bytes(fileLimit)) go into a part; 'file' sends one of any size")
        }
        let size = Int(status.st_size)
        var isWhole = true
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let got = Glibc.read(descriptor, buffer.baseAddress?.advanced(by: count), size - count)
                guard got > 0 else { break }
                count += got
            }
            isWhole = count == size
        }
        guard isWhole else {
            throw StepFailure.refused(.httpFile, "'\(name)' changed while it was read", at: span)
        }
        return bytes
    }
}
