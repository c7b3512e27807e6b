import Expressions
import ScenarioModel

/// Knows which expressions read secrets, and tells the sink of every value that is one.
///
/// Lives on the thread of the run's event loop.
final class SecretWatch {
    /// Told of each new secret text.
    private let onSecret: (String) -> Void
    private var known: Set<String> = []
    private let mask = SecretMask()
    /// `steps.ID.NAME` of captures that are declared secret.
    private var captures: Set<[String]> = []

    /// Those added since they were last taken, where somebody takes them.
    private var fresh: [String]?

    init(onSecret: @escaping (String) -> Void) { self.onSecret = onSecret }

    /// Every text that was added.
    var all: [String] { known.sorted() }

    /// Keeps from now on what is added, for ``takeFresh()``.
    func keepFresh() { fresh = fresh ?? [] }

    /// Takes away the texts that were added since the last time.
    func takeFresh() -> [String] {
        defer { if fresh != nil { fresh = [] } }
        return fresh ?? []
    }

    /// Declares a capture secret.
    func declare(step: String, capture: String) { captures.insert([step, capture]) }

    /// Whether an expression reads a secret, so that what it yields is one.
    func isTainted(_ expression: Expression) -> Bool {
        expression.analysis.references.contains { reference in
            reference.variable == "secrets"
                || reference.variable == "steps" && !captures.isEmpty
                    && captures.contains(Array(reference.keys.prefix(2)))
        }
    }

    /// The text without the secrets that were read so far.
    func masked(_ text: String) -> String { mask.masked(text) }

    /// Whether a text holds a secret that was read so far, in any encoding.
    func isHeld(in text: String) -> Bool { mask.masked(text) != text }

    /// Masks a value from now on; texts under four bytes would mask half of every report.
    func add(_ value: Value) {
        switch value {
        case .string(let text):
            guard text.utf8.count >= SecretMask.leastBytes, known.insert(text).inserted else { return }
            mask.add(text)
            fresh?.append(text)
            onSecret(text)
        case .number, .bool, .null: break
        case .array(let elements): elements.forEach(add)
        case .object(let object): object.values.forEach(add)
        }
    }
}
