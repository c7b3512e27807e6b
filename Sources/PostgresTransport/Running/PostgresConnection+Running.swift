internal import EventLoop
internal import Synchronization

extension PostgresConnection {
    /// Carries a request out, its rows to a receiver.
    ///
    /// When the deadline passes or the task is cancelled, the statement is cancelled at the server. The connection is
    /// ready afterwards, or ``isReady`` says no; it is never ready in doubt.
    ///
    /// - Throws: The server's refusal, or what became of the connection.
    public func run(
        _ request: PostgresRequest, into receiver: any PostgresReceiver, until deadline: ContinuousClock.Instant
    ) async throws(PostgresError) {
        if let problem = problem(with: request) { throw problem }
        let failure = await pause.during(until: deadline) { await perform(request, receiver) }
        if let failure { throw failure }
    }

    /// The types that the server finds for a statement's parameters; the statement stays prepared.
    ///
    /// - Throws: The server's refusal, or what became of the connection.
    public func parameterTypes(
        of text: String, until deadline: ContinuousClock.Instant
    ) async throws(PostgresError) -> [UInt32] {
        if let known = statements.parameterTypes(of: text) { return known }
        if let problem = problem(with: .statement(text)) { throw problem }
        let result = await pause.during(until: deadline) { () async -> Result<[UInt32], PostgresError> in
            let name: String
            switch await prepare(text) {
            case .success(let prepared): name = prepared
            case .failure(let error): return .failure(error)
            }
            var types: [UInt32] = []
            let failure = await exchange {
                $0.describe(prepared: name)
            } onAnswer: {
                types = $0.parameterTypes
            }
            if let failure { return .failure(failure) }
            statements.describe(text, types)
            return .success(types)
        }
        return try result.get()
    }

    /// Why a request cannot be sent at all.
    private func problem(with request: PostgresRequest) -> PostgresError? {
        loop.checkIsolated()
        guard state == .ready, let handle, !handle.isBad else {
            return PostgresError(.reset, "the connection is closed", phase: .connect)
        }
        if request.text.utf8.contains(0) {
            return PostgresError(
                .invalidRequest, "the statement holds a zero byte, which PostgreSQL has no text for",
                hint: "take it out")
        }
        for (index, parameter) in request.parameters.enumerated() where parameter?.utf8.contains(0) == true {
            return PostgresError(
                .invalidRequest, "parameter $\(index + 1) holds a zero byte, which PostgreSQL has no text for",
                hint: "take it out, or write the bytes as hexadecimal digits and use decode($\(index + 1), 'hex')")
        }
        guard request.parameters.count <= 65_535 else {
            return PostgresError(
                .invalidRequest,
                "\(request.parameters.count) parameters are more than the 65535 that a statement may have",
                hint: "give the values as one array")
        }
        return nil
    }

    private func perform(_ request: PostgresRequest, _ receiver: any PostgresReceiver) async -> PostgresError? {
        switch request.form {
        case .script:
            return await exchange(receiver, limit: request.rowByteLimit) { $0.send(script: request.text) }
        case .single(prepared: false):
            let texts = ParameterTexts(request.parameters)
            return await exchange(receiver, limit: request.rowByteLimit) { $0.send(request.text, texts) }
        case .single(prepared: true):
            let texts = ParameterTexts(request.parameters)
            var isFresh = false
            while true {
                let wasKnown: Bool
                let name: String
                switch statements.use(request.text) {
                case .ready(let known): (name, wasKnown) = (known, true)
                case .prepare(let new, let forgotten):
                    if let failure = await prepare(request.text, as: new, forgetting: forgotten) { return failure }
                    (name, wasKnown) = (new, false)
                }
                let failure = await exchange(receiver, limit: request.rowByteLimit) { $0.send(prepared: name, texts) }
                // The schema changed, or somebody discarded the statement: nothing was done yet.
                guard let failure, wasKnown, !isFresh, failure.isOfStaleStatement, transaction == .none else {
                    return failure
                }
                if let old = statements.forget(request.text), failure.complaint?.sqlstate != "26000" {
                    _ = await exchange(nil, limit: request.rowByteLimit) { $0.send(script: "DEALLOCATE \(old)") }
                }
                isFresh = true
            }
        }
    }

