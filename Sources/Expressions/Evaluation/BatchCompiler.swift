/// Compiles expressions together, because each compilation costs libjq 1.6 the parsing of its own library.
enum BatchCompiler {
    /// The most expressions in a program; beyond a few hundred the cost of each grows.
    static let maximumCount = 120
    /// The most text in a program, in bytes, so that its code stays within libjq's limit for a function.
    static let maximumBytes = 16_384
    /// The most text of one expression, in bytes; libjq takes seconds to find longer ones too long.
    static let maximumExpression = 24_576

    /// A program and what could not be part of it.
    ///
    /// It is made on one thread and handed to another, which then is the only one to touch it.
    struct Result: @unchecked Sendable {
        let program: JQProgram?
        let text: ProgramText
        /// Why a slot has no place in the program.
        let failures: [Int: Failure]
    }

    /// libjq's objection to an expression.
    struct Failure: Sendable {
        var messages: [String]
    }

    /// Divides expressions into programs, in order; `first` is the size of the first, so that it is there early.
    static func divide(
        _ sizes: [Int], first: Int = .max, maximum: Int = maximumCount
    ) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start = 0
        var bytes = 0
        for (position, size) in sizes.enumerated() {
            let limit = ranges.isEmpty ? min(first, maximum) : maximum
            if position > start, position - start >= limit || bytes + size > maximumBytes {
                ranges.append(start..<position)
                start = position
                bytes = 0
            }
            bytes += size
        }
        if start < sizes.count { ranges.append(start..<sizes.count) }
        return ranges
    }

    /// Compiles the slots; those that libjq refuses are taken out and the rest is compiled again.
    static func compile(_ slots: [ProgramText.Slot]) -> Result {
        var failures: [Int: Failure] = [:]
        for (position, slot) in slots.enumerated() where slot.text.utf8.count > maximumExpression {
            failures[position] = Failure(messages: [
                "the expression is too long: \(slot.text.utf8.count) bytes, at most \(maximumExpression)"
            ])
        }
        while true {
            let remaining = slots.enumerated().map { failures[$0] == nil ? $1 : $1.emptied }
            let text = ProgramText(remaining)
            do {
                return Result(program: try JQProgram(text.text), text: text, failures: failures)
            } catch {
                var found: [Int: Failure] = [:]
                for message in error.messages {
                    guard let line = message.line, let slot = text.slot(atLine: line), failures[slot] == nil
                    else { continue }
                    found[slot, default: Failure(messages: [])].messages.append(message.text)
                }
                if found.isEmpty { found = culprits(slots, except: failures, error.messages.map(\.text)) }
                guard !found.isEmpty else { return Result(program: nil, text: text, failures: failures) }
                failures.merge(found) { first, _ in first }
            }
        }
    }

    /// Finds those to blame for an error without a line, by halves.
    private static func culprits(
        _ slots: [ProgramText.Slot], except failures: [Int: Failure], _ messages: [String]
    ) -> [Int: Failure] {
        let candidates = slots.indices.filter { failures[$0] == nil }
        return culprits(slots, among: candidates[...], messages)
    }

    private static func culprits(
        _ slots: [ProgramText.Slot], among candidates: ArraySlice<Int>, _ messages: [String]
    ) -> [Int: Failure] {
        guard let first = candidates.first else { return [:] }
        guard candidates.count > 1 else { return [first: Failure(messages: messages)] }
        let middle = (candidates.startIndex + candidates.endIndex) / 2
        var found: [Int: Failure] = [:]
        for half in [candidates[..<middle], candidates[middle...]] {
            do {
                _ = try JQProgram(ProgramText(half.map { slots[$0] }).text)
            } catch {
                found.merge(culprits(slots, among: half, error.messages.map(\.text))) { first, _ in first }
            }
        }
        // Each half compiles, but not both together: the later one goes.
        if found.isEmpty { for slot in candidates[middle...] { found[slot] = Failure(messages: messages) } }
        return found
    }
}

extension ProgramText.Slot {
    /// The same place without the expression.
    fileprivate var emptied: Self { Self(text: "null", variables: [], calls: [], hasOrderings: false) }
}

extension BatchCompiler.Failure {
    /// The error of the expression, as near to the place as libjq's words tell.
    func error(in expression: PreparedExpression) -> EvaluationError {
        let message = messages.first ?? "libjq does not accept the expression"
        var range: Range<Int>?
        if message.hasSuffix(" is not defined") {
            let name = message.dropLast(" is not defined".count)
            range = expression.calls.first { "\($0.name)/\($0.arity)" == name }?.range
        }
        return EvaluationError(.compile, "jq does not compile it: \(message)", range: range)
    }
}
