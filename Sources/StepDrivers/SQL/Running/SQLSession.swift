internal import EventLoop
internal import ScenarioModel

/// A connection that a test keeps under a name; its steps use it one after another.
///
/// Lives on the loop's thread.
final class SQLSession {
    let name: String
    /// Its connection, from the first step that uses it on.
    var lease: ConnectionPool.Lease?
    /// The step in which the connection was lost, if it was.
    var lostIn: String?
    private let room: WaitingRoom<Void>
    private var isBusy = false
    private var waiting: [Int] = []
    private var lastNumber = 0

    init(_ name: String, on loop: EventLoop) {
        self.name = name
        room = WaitingRoom(on: loop)
    }

    /// Waits until no other step uses the connection.
    ///
    /// - Throws: `timeout` where the deadline passes first.
    func enter(until deadline: Instant) async throws(StepError) {
        guard isBusy else {
            isBusy = true
            return
        }
        lastNumber += 1
        let number = lastNumber
        waiting.append(number)
        if case .granted = await room.wait(as: number, until: deadline) { return }
        if room.withdraw(number) != nil { return }
        waiting.removeAll { $0 == number }
        throw StepError(
            .timeout, "another step still used the session '\(name)'", phase: "pool",
            hint: "steps of one session run one after another; give the other its own session")
    }

    /// Lets the next step have the connection.
    func leave() {
        isBusy = !waiting.isEmpty
        if isBusy { room.admit(waiting.removeFirst(), ()) }
    }
}
