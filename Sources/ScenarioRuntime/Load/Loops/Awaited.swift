/// A value that comes once, from elsewhere, and that any number of tasks wait for.
///
/// `@unchecked Sendable`: used on the interpreter's executor only.
final class Awaited<Value: Sendable>: @unchecked Sendable {
    private(set) var value: Value?
    private var waiting: [CheckedContinuation<Value, Never>] = []

    /// Waits for the value.
    func get() async -> Value {
        if let value { return value }
        return await withCheckedContinuation { waiting.append($0) }
    }

    /// Gives the value to all that wait; the first one stays.
    func set(_ value: Value) {
        guard self.value == nil else { return }
        self.value = value
        let waiting = waiting
        self.waiting = []
        for continuation in waiting { continuation.resume(returning: value) }
    }
}
