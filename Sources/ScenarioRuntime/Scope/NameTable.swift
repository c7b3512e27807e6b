/// Values by name, for the few names that most frames hold: comparing those takes less than hashing one.
struct NameTable<Element> {
    /// In the order in which the names came; apart from their values, which are not touched to find one.
    private(set) var names: [String] = []
    private var elements: [Element] = []
    /// Where each name stands, once there are many.
    private var positions: [String: Int] = [:]
    private static var fewest: Int { 8 }

    init() {}

    /// The names and their values, in the order in which the names came.
    var entries: [(name: String, element: Element)] { zip(names, elements).map { (name: $0, element: $1) } }

    /// The value of a name; none can be taken away.
    subscript(name: String) -> Element? {
        position(of: name).map { elements[$0] }
    }

    /// Sets the value of a name.
    mutating func set(_ name: String, _ element: Element) {
        if let position = position(of: name) {
            elements[position] = element
            return
        }
        names.append(name)
        elements.append(element)
        guard names.count > Self.fewest else { return }
        if positions.isEmpty {
            for (position, name) in names.enumerated() { positions[name] = position }
        } else {
            positions[name] = names.count - 1
        }
    }

    /// Changes the value of a name in its place; false where there is none.
    mutating func change(_ name: String, _ body: (inout Element) -> Void) -> Bool {
        guard let position = position(of: name) else { return false }
        body(&elements[position])
        return true
    }

    private func position(of name: String) -> Int? {
        positions.isEmpty ? names.firstIndex(of: name) : positions[name]
    }
}
