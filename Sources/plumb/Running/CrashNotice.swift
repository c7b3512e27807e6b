import Diagnostics
import Expressions
import Glibc
import ScenarioModel

/// What is said when libjq takes the command itself down.
///
/// Settings and `cases` are evaluated before there is a worker that could die in the command's place. Nothing has run
/// then, so the process says which expression it was and ends with the status of that.
enum CrashNotice {
    private static let capacity = 4096
    // One thread writes them, and a handler on that thread reads them: it may use nothing but plain memory.
    nonisolated(unsafe) private static let text = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    // As above: one thread.
    nonisolated(unsafe) private static var count = 0

    private static let head = "error[run.crash]: jq crashed on "
    private static let tail = "\n  = hint: nothing was run; write the expression another way\n"

    /// From here on a crash is told; those of Swift itself are left to its own words.
    static func begin() {
        store("an expression of the configuration")
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { number in
            if CrashNotice.count > 0 { CrashNotice.tell() }
            signal(number, SIG_DFL)
            raise(number)
        }
        // A stack that is used up needs another one for the handler, which Swift's runtime may have made.
        action.sa_flags = SA_ONSTACK | Int32(bitPattern: UInt32(SA_RESETHAND))
        for number in signals { sigaction(number, &action, nil) }
    }

    /// From here on there is a worker to crash.
    static func end() {
        count = 0
        for number in signals { signal(number, SIG_DFL) }
    }

    /// An engine that evaluates in the command, and says what it evaluates.
    static func engine(_ expressions: [Expression], _ configuration: Configuration) -> ExpressionEngine {
        let mask = SecretMask(configuration.secrets.values.compactMap { $0 })
        let engine = ExpressionEngine(expressions, limits: EvaluationLimits(onExcess: { _ in tell() }))
        engine.beforeForeign = { expression in
            store(mask.masked("'\(expression.text)'\n  --> \(expression.source.span.place)"))
        }
        engine.afterForeign = { store("an expression of the configuration") }
        return engine
    }

    private static let signals = [SIGABRT, SIGSEGV, SIGBUS, SIGFPE]

    private static func store(_ what: String) {
        let bytes = Array((head + what).utf8.prefix(capacity - tail.utf8.count)) + tail.utf8
        for (index, byte) in bytes.enumerated() { text[index] = byte }
        count = bytes.count
    }

    private static func tell() {
        _ = write(STDERR_FILENO, text, count)
        _exit(2)
    }
}
