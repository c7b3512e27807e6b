/// Who is told that a descriptor is ready.
struct Watch {
    let generation: UInt32
    var interest: Interest
    let handler: (Readiness) -> Void
}

/// The watchers, by descriptor: a list, since the kernel gives the lowest number that is free.
struct WatchTable {
    private var watches: [Watch?] = []

    /// The watcher of a descriptor; only what the kernel took may be set.
    subscript(descriptor: Int32) -> Watch? {
        get {
            let place = Int(descriptor)
            return watches.indices.contains(place) ? watches[place] : nil
        }
        set {
            let place = Int(descriptor)
            while watches.count <= place { watches.append(nil) }
            watches[place] = newValue
        }
    }

    /// Forgets a watcher; false where there is none.
    mutating func remove(_ descriptor: Int32) -> Bool {
        guard self[descriptor] != nil else { return false }
        self[descriptor] = nil
        return true
    }
}
