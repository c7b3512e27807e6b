extension Duration {
    /// The length in milliseconds.
    public var milliseconds: Double {
        // Dividing 128 bits takes longer than all else that is done with a request's times.
        if let few = Int64(exactly: attoseconds) { return Double(few) / 1e15 }
        let (seconds, attoseconds) = components
        return Double(seconds) * 1000 + Double(attoseconds) / 1e15
    }
}
