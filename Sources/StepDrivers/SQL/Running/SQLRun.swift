internal import EventLoop
internal import Expressions
internal import ScenarioModel

/// Runs the statements of a step on a connection, in a transaction if it asks for one.
struct SQLRun {
    let prepared: PreparedSQL
    let connection: any DatabaseConnection
    let loop: EventLoop
    let deadline: Instant
    /// What came of each statement so far.
    private(set) var answers: [StatementAnswer] = []
    private(set) var failure: Failure?

    /// Why the statements ended early.
    struct Failure {
        var failure: StatementFailure
        /// The statement that failed; nil for one that begins or ends the transaction.
        var index: Int?
        /// The text of the statement.
        var text: String
    }

    init(
        _ prepared: PreparedSQL, on connection: any DatabaseConnection, _ loop: EventLoop,
        until deadline: Instant
    ) {
        self.prepared = prepared
        self.connection = connection
        self.loop = loop
        self.deadline = deadline
    }

    /// The mark within a session's own transaction to which an explained write goes back.
    private static let mark = "plumb_explain"

    /// Runs everything; what it came to is in ``answers`` and ``failure``.
    mutating func run() async {
        connection.comment = prepared.comment
        let frame = frame
        for text in frame.before {
            guard await control(text) else { return }
        }
        var limits = prepared.limits
        for (index, statement) in prepared.statements.enumerated() {
            do throws(StatementFailure) {
                let answer = try await connection.run(statement.bound, limits: limits, until: deadline)
                answers.append(answer)
                // All answers are kept until the step ends, so that they share its bound.
                if prepared.statements.count > 1 { limits.take(answer) }
                if let problem = Self.doubled(answer) { throw problem }
            } catch {
                var failed = error
                if failed.error.kind == .tooLarge, index > 0 {
                    failed.error.message += ", which is what the statements before it leave of the step's bound"
                }
                failure = Failure(failure: failed, index: index, text: statement.sent.text)
                if !frame.before.isEmpty, !error.connectionIsLost { await undo(frame.undo) }
                return
            }
        }
        for text in frame.after {
            guard await control(text) else {
                await undo(frame.undo)
                return
            }
        }
    }

    /// What stands around the statements.
    private struct Frame {
        var before: [String] = []
        var after: [String] = []
        /// What undoes all of it after an error.
        var undo: [String] = []
    }

    private var frame: Frame {
        let undoesWrite =
            prepared.explains && prepared.dialect == .postgres && prepared.statements.contains { !$0.isRead }
        if let begin = prepared.begin {
            let isUndone = prepared.rollsBack || undoesWrite
            return Frame(before: [begin], after: [isUndone ? "ROLLBACK" : "COMMIT"], undo: ["ROLLBACK"])
        }
        guard undoesWrite else { return Frame() }
        if connection.transaction == .none {
            return Frame(before: ["BEGIN"], after: ["ROLLBACK"], undo: ["ROLLBACK"])
        }
        let back = ["ROLLBACK TO SAVEPOINT \(Self.mark)", "RELEASE SAVEPOINT \(Self.mark)"]
        return Frame(before: ["SAVEPOINT \(Self.mark)"], after: back, undo: back)
    }

    /// Runs a statement of our own; false after an error.
    private mutating func control(_ text: String) async -> Bool {
        do throws(StatementFailure) {
            _ = try await connection.run(BoundStatement(text: text), limits: RowLimits(), until: deadline)
            return true
        } catch {
            failure = Failure(failure: error, index: nil, text: text)
            return false
        }
    }

    /// Undoes what was done, although the time of the step may be over.
    private func undo(_ texts: [String]) async {
        guard connection.transaction != .none, connection.transaction != .unknown else { return }
        let undoing = Undoing(connection: connection, texts: texts)
        await loop.withoutCancellation { await undoing.run() }
    }

    /// `@unchecked Sendable`: runs on the loop's thread, where the connection lives.
    private struct Undoing: @unchecked Sendable {
        let connection: any DatabaseConnection
        let texts: [String]

        func run() async {
            for text in texts {
                let end = Instant.now + SQLTestState.grace
                guard (try? await connection.run(BoundStatement(text: text), limits: RowLimits(), until: end)) != nil
                else { return }
            }
        }
    }

    /// The error of an answer with two columns of one name.
    private static func doubled(_ answer: StatementAnswer) -> StatementFailure? {
        guard answer.columns.count > 1 else { return nil }
        var seen: Set<String> = []
        let doubled = answer.columns.map(\.name).filter { !seen.insert($0).inserted }
        guard let first = doubled.first else { return nil }
        let others = doubled.count > 1 ? ", and \(doubled.count - 1) more stand twice" : ""
        return StatementFailure(
            error: StepError(
                .protocol, "two columns are called '\(first)', so a row cannot hold both\(others)", phase: "body",
                hint: "name one of them with AS"), mayHaveHappened: true)
    }
}