    private func prepare(_ text: String) async -> Result<String, PostgresError> {
        switch statements.use(text) {
        case .ready(let name): return .success(name)
        case .prepare(let name, let forgotten):
            if let failure = await prepare(text, as: name, forgetting: forgotten) { return .failure(failure) }
            return .success(name)
        }
    }

    private func prepare(_ text: String, as name: String, forgetting forgotten: String?) async -> PostgresError? {
        if let forgotten {
            // One that is gone already is no matter.
            let failure = await exchange(nil, limit: 1 << 20) { $0.send(script: "DEALLOCATE \(forgotten)") }
            if let failure, state != .ready { return failure }
        }
        if let failure = await exchange(nil, limit: 1 << 20, { $0.prepare(text, as: name) }) { return failure }
        statements.prepared(text, as: name)
        return nil
    }
}

// MARK: - One exchange

extension PostgresConnection {
    private func exchange(
        _ receiver: (any PostgresReceiver)?, limit: Int, _ send: (PQHandle) -> Bool
    ) async -> PostgresError? {
        var hasBegun = false
        return await exchange(limit: limit, send) { answer -> QueryProgress.Demand in
            guard let receiver else { return .more }
            if answer.hasRows, !hasBegun {
                hasBegun = true
                receiver.begin(answer.columns)
            }
            guard answer.kind == .row else {
                hasBegun = false
                if answer.tag == "DISCARD ALL" || answer.tag == "DEALLOCATE ALL" { statements.removeAll() }
                receiver.end(answer.tag)
                return .more
            }
            return switch receiver.take(answer.row) {
            case .more: .more
            case .discard: .discard
            case .stop(let reason): .stop(reason)
            }
        }
    }

    private func exchange(
        _ send: (PQHandle) -> Bool, onAnswer: (borrowing PQAnswer) -> Void
    ) async -> PostgresError? {
        await exchange(limit: 1 << 20, send) { answer in
            onAnswer(answer)
            return .more
        }
    }

    /// Sends, and reads until the server has answered all of it.
    private func exchange(
        limit: Int, _ send: (PQHandle) -> Bool, _ deliver: (borrowing PQAnswer) -> QueryProgress.Demand
    ) async -> PostgresError? {
        guard let handle else { return PostgresError(.reset, "the connection is closed", phase: .connect) }
        if let wake = pause.wasInterrupted {
            // The time was over between two exchanges: nothing of this one was sent.
            var progress = QueryProgress()
            _ = progress.interrupted(wake)
            progress.sentNothing()
            return progress.failure
        }
        guard send(handle) else {
            giveUp()
            return PostgresError(.reset, "the connection broke: \(handle.complaint.firstLine)")
        }
        handle.takeRowsSingly()
        var progress = QueryProgress()
        var bytesSinceAnswer = 0
        var isSending = true
        while true {
            if isSending { isSending = flush(handle) }
            while !handle.isBusy {
                guard let answer = handle.nextAnswer() else {
                    if handle.isBad {
                        progress.broke(handle.complaint.firstLine)
                        giveUp()
                    }
                    return progress.failure
                }
                bytesSinceAnswer = 0
                var action = progress.took(QueryProgress.Answer(answer))
                if action == .deliver {
                    action = progress.wants(answer.byteCount > limit ? Self.tooLarge(limit) : deliver(answer))
                }
                switch action {
                case .deliver, .ignore: break
                case .refuseCopyIn:
                    handle.refuseCopyIn("no rows come from a scenario")
                    isSending = true
                case .cancel:
                    await cancel(&progress)
                    return progress.failure
                case .drop:
                    giveUp()
                    return progress.failure
                }
            }
            switch await pause.next() {
            case .ready:
                // Only an answer that takes several reads can be large.
                if bytesSinceAnswer > 0 || isSending { bytesSinceAnswer += handle.waitingByteCount }
                bytesSinceAnswer += 1
                if bytesSinceAnswer > limit {
                    _ = progress.wants(Self.tooLarge(limit))
                    // Reading on would take the row in.
                    await cancel(&progress, isRead: false)
                    return progress.failure
                }
                _ = handle.consume()
            case let wake:
                _ = progress.interrupted(wake)
                await cancel(&progress)
                return progress.failure
            }
        }
    }

