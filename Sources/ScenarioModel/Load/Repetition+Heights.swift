extension Repetition {
    /// Whether arrivals come by a schedule, whatever became of those before them.
    public var isOpen: Bool { rate != nil || stages.contains { $0.rate != nil } }

    /// The most arrivals per second; nil for users, and where a template says it.
    public var mostRate: Double? { stages.compactMap(\.rate).max() ?? rate?.known }

    /// The most users, or runs in flight of an open load; nil where a template says it.
    public var mostUsers: Int? {
        (isOpen ? nil : stages.compactMap(\.parallel).max()) ?? parallel.known
    }
}
