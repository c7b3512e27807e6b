/// The text of a libjq program that evaluates any selection of a batch of expressions.
///
/// Its input is `[[[slot, bits, missing, hosts], …], dot, variable, …]`. For each of the entries it
/// yields the slot's number, then every output in an array, then, if there is one, an error as `{e: …}`.
/// `bits` are the turns of a balanced tree of conditions that leads to the expression; `missing` is
/// false, or the numbers of the checks that found nothing; `hosts` holds the results of host calls.
struct ProgramText: Sendable {
    let text: String
    /// The names of the variables, in the input's order.
    let variables: [String]
    /// The turns that lead to each slot.
    let turns: [[Bool]]
    /// The lines, from 1, on which each slot's text stands.
    private let lines: [Range<Int>]

    /// What stands in one place of the program.
    struct Slot: Sendable {
        var text: String
        var variables: Set<String>
        var calls: Set<String>
        var hasOrderings: Bool
    }

    /// Writes a program for the slots, of which there is at least one.
    init(_ slots: [Slot]) {
        let variables = Set(slots.flatMap(\.variables)).sorted()
        let preamble = JQDefinitions.preamble(
            calls: slots.reduce(into: []) { $0.formUnion($1.calls) }, orderings: slots.contains { $0.hasOrderings })
        var text = ".[0] as $__xs|.[1] as $__d|"
        for (position, name) in variables.enumerated() { text += ".[\(position + 2)] as $\(name)|" }
        if !variables.contains("ENV") { text += "{} as $ENV|" }
        text += "\n" + preamble
        text += "$__xs[] as $__x|$__x[1] as $__b|$__x[2] as $__m|$__x[3] as $__h|"
        text += "def __z(n):if any($__m[];.==n) then error({__plumb:\"missing\",n:n}) else . end;"
        text += "$__x[0],($__d|try("
        var writer = Writer(text: text, line: 1 + text.utf8.count { $0 == UInt8(ascii: "\n") })
        writer.tree(slots[...], turns: [])
        writer.text += "|[.])catch{e:.})"
        self.text = writer.text
        self.variables = variables
        turns = writer.turns
        lines = writer.lines
    }

    /// The slot whose text stands on a line, or nil.
    func slot(atLine line: Int) -> Int? { lines.firstIndex { $0.contains(line) } }

    private struct Writer {
        var text: String
        var line: Int
        var turns: [[Bool]] = []
        var lines: [Range<Int>] = []

        mutating func tree(_ slots: ArraySlice<Slot>, turns way: [Bool]) {
            guard slots.count > 1 else {
                for slot in slots { leaf(slot, way) }
                return
            }
            let middle = (slots.startIndex + slots.endIndex) / 2
            text += "if $__b[\(way.count)] then "
            tree(slots[..<middle], turns: way + [true])
            text += " else "
            tree(slots[middle...], turns: way + [false])
            text += " end"
        }

        /// Writes an expression between line ends, which also end a comment at its end.
        private mutating func leaf(_ slot: Slot, _ way: [Bool]) {
            let height = 1 + slot.text.utf8.count { $0 == UInt8(ascii: "\n") }
            text += "(\n" + slot.text + "\n)"
            turns.append(way)
            lines.append(line + 1..<line + 1 + height)
            line += height + 1
        }
    }
}
