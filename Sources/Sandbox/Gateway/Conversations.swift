internal import Synchronization

/// A conversation: a question that a model answers in the background.
struct Conversation: Sendable {
    /// Can go from `queued` to `running`, and from there to `done` or `failed`.
    enum Status: String, Sendable {
        case queued
        case running
        case done
        case failed
    }

    var id: String
    var title: String
    var model: String
    var prompt: String
    var status = Status.queued
    var answer: String?
    /// Counts the changes; the entity tag follows from it.
    var version = 1

    var entityTag: String { "\"\(id)-\(version)\"" }

    var json: JSON {
        [
            "id": .string(id), "object": "conversation", "title": .string(title), "model": .string(model),
            "prompt": .string(prompt), "status": .string(status.rawValue), "answer": JSON(answer),
            "version": .integer(version),
        ]
    }
}

/// The conversations of each user, in the order in which they were made.
final class Conversations: Sendable {
    /// Conversations that a user may keep.
    static let capacity = 1000

    private struct State {
        var serial: UInt64 = 0
        var byUser: [String: [Conversation]] = [:]
    }

    private let state = Mutex(State())
    private let seed: UInt64

    init(seed: UInt64) {
        self.seed = seed
    }

    /// Makes a conversation; nil if the user has too many.
    func create(user: String, title: String, model: String, prompt: String) -> Conversation? {
        state.withLock { state in
            guard state.byUser[user, default: []].count < Self.capacity else { return nil }
            state.serial += 1
            var random = SeededRandom(seed: seed &+ state.serial)
            let conversation = Conversation(
                id: "conv_" + random.next().hex, title: title, model: model, prompt: prompt)
            state.byUser[user, default: []].append(conversation)
            return conversation
        }
    }

    func all(user: String) -> [Conversation] {
        state.withLock { $0.byUser[user] ?? [] }
    }

    /// Finds a conversation of a user; of any user, where none is named.
    func find(_ id: String, user: String?) -> Conversation? {
        state.withLock { state in
            guard let user else { return state.byUser.values.joined().first { $0.id == id } }
            return state.byUser[user]?.first { $0.id == id }
        }
    }

    /// Changes a conversation, if the change wants that; nil if it is not there.
    func update(
        _ id: String, user: String, _ change: @Sendable (inout Conversation) -> Bool
    ) -> (conversation: Conversation, isChanged: Bool)? {
        state.withLock { state in
            guard let index = state.byUser[user]?.firstIndex(where: { $0.id == id }),
                var conversation = state.byUser[user]?[index]
            else { return nil }
            let isChanged = change(&conversation)
            if isChanged { conversation.version += 1 }
            state.byUser[user]?[index] = conversation
            return (conversation, isChanged)
        }
    }

    /// Deletes a conversation; false if it is not there.
    func delete(_ id: String, user: String) -> Bool {
        state.withLock { state in
            guard let index = state.byUser[user]?.firstIndex(where: { $0.id == id }) else { return false }
            state.byUser[user]?.remove(at: index)
            return true
        }
    }
}
