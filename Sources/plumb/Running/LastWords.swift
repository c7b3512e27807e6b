/// What a worker wrote before it died, as a note of the report.
enum LastWords {
    /// Says what the line of a runtime or a library means; a line that is not known stands as it is.
    static func told(_ line: String) -> String {
        let words = line.hasPrefix(trap) ? String(line.dropFirst(trap.count)) : line
        // Swift's runtime, and libjq where malloc fails.
        if words.hasPrefix("failed to allocate ") || words == "error: cannot allocate memory" {
            return "no memory was left (\(words)): look at 'ulimit -v' and the limit of the container"
        }
        return words
    }

    private static let trap = "Fatal error: "
}
