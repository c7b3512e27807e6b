/// The text of an expression and how libjq gets to see it: with strict paths and host functions replaced.
struct ExpressionSource: Sendable {
    private let bytes: [UInt8]
    /// The number of checks; host calls are numbered behind them.
    private let checkCount: Int
    /// Whether a host function is named anywhere, which is rare.
    let mayCallHost: Bool

    /// A text that stands for a range of the expression.
    struct Edit: Sendable {
        var range: Range<Int>
        var text: String
    }

    init(_ text: String, checkCount: Int) {
        bytes = Array(text.utf8)
        self.checkCount = checkCount
        mayCallHost = HostFunction.allCases.contains { text.contains($0.rawValue) }
    }

    /// The text of a range with the edits inside it; of edits within each other the outermost holds.
    func render(_ range: Range<Int>, _ edits: [Edit]) -> String {
        let inside = edits.filter { range.lowerBound <= $0.range.lowerBound && $0.range.upperBound <= range.upperBound }
            .sorted {
                $0.range.lowerBound == $1.range.lowerBound
                    ? $0.range.upperBound > $1.range.upperBound : $0.range.lowerBound < $1.range.lowerBound
            }
        guard !inside.isEmpty else { return text(range) }
        var result = ""
        var place = range.lowerBound
        for edit in inside where edit.range.lowerBound >= place {
            result += text(place..<edit.range.lowerBound) + edit.text
            place = edit.range.upperBound
        }
        return result + text(place..<range.upperBound)
    }

    /// The text of a range as it was written.
    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    /// The line, from 1, of an offset in the expression.
    func line(at offset: Int) -> Int { 1 + bytes[..<offset].count { $0 == UInt8(ascii: "\n") } }

    /// A term that reads a path, and fails where the check has found that it is not there.
    ///
    /// It is a path expression as the path alone would be. A member `name` becomes `name: path`.
    func guarded(_ check: PreparedExpression.Check, _ range: Range<Int>, number: Int) -> String {
        let written = text(range)
        guard case .path(let path) = check, path.isShorthand else {
            return "(if $__m then __z(\(number)) else . end|\(written))"
        }
        let access = written.hasPrefix("\"") ? ".[\(written)]" : ".\(written)"
        return "\(written):(if $__m then __z(\(number)) else . end|\(access))"
    }

    /// A term that yields the results of a host call, and fails where the call has.
    func guarded(_ host: Int) -> String {
        "(if $__m then __z(\(checkCount + host)) else . end|$__h[\(host)][])"
    }
}

extension String {
    fileprivate func contains(_ word: String) -> Bool {
        let wanted = Array(word.utf8)
        let own = Array(utf8)
        guard own.count >= wanted.count else { return false }
        return (0...own.count - wanted.count).contains {
            own[$0] == wanted[0] && own[$0..<$0 + wanted.count].elementsEqual(wanted)
        }
    }
}
