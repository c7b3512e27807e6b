internal import Diagnostics
internal import ScenarioModel

/// Tells what a step sent and got, its retries and polls, and how to send the same by hand.
struct StepFacts {
    var width: Int
    var mostBodyLines: Int
    private static let mostRetries = 5
    private static let mostNotes = 10

    /// Adds the facts of a step, a title and a text each.
    func append(_ step: StepReport, to text: inout StyledText) {
        if let reason = step.reason { fact(step.aggregate == nil ? "because" : "repeat", reason, in: &text) }
        if let target = step.target { fact("target", target, in: &text) }
        if let exchange = step.exchange {
            fact("sent", exchange.summary, in: &text)
            answer(exchange, in: &text)
        }
        for (index, retry) in step.retries.suffix(Self.mostRetries).enumerated() {
            let after = "\(retry.cause) after \(Figures.duration(retry.ms))"
            let count = step.retries.count
            let title = index > 0 ? "" : "retried"
            let more = index == 0 && count > 1 ? "\(count) times; " : ""
            fact(title, "\(more)\(after), waited \(Figures.duration(retry.waitedMs))", in: &text)
        }
        if let polls = step.polls {
            let times = Figures.count(polls.count, "time")
            fact("polled", "\(times) in \(Figures.duration(polls.ms)); last value \(polls.last)", in: &text)
        }
        for note in step.notes.prefix(Self.mostNotes) { fact("note", note, in: &text) }
        if let trace = step.trace { fact("trace", "\(trace.traceID), span \(trace.attemptSpanID)", in: &text) }
        if let command = step.exchange?.command { fact("by hand", command, cells: 8000, in: &text) }
    }

    private func answer(_ exchange: StepReport.Exchange, in text: inout StyledText) {
        let size = exchange.bodyBytes.map { Figures.count($0, "byte") }
        // The answer's remarks stand in brackets, the redirects before its first line.
        let remarks = exchange.response.filter { $0.hasPrefix("(") && $0.hasSuffix(")") }
        defer {
            for remark in remarks.prefix(Self.mostNotes) {
                fact("note", String(remark.dropFirst().dropLast()), in: &text)
            }
        }
        guard let status = exchange.response.first(where: { !$0.hasPrefix("(") }) else {
            if exchange.body == nil { return fact("got", "no answer", in: &text) }
            return body(exchange, size, in: &text)
        }
        fact("got", [status, size].compactMap { $0 }.joined(separator: ", "), in: &text)
        body(exchange, nil, in: &text)
    }

    private func body(_ exchange: StepReport.Exchange, _ size: String?, in text: inout StyledText) {
        if let size { fact("got", size, in: &text) }
        guard let body = exchange.body, !body.isEmpty else { return }
        let room = max(16, width - 12)
        var lines: [String] = []
        var isWhole = true
        reading: for line in body.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            // A body of one long line is shown as several.
            var rest = line[...]
            repeat {
                guard lines.count < mostBodyLines else {
                    isWhole = false
                    break reading
                }
                let taken = rest.prefix(room)
                lines.append(VisibleText(String(taken)).text)
                rest = rest[taken.endIndex...]
            } while !rest.isEmpty
        }
        while lines.last == "", isWhole { lines.removeLast() }
        for line in lines { text.append("            \(line)\n", .dim) }
        if !isWhole || exchange.isCut {
            let whole = exchange.bodyBytes ?? body.utf8.count
            text.append("            … of \(Figures.count(whole, "byte"))\n", .dim)
        }
    }

    private func fact(_ title: String, _ value: String, cells: Int = 1000, in text: inout StyledText) {
        text.append("  \(title)\(String(repeating: " ", count: 10 - title.utf8.count))", .dim)
        text.append("\(CutText.start(of: value, cells: cells))\n")
    }
}

extension StepReport.Exchange {
    /// Whether only the beginning of the body is kept.
    ///
    /// A secret that was masked makes a whole body shorter; drivers cut at 4096 bytes and above.
    fileprivate var isCut: Bool {
        guard let body, let bodyBytes, bodyBytes > body.utf8.count else { return false }
        return bodyBytes > 4096 || !body.contains("***")
    }
}
