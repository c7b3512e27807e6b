internal import Synchronization

/// What an operator makes of the store: up, slow, failing halfway, or down, for all models or for one.
final class StoreSwitch: Sendable {
    enum State: String, Sendable, CaseIterable {
        case up
        /// Each transaction takes longer.
        case slow
        /// Each transaction fails when half of its rows are inserted.
        case failing
        /// The store cannot be reached.
        case down
    }

    /// A state, and the time that a slow store takes longer.
    struct Setting: Sendable {
        var state = State.up
        var latency = Duration.zero
        /// The model that it is about; nil for all.
        var model: String?
    }

    private struct Kept {
        var setting = Setting()
        var number = 0
        var wasDown = false
    }

    private let kept = Mutex(Kept())

    var setting: Setting { kept.withLock { $0.setting } }

    /// Whether it was down once.
    var wasDown: Bool { kept.withLock { $0.wasDown } }

    /// What holds for a model.
    func setting(for model: String) -> Setting {
        let setting = setting
        return setting.model == nil || setting.model == model ? setting : Setting()
    }

    /// Sets it; the number tells this change from later ones.
    func set(_ setting: Setting) -> Int {
        kept.withLock { kept in
            kept.setting = setting
            kept.number += 1
            if setting.state == .down { kept.wasDown = true }
            return kept.number
        }
    }

    /// Goes back to up, unless it was set again since.
    func end(_ number: Int) {
        kept.withLock { kept in
            if kept.number == number { kept.setting = Setting() }
        }
    }
}
