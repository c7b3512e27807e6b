internal import Diagnostics

/// A word of PromQL with its place in the query, in bytes.
struct PromQLToken: Equatable {
    enum Kind: Equatable {
        /// A name, a keyword or a function's name.
        case name
        case string
        /// A number or a duration.
        case number
        /// A bracket, an operator, a comma.
        case sign
    }

    var kind: Kind
    /// As it is written.
    var text: String
    var range: Range<Int>
    /// Whether a template decides a part of it.
    var isDynamic = false
}

/// Takes a query apart into its words; what they mean is for the server to say.
///
/// Templates in it are words of unknown text.
struct PromQLLexer {
    private let bytes: [UInt8]
    /// Where templates stand.
    private let templates: [Range<Int>]
    private var at = 0
    private(set) var tokens: [PromQLToken] = []
    private(set) var problem: Problem?

    /// What no server could read, and where.
    struct Problem: Equatable {
        var range: Range<Int>
        var message: String
        var hint: String
    }

    /// Takes a query apart.
    init(_ text: String) {
        templates = TemplateRanges.find(in: Array(text.utf8))
        var bytes = Array(text.utf8)
        // A template reads like a part of a name: it may stand for one, inside of one, or in a string.
        for template in templates { for index in template { bytes[index] = UInt8(ascii: "x") } }
        self.bytes = bytes
        while problem == nil, at < bytes.count { readToken() }
        if problem == nil { problem = Self.unbalanced(tokens) }
    }

    private mutating func readToken() {
        let byte = bytes[at]
        switch byte {
        case 0x20, 0x09, 0x0A, 0x0D: at += 1
        case UInt8(ascii: "#"): while at < bytes.count, bytes[at] != 0x0A { at += 1 }
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"): readString(byte)
        case UInt8(ascii: "0")...UInt8(ascii: "9"): readWord(.number)
        case UInt8(ascii: ".") where at + 1 < bytes.count && bytes[at + 1] &- 0x30 < 10: readWord(.number)
        case _ where Self.isNameByte(byte): readWord(.name)
        default: readSign(byte)
        }
    }

    private mutating func readString(_ quote: UInt8) {
        let start = at
        at += 1
        while at < bytes.count, bytes[at] != quote {
            at += bytes[at] == UInt8(ascii: "\\") && quote != UInt8(ascii: "`") ? 2 : 1
        }
        guard at < bytes.count else {
            problem = Problem(
                range: start..<bytes.count, message: "the text in quotes has no end",
                hint: "close it with \(String(decoding: [quote], as: UTF8.self))")
            return
        }
        at += 1
        append(.string, start)
    }

    private mutating func readWord(_ kind: PromQLToken.Kind) {
        let start = at
        while at < bytes.count {
            let isExponentSign =
                kind == .number && (bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-"))
                && at > start && bytes[at - 1] | 0x20 == UInt8(ascii: "e") && bytes[start] != UInt8(ascii: "0")
            guard Self.isNameByte(bytes[at]) || kind == .number && bytes[at] == UInt8(ascii: ".") || isExponentSign
            else { break }
            at += 1
        }
        append(kind, start)
    }

    private mutating func readSign(_ byte: UInt8) {
        let start = at
        let pair = bytes[at..<min(at + 2, bytes.count)]
        if ["!=", "=~", "!~", "==", ">=", "<="].contains(String(decoding: pair, as: UTF8.self)) {
            at += 2
        } else if "(){}[],=<>+-*/%^@".utf8.contains(byte) {
            at += 1
        } else {
            // A character may have several bytes.
            repeat { at += 1 } while at < bytes.count && bytes[at] & 0xC0 == 0x80
            let sign = String(decoding: bytes[start..<at], as: UTF8.self)
            problem = Problem(
                range: start..<at, message: "PromQL has no '\(sign)'",
                hint: sign == ";" || sign == "&" || sign == "|" ? "it has 'and', 'or' and 'unless'" : "take it out")
            return
        }
        append(.sign, start)
    }

    private mutating func append(_ kind: PromQLToken.Kind, _ start: Int) {
        tokens.append(
            PromQLToken(
                kind: kind, text: String(decoding: bytes[start..<at], as: UTF8.self), range: start..<at,
                isDynamic: templates.contains { $0.overlaps(start..<at) }))
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: ":"):
            true
        default: false
        }
    }

    private static func unbalanced(_ tokens: [PromQLToken]) -> Problem? {
        let pairs = ["(": ")", "[": "]", "{": "}"]
        var open: [PromQLToken] = []
        for token in tokens where token.kind == .sign {
            if pairs[token.text] != nil { open.append(token) }
            guard pairs.values.contains(token.text) else { continue }
            guard let last = open.popLast(), pairs[last.text] == token.text else {
                return Problem(
                    range: token.range, message: "'\(token.text)' closes nothing", hint: "open it, or take it out")
            }
        }
        return open.last.map { token in
            Problem(
                range: token.range, message: "'\(token.text)' is never closed",
                hint: "close it with '\(pairs[token.text] ?? "")'")
        }
    }
}

/// Finds `${{ … }}` in a text that is known to be well-formed.
enum TemplateRanges {
    static func find(in bytes: [UInt8]) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var at = 0
        while at + 2 < bytes.count {
            guard bytes[at...].starts(with: "${{".utf8), at == 0 || bytes[at - 1] != UInt8(ascii: "$") else {
                at += 1
                continue
            }
            let start = at
            at = end(bytes, at + 3)
            found.append(start..<at)
        }
        return found
    }

    /// Where an expression ends: behind the first `}}` outside of jq's strings and brackets.
    private static func end(_ bytes: [UInt8], _ start: Int) -> Int {
        var at = start
        var depth = 0
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "\""):
                at += 1
                while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
                    at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1
                }
            case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "("): depth += 1
            case UInt8(ascii: "}") where depth == 0: return min(at + 2, bytes.count)
            case UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: ")"): depth -= 1
            default: break
            }
            at += 1
        }
        return bytes.count
    }
}
