internal import Synchronization

/// Texts that were read before: the same few assertions stand in most steps of most files.
///
/// A text's reading depends on nothing but the text and its role, so one memory serves the whole process.
final class Readings: Sendable {
    static let shared = Readings()

    /// How many texts are remembered.
    private static let limit = 4096

    private let known = Mutex<[ExactText: [(role: Expression.Role, reading: Expression.Reading)]]>([:])

    func known(_ text: String, _ role: Expression.Role) -> Expression.Reading? {
        known.withLock { $0[ExactText(text: text)]?.first { $0.role == role }?.reading }
    }

    func keep(_ reading: Expression.Reading, _ text: String, _ role: Expression.Role) {
        known.withLock { known in
            guard known.count < Self.limit else { return }
            known[ExactText(text: text), default: []].append((role, reading))
        }
    }
}
