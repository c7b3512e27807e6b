extension SandboxBreak {
    /// What is wrong with the store of completions and the database, and who must notice; nil for breaks of other parts.
    var storeFacts: Facts? {
        switch self {

        default: nil
        }
    }
}
