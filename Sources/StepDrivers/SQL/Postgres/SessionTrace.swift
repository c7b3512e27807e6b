/// Whether anything that ran on a connection may have changed what a later user of it meets.
struct SessionTrace {
    private(set) var isTouched = false

    /// Takes note of a statement.
    mutating func ran(_ text: String) {
        isTouched = true
    }
}
