/// Finds the text of a member in a JSON object that is known to be valid.
enum JSONMember {
    /// The value's own bytes, of a key that is there twice the last; nil where no key is written so.
    static func text(of key: String, in object: [UInt8]) -> ArraySlice<UInt8>? {
        let wanted = Array("\"\(key)\"".utf8)
        var found: ArraySlice<UInt8>?
        var depth = 0
        var place = 0
        while place < object.count {
            switch object[place] {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                place += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                place += 1
            case UInt8(ascii: "\""):
                let end = endOfString(object, place)
                let colon = skipSpace(object, end)
                guard depth == 1, colon < object.count, object[colon] == UInt8(ascii: ":") else {
                    place = end
                    continue
                }
                let start = skipSpace(object, colon + 1)
                let stop = endOfValue(object, start)
                if object[place..<end].elementsEqual(wanted) { found = object[start..<stop] }
                place = stop
            default: place += 1
            }
        }
        return found
    }

    private static func skipSpace(_ bytes: [UInt8], _ place: Int) -> Int {
        bytes[place...].firstIndex { !" \t\r\n".utf8.contains($0) } ?? bytes.count
    }

    /// Where a string that begins at a quote has ended.
    static func endOfString(_ bytes: [UInt8], _ quote: Int) -> Int {
        var place = quote + 1
        while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
            place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(place + 1, bytes.count)
    }

    /// Where the value that begins here has ended.
    private static func endOfValue(_ bytes: [UInt8], _ start: Int) -> Int {
        var depth = 0
        var place = start
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "\""):
                place = endOfString(bytes, place)
                if depth == 0 { return place }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return place }
                depth -= 1
                if depth == 0 { return place + 1 }
            case UInt8(ascii: ","), UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"):
                if depth == 0 { return place }
            default: break
            }
            place += 1
        }
        return place
    }
}
