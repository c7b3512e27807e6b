extension Diagnostic.Code {
    /// Stands for the diagnostics of a file beyond the number that is shown.
    public static let moreProblems = Diagnostic.Code(
        "syntax.more-problems",
        "A file has more problems than are shown. Repair the first ones and run again; the rest may go with them.")
}

extension [Diagnostic] {
    /// The diagnostics with at most `limit` of each file, and a note of how many more it has.
    public func capped(perFile limit: Int = 100) -> [Diagnostic] {
        guard count > limit else { return self }
        var counts: [SourceFile: Int] = [:]
        var kept: [Diagnostic] = []
        var order: [(file: SourceFile, span: SourceSpan)] = []
        for diagnostic in self {
            guard let span = diagnostic.primary?.span else {
                kept.append(diagnostic)
                continue
            }
            let seen = counts[span.file, default: 0]
            counts[span.file] = seen + 1
            if seen < limit { kept.append(diagnostic) }
            if seen == limit { order.append((span.file, span)) }
        }
        for (file, span) in order {
            let more = counts[file, default: limit] - limit
            kept.append(Diagnostic(.moreProblems, .note, at: span, .andMore(more, in: file.path)))
        }
        return kept
    }
}

extension Diagnostic.Message {
    fileprivate static func andMore(_ count: Int, in path: String) -> Self {
        "and \(grouped(count)) more in '\(path)', from here on"
    }

    /// A count with its thousands set apart: `99,980`.
    public static func grouped(_ count: Int) -> String {
        let digits = Array(String(count))
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return text
    }
}
