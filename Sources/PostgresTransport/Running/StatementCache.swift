/// Which statements a connection has prepared, the least used of which give way.
struct StatementCache {
    /// What to do before a statement can run.
    enum Use: Equatable {
        /// It is prepared under this name.
        case ready(String)
        /// Prepare it under this name; another one, if there is one, is to be forgotten at the server first.
        case prepare(String, forgetting: String?)
    }

    private struct Entry {
        let name: String
        var lastUse: UInt64
        var parameterTypes: [UInt32]?
    }

    private let limit: Int
    private var entries: [String: Entry] = [:]
    /// The one that was used last, as it mostly will be next.
    private var last: (text: String, name: String)?
    private var clock: UInt64 = 0

    init(limit: Int = 64) { self.limit = limit }

    var count: Int { entries.count }

    /// Says what a statement needs; the caller reports with ``prepared(_:as:)`` what became of it.
    mutating func use(_ text: String) -> Use {
        // Nobody came between, so that its last use stays the latest.
        if let last, last.text == text { return .ready(last.name) }
        clock += 1
        if let known = entries[text] {
            entries[text]?.lastUse = clock
            last = (text, known.name)
            return .ready(known.name)
        }
        last = nil
        var forgotten: String?
        if entries.count >= limit, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            entries[oldest.key] = nil
            forgotten = oldest.value.name
        }
        return .prepare("plumb_\(clock)", forgetting: forgotten)
    }

    /// Takes note that the server knows a statement under a name.
    mutating func prepared(_ text: String, as name: String) {
        entries[text] = Entry(name: name, lastUse: clock, parameterTypes: nil)
    }

    /// Whether a statement is prepared.
    func knows(_ text: String) -> Bool { last.map({ $0.text == text }) ?? false || entries[text] != nil }

    /// The types of a prepared statement's parameters, where they were asked for.
    func parameterTypes(of text: String) -> [UInt32]? { entries[text]?.parameterTypes }

    /// Keeps what the server said of a statement's parameters.
    mutating func describe(_ text: String, _ types: [UInt32]) { entries[text]?.parameterTypes = types }

    /// Forgets a statement, and returns the name it had.
    mutating func forget(_ text: String) -> String? {
        last = nil
        return entries.removeValue(forKey: text)?.name
    }

    /// Forgets all, as after `DISCARD ALL`.
    mutating func removeAll() {
        last = nil
        entries = [:]
    }
}
