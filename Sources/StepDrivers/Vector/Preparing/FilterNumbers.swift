internal import Expressions

/// Turns exact texts of numbers in a filter into numbers again, where only numbers can stand.
///
/// Whole numbers beyond 2^53 are carried as text; a template that yields one would send it as text. Ids are integers or
/// UUIDs, and bounds of a range are numbers or dates, so that there is no doubt in `has_id` and `range`. What a `match`
/// compares with may be a text of digits as well, and stays what it is.
struct FilterNumbers {
    private enum Place { case other, ids, range }

    private let json: [UInt8]
    private var result: [UInt8] = []
    private var places: [Place] = []
    /// The key whose value comes next.
    private var key = ""

    /// The filter with such texts as numbers; it is well-formed JSON.
    static func restored(_ json: [UInt8]) -> [UInt8] {
        var numbers = FilterNumbers(json: json)
        numbers.walk()
        return numbers.result
    }

    private init(json: [UInt8]) { self.json = json }

    private mutating func walk() {
        result.reserveCapacity(json.count)
        var place = 0
        while place < json.count {
            switch json[place] {
            case UInt8(ascii: "["): begin(key == "has_id" ? .ids : .other)
            case UInt8(ascii: "{"): begin(key == "range" ? .range : .other)
            case UInt8(ascii: "]"), UInt8(ascii: "}"): _ = places.popLast()
            case UInt8(ascii: ","): key = ""
            case UInt8(ascii: "\""):
                let end = JSONMember.endOfString(json, place)
                take(json[place..<end], isKey: isFollowedByColon(end))
                place = end
                continue
            default: break
            }
            result.append(json[place])
            place += 1
        }
    }

    private mutating func begin(_ place: Place) {
        places.append(place)
        key = ""
    }

    private mutating func take(_ quoted: ArraySlice<UInt8>, isKey: Bool) {
        let text = quoted.dropFirst().dropLast()
        if isKey {
            key = String(decoding: text, as: UTF8.self)
        } else if isNumber(text) {
            result += text
            return
        }
        result += quoted
    }

    private func isFollowedByColon(_ place: Int) -> Bool {
        json[place...].first { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: ":")
    }

    private func isNumber(_ text: ArraySlice<UInt8>) -> Bool {
        switch places.last {
        case .ids: !text.isEmpty && text.allSatisfy { (0x30...0x39).contains($0) }
        case .range: ExactNumber.holds(text)
        case .other, nil: false
        }
    }
}

/// Texts that are numbers of which a double would lose digits, as they are carried.
enum ExactNumber {
    /// Whether a text is such a number.
    static func holds(_ text: some Collection<UInt8>) -> Bool {
        guard let first = text.first, first == UInt8(ascii: "-") || (0x30...0x39).contains(first), text.count < 400
        else { return false }
        return (try? JSON.parse(Array(text)))?.exactTexts == 1
    }
}
