/// What is under way, by a number that nothing else gets while it is in use, nor soon after.
///
/// The number holds a place, so that nothing is searched for, and how often the place was taken, so that an old number
/// finds nothing of what has its place now.
struct SlotTable<Element> {
    private struct Slot {
        var turn: Int
        var isTaken: Bool
        var element: Element?
    }

    private var slots: [Slot] = []
    private var free: [Int] = []
    private static var placeBits: Int { 24 }

    init() {}

    /// Takes a place in which there is nothing yet.
    mutating func takePlace() -> Int {
        let place: Int
        if let last = free.popLast() {
            place = last
            slots[place].turn += 1
            slots[place].isTaken = true
        } else {
            place = slots.count
            slots.append(Slot(turn: 1, isTaken: true, element: nil))
        }
        return slots[place].turn << Self.placeBits | place
    }

    /// What has the number; only a number whose place is taken can be given something.
    subscript(id: Int) -> Element? {
        get { place(of: id).flatMap { slots[$0].element } }
        set {
            if let place = place(of: id) { slots[place].element = newValue }
        }
    }

    /// Takes away what has the number, and gives up its place.
    @discardableResult
    mutating func remove(_ id: Int) -> Element? {
        guard let place = place(of: id) else { return nil }
        let element = slots[place].element
        slots[place].element = nil
        slots[place].isTaken = false
        free.append(place)
        return element
    }

    /// The numbers of all that is under way.
    var ids: [Int] {
        slots.indices.compactMap { place in
            let slot = slots[place]
            return slot.element == nil ? nil : slot.turn << Self.placeBits | place
        }
    }

    private func place(of id: Int) -> Int? {
        let place = id & (1 << Self.placeBits - 1)
        guard slots.indices.contains(place), slots[place].isTaken, slots[place].turn == id >> Self.placeBits else {
            return nil
        }
        return place
    }
}
