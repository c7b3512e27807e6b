internal import Diagnostics

/// A statement as the server gets it, names filled in, which knows where its characters are written.
final class SentText: Sendable {
    /// What is sent.
    let text: String
    /// The statement as its author wrote it.
    let source: LocatedText
    /// Runs that stand for a part of the source, ascending.
    private let runs: [Run]

    private struct Run {
        /// Characters of `text` before it.
        var sent: Int
        /// UTF-8 offset into the source's text.
        var source: Int
        /// Whether its characters are the source's own; else all of it stands for one place.
        var isVerbatim: Bool
    }

    /// Fills the slots of a statement with quoted names, and puts a text of our own in front.
    init(_ statement: SQLStatement, prefix: String = "", names: [String: String]) {
        source = statement.text
        if prefix.isEmpty, statement.slots.isEmpty {
            text = source.text
            runs = [Run(sent: 0, source: 0, isVerbatim: true)]
            return
        }
        var text = prefix
        var runs: [Run] = []
        var sent = prefix.unicodeScalars.count
        let bytes = Array(statement.text.text.utf8)
        var at = 0
        for slot in statement.slots {
            let before = String(decoding: bytes[at..<slot.range.lowerBound], as: UTF8.self)
            runs.append(Run(sent: sent, source: at, isVerbatim: true))
            sent += before.unicodeScalars.count
            let name = Self.quoted(names[slot.name] ?? slot.name)
            runs.append(Run(sent: sent, source: slot.range.lowerBound, isVerbatim: false))
            sent += name.unicodeScalars.count
            text += before + name
            at = slot.range.upperBound
        }
        runs.append(Run(sent: sent, source: at, isVerbatim: true))
        self.text = text + String(decoding: bytes[at...], as: UTF8.self)
        self.runs = runs
    }

    /// A name in quotes, those in it doubled.
    static func quoted(_ name: String) -> String {
        "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    /// Where a character of the sent text is written; the statement's beginning for one of our own.
    ///
    /// A position behind the end is the last character, where a server sees a statement that goes on.
    func place(ofCharacter position: Int) -> SourceSpan {
        guard let run = runs.last(where: { $0.sent <= position }) else {
            return source.span(of: 0..<min(length, wordLength(at: 0)))
        }
        var offset = run.source
        if run.isVerbatim {
            var index = text.unicodeScalars.index(text.startIndex, offsetBy: run.sent)
            var left = position - run.sent
            while left > 0, index < text.endIndex {
                offset += UTF8.width(text.unicodeScalars[index])
                index = text.unicodeScalars.index(after: index)
                left -= 1
            }
        }
        offset = min(offset, max(0, length - 1))
        return source.span(of: offset..<min(length, offset + wordLength(at: offset)))
    }

    private var length: Int { source.text.utf8.count }

    /// How many bytes the caret marks: a word, or one character.
    private func wordLength(at offset: Int) -> Int {
        let rest = source.text.utf8.dropFirst(offset)
        let word = rest.prefix { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || byte == UInt8(ascii: "_") || byte >= 0x80
        }
        return max(1, word.count)
    }
}
