internal import HeapModule

/// A scheduled action, for taking it back.
public struct TimerToken: Sendable, Hashable {
    let number: Int
}

/// The actions that wait for their time, earliest first, those of one instant in the order they came.
struct TimerQueue {
    private struct Entry: Comparable {
        let deadline: Instant
        let number: Int

        static func < (left: Entry, right: Entry) -> Bool {
            (left.deadline, left.number) < (right.deadline, right.number)
        }
    }

    private var heap = Heap<Entry>()
    private var actions: [Int: () -> Void] = [:]
    private var lastNumber = 0

    var isEmpty: Bool { actions.isEmpty }

    mutating func add(at deadline: Instant, _ action: @escaping () -> Void) -> TimerToken {
        lastNumber += 1
        heap.insert(Entry(deadline: deadline, number: lastNumber))
        actions[lastNumber] = action
        return TimerToken(number: lastNumber)
    }

    /// Forgets an action.
    ///
    /// Its heap entry stays until its time, or until such entries are the majority.
    mutating func cancel(_ token: TimerToken) {
        guard actions.removeValue(forKey: token.number) != nil else { return }
        if heap.count > 64 && heap.count > actions.count * 2 {
            heap = Heap(heap.unordered.filter { actions[$0.number] != nil })
        }
    }

    /// Removes and returns the next action whose time has come.
    mutating func popDue(at now: Instant) -> (() -> Void)? {
        while let entry = heap.min, entry.deadline <= now {
            heap.removeMin()
            if let action = actions.removeValue(forKey: entry.number) { return action }
        }
        return nil
    }

    /// The time of the next action, or nil when none waits.
    mutating func nextDeadline() -> Instant? {
        while let entry = heap.min {
            if actions[entry.number] != nil { return entry.deadline }
            heap.removeMin()
        }
        return nil
    }
}