    private static func tooLarge(_ limit: Int) -> QueryProgress.Demand { .stop("a row has more than \(limit) bytes") }

    /// Sends what the socket takes; returns whether something is left.
    private func flush(_ handle: PQHandle) -> Bool {
        let isPending = handle.flush() == .pending
        watchForWriting(isPending)
        return isPending
    }

    /// Cancels the statement at the server, and reads what is left of its answer.
    ///
    /// The connection is good afterwards if the server said that it cancelled this very statement. A cancellation that
    /// came too late could strike the next one, so an empty one is sent behind it.
    private func cancel(_ progress: inout QueryProgress, isRead: Bool = true) async {
        guard let handle else { return giveUp() }
        if isRead, handle.consume(), drain(handle, &progress) {
            // It was over already.
            return handle.isBad ? giveUp() : ()
        }
        guard let request = handle.makeCancel() else { return giveUp() }
        let isPassedOn = Mutexed(false)
        var verdict = progress
        var isClean = false
        await pause.grace(Self.cancelGrace) {
            let number = pause.current
            let hasBegun = BackgroundThread.run { [loop, pause] in
                let isDone = request.send()
                isPassedOn.set(isDone)
                loop.execute { pause.signal(number) }
            }
            guard hasBegun else { return }
            var isSilent = false
            while true {
                if isRead { isSilent = isSilent || drain(handle, &verdict) }
                if isPassedOn.value, isSilent || !isRead { break }
                guard await pause.next() == .ready else { return }
                if isRead { _ = handle.consume() }
            }
            guard isSilent, !handle.isBad else { return }
            isClean = verdict.wasCancelled ? true : await outlivesLateCancel(handle)
        }
        progress = verdict
        if verdict.wasCancelled { progress.isUndone() }
        if !isClean { giveUp() }
    }

    /// Has a cancellation that came too late for its statement strike an empty one, whatever comes of that.
    private func outlivesLateCancel(_ handle: PQHandle) async -> Bool {
        guard handle.send(script: "") else { return false }
        var rest = QueryProgress()
        while !drain(handle, &rest) {
            guard await pause.next() == .ready else { return false }
            _ = handle.consume()
        }
        return !handle.isBad
    }

    /// Throws away what has arrived; returns true when nothing more comes.
    private func drain(_ handle: PQHandle, _ progress: inout QueryProgress) -> Bool {
        _ = flush(handle)
        while !handle.isBusy {
            guard let answer = handle.nextAnswer() else { return true }
            switch answer.kind {
            case .copyOut: if handle.discardCopyOut() { return false }
            case .copyIn: handle.refuseCopyIn("the statement was cancelled")
            case .copyBoth: return false
            default: _ = progress.took(QueryProgress.Answer(answer))
            }
        }
        return false
    }

    /// The connection cannot be used any more.
    func giveUp() {
        unwatch()
        if state == .ready { state = .inDoubt }
    }
}

extension QueryProgress.Answer {
    fileprivate init(_ answer: borrowing PQAnswer) {
        switch answer.kind {
        case .row: self = .row
        case .done: self = .done
        case .empty: self = .empty
        case .copyIn: self = .copyIn
        case .copyOut: self = .copyOut
        case .copyBoth: self = .copyBoth
        case .failed: self = .failed(answer.complaint)
        }
    }
}

extension PostgresError {
    /// Whether a prepared statement no longer fits: it is not there, or the columns of its rows have changed.
    fileprivate var isOfStaleStatement: Bool {
        guard let complaint else { return false }
        return complaint.sqlstate == "26000"
            || complaint.sqlstate == "0A000" && complaint.message.contains("cached plan must not change result type")
    }
}

/// A value that a thread leaves for the loop.
private final class Mutexed<Value: Sendable>: Sendable {
    private let content: Mutex<Value>

    init(_ value: Value) { content = Mutex(value) }

    var value: Value { content.withLock { $0 } }

    func set(_ value: Value) { content.withLock { $0 = value } }
}
