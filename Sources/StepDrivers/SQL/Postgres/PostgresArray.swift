/// PostgreSQL's way to write arrays, rows and ranges inside a text.
enum PostgresArray {
    /// A part of such a text.
    enum Part: Equatable {
        case null
        case text([UInt8])
        case array([Part])
    }

    /// The elements of `{1,NULL,"a b"}`; nil where the text is no array.
    ///
    /// Bounds that stand before it, `[0:2]=`, say nothing of the values.
    static func elements(of text: [UInt8], delimiter: UInt8 = UInt8(ascii: ",")) -> [Part]? {
        var start = 0
        if text.first == UInt8(ascii: "[") {
            guard let equals = text.firstIndex(of: UInt8(ascii: "=")) else { return nil }
            start = equals + 1
        }
        var reader = Reader(text: text, at: start, delimiter: delimiter)
        guard let parts = reader.array(depth: 0), reader.at == text.count else { return nil }
        return parts
    }

    /// The fields of `(1,,"a b")`: a row's text, where nothing at all is NULL.
    static func fields(of text: [UInt8]) -> [Part]? {
        guard text.first == UInt8(ascii: "("), text.last == UInt8(ascii: ")") else { return nil }
        if text.count == 2 { return [] }
        var reader = Reader(text: Array(text.dropLast()), at: 1, delimiter: UInt8(ascii: ","))
        var fields: [Part] = []
        repeat { fields.append(reader.field()) } while reader.take(UInt8(ascii: ","))
        return reader.at == text.count - 1 ? fields : nil
    }

    /// The parts of `{[1,3),[5,)}`: a multirange's text.
    static func ranges(of text: [UInt8]) -> [[UInt8]]? {
        guard text.first == UInt8(ascii: "{"), text.last == UInt8(ascii: "}") else { return nil }
        var ranges: [[UInt8]] = []
        var range: [UInt8] = []
        var isQuoted = false
        var isEscaped = false
        for byte in text.dropFirst().dropLast() {
            if !isQuoted, range.isEmpty, byte == UInt8(ascii: ",") { continue }
            range.append(byte)
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
            } else if !isQuoted, byte == UInt8(ascii: ")") || byte == UInt8(ascii: "]") {
                ranges.append(range)
                range = []
            }
        }
        return range.isEmpty ? ranges : nil
    }

    private struct Reader {
        let text: [UInt8]
        var at: Int
        let delimiter: UInt8

        mutating func take(_ byte: UInt8) -> Bool {
            guard at < text.count, text[at] == byte else { return false }
            at += 1
            return true
        }

        mutating func array(depth: Int) -> [Part]? {
            // The server has no array of more dimensions.
            guard depth <= 6, take(UInt8(ascii: "{")) else { return nil }
            if take(UInt8(ascii: "}")) { return [] }
            var parts: [Part] = []
            repeat {
                guard at < text.count else { return nil }
                if text[at] == UInt8(ascii: "{") {
                    guard let inner = array(depth: depth + 1) else { return nil }
                    parts.append(.array(inner))
                } else if text[at] == UInt8(ascii: "\"") {
                    guard let quoted = quoted() else { return nil }
                    parts.append(.text(quoted))
                } else {
                    let bare = bare { $0 == UInt8(ascii: "}") }
                    parts.append(bare.elementsEqual("NULL".utf8) ? .null : .text(bare))
                }
            } while take(delimiter)
            return take(UInt8(ascii: "}")) ? parts : nil
        }

        /// A field of a row; quotes may stand anywhere in it, and one doubled inside of them is one.
        mutating func field() -> Part {
            var bytes: [UInt8] = []
            var isQuoted = false
            var isNull = true
            while at < text.count, isQuoted || text[at] != delimiter {
                let byte = text[at]
                at += 1
                isNull = false
                if byte == UInt8(ascii: "\\"), at < text.count {
                    bytes.append(text[at])
                    at += 1
                } else if byte == UInt8(ascii: "\"") {
                    if isQuoted, at < text.count, text[at] == byte {
                        bytes.append(byte)
                        at += 1
                    } else {
                        isQuoted.toggle()
                    }
                } else {
                    bytes.append(byte)
                }
            }
            return isNull ? .null : .text(bytes)
        }

        private mutating func quoted() -> [UInt8]? {
            at += 1
            var bytes: [UInt8] = []
            while at < text.count, text[at] != UInt8(ascii: "\"") {
                if text[at] == UInt8(ascii: "\\") { at += 1 }
                guard at < text.count else { return nil }
                bytes.append(text[at])
                at += 1
            }
            return take(UInt8(ascii: "\"")) ? bytes : nil
        }

        private mutating func bare(_ isEnd: (UInt8) -> Bool) -> [UInt8] {
            var bytes: [UInt8] = []
            while at < text.count, text[at] != delimiter, !isEnd(text[at]) {
                if text[at] == UInt8(ascii: "\\"), at + 1 < text.count { at += 1 }
                bytes.append(text[at])
                at += 1
            }
            return bytes
        }
    }
}
