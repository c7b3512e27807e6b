/// Values by name, for the few names that most frames hold: comparing those takes less than hashing one.
struct NameTable<Element> {
    /// The names and their values, in the order in which the names came.
    private(set) var entries: [(name: String, element: Element)] = []
    /// Where each name stands, once there are many.
    private var positions: [String: Int] = [:]
    private static var fewest: Int { 8 }

    init() {}

    /// The value of a name; none can be taken away.
    subscript(name: String) -> Element? {
        position(of: name).map { entries[$0].element }
    }

    /// Sets the value of a name.
    mutating func set(_ name: String, _ element: Element) {
        if let position = position(of: name) {
            entries[position].element = element
            return
        }
        entries.append((name, element))
        guard entries.count > Self.fewest else { return }
        if positions.isEmpty {
            for (position, entry) in entries.enumerated() { positions[entry.name] = position }
        } else {
            positions[name] = entries.count - 1
        }
    }

    /// Changes the value of a name in its place; false where there is none.
    mutating func change(_ name: String, _ body: (inout Element) -> Void) -> Bool {
        guard let position = position(of: name) else { return false }
        body(&entries[position].element)
        return true
    }

    private func position(of name: String) -> Int? {
        guard positions.isEmpty else { return positions[name] }
        // By position, so that no entry is copied to be looked at.
        for position in entries.indices where entries[position].name == name { return position }
        return nil
    }
}
