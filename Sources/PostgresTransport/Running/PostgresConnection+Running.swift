public import EventLoop

extension PostgresConnection {
    /// Carries a request out, its rows to a receiver.
    ///
    /// When the deadline passes or the task is cancelled, the statement is cancelled at the server. The connection is
    /// ready afterwards, or ``isReady`` says no; it is never ready in doubt.
    ///
    /// - Throws: The server's refusal, or what became of the connection.
    public func run(
        _ request: PostgresRequest, into receiver: any PostgresReceiver, until deadline: Instant
    ) async throws(PostgresError) {
        if let problem = problem(with: request) { throw problem }
        pause.begin(until: deadline)
        defer { pause.end() }
        if let failure = await perform(request, receiver) { throw failure }
    }

    /// The types that the server finds for a statement's parameters; the statement stays prepared.
    ///
    /// - Throws: The server's refusal, or what became of the connection.
    public func parameterTypes(
        of text: String, until deadline: Instant
    ) async throws(PostgresError) -> [UInt32] {
        if let known = statements.parameterTypes(of: text) { return known }
        if let problem = problem(with: .statement(text)) { throw problem }
        let result = await pause.during(until: deadline) { () async -> Result<[UInt32], PostgresError> in
            let name: String
            switch await prepare(text) {
            case .success(let prepared): name = prepared
            case .failure(let error): return .failure(error)
            }
            var described = Exchange(nil, limit: 1 << 20, wantsParameterTypes: true)
            if let failure = await carryOut(&described, { $0.describe(prepared: name) }) { return .failure(failure) }
            statements.describe(text, described.parameterTypes)
            return .success(described.parameterTypes)
        }
        return try result.get()
    }

    /// Why a request cannot be sent at all.
    private func problem(with request: PostgresRequest) -> PostgresError? {
        loop.checkIsolated()
        guard state == .ready, let handle, !handle.isBad else {
            return PostgresError(.reset, "the connection is closed", phase: .connect)
        }
        // One that is prepared was looked at before.
        if !statements.knows(request.text), request.text.utf8.contains(0) {
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
    /// What an exchange needs next.
    private enum Need {
        /// Nothing: the server has answered all of it, or the connection is given up.
        case nothing
        /// That something arrives, or can be sent.
        case socket
        /// That the statement is cancelled at the server.
        case cancelling
    }

    private func exchange(
        _ receiver: (any PostgresReceiver)?, limit: Int, _ send: (PQHandle) -> Bool
    ) async -> PostgresError? {
        var exchange = Exchange(receiver, limit: limit)
        return await carryOut(&exchange, send)
    }

    /// Sends, and reads until the server has answered all of it.
    private func carryOut(_ exchange: inout Exchange, _ send: (PQHandle) -> Bool) async -> PostgresError? {
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
        while true {
            switch advance(&exchange, handle) {
            case .nothing: return exchange.progress.failure
            case .cancelling:
                await cancel(&exchange.progress)
                return exchange.progress.failure
            case .socket:
                guard exchange.makesTooMuchRoom else { break }
                _ = exchange.progress.wants(Self.tooLarge(exchange.limit))
                await cancel(&exchange.progress, isRead: false)
                return exchange.progress.failure
            }
            switch await pause.next() {
            case .ready:
                guard take(in: &exchange, handle) else {
                    // Reading on would take the row in.
                    await cancel(&exchange.progress, isRead: false)
                    return exchange.progress.failure
                }
            case let wake:
                _ = exchange.progress.interrupted(wake)
                await cancel(&exchange.progress)
                return exchange.progress.failure
            }
        }
    }

    /// Goes as far as what has arrived allows.
    private func advance(_ exchange: inout Exchange, _ handle: PQHandle) -> Need {
        if exchange.isSending { exchange.isSending = flush(handle) }
        while !handle.isBusy {
            guard let answer = handle.nextAnswer() else {
                if handle.isBad {
                    exchange.progress.broke(handle.complaint.firstLine)
                    giveUp()
                }
                return .nothing
            }
            exchange.bytesSinceAnswer = 0
            var action = exchange.progress.took(QueryProgress.Answer(answer))
            if action == .deliver {
                let demand =
                    answer.byteCount > exchange.limit ? Self.tooLarge(exchange.limit) : deliver(answer, &exchange)
                action = exchange.progress.wants(demand)
            }
            switch action {
            case .deliver, .ignore: break
            case .refuseCopyIn:
                handle.refuseCopyIn("no rows come from a scenario")
                exchange.isSending = true
            case .cancel: return .cancelling
            case .drop:
                giveUp()
                return .nothing
            }
        }
        return .socket
    }

    /// Gives an answer to whoever receives it.
    private func deliver(_ answer: borrowing PQAnswer, _ exchange: inout Exchange) -> QueryProgress.Demand {
        if exchange.wantsParameterTypes { exchange.parameterTypes = answer.parameterTypes }
        guard let receiver = exchange.receiver else { return .more }
        if answer.hasRows, !exchange.hasBegun {
            exchange.hasBegun = true
            receiver.begin(answer.columns)
        }
        guard answer.kind == .row else {
            exchange.hasBegun = false
            let tag = answer.tag
            if tag == "DISCARD ALL" || tag == "DEALLOCATE ALL" { statements.removeAll() }
            receiver.end(tag)
            return .more
        }
        return switch receiver.take(answer.row) {
        case .more: .more
        case .discard: .discard
        case .stop(let reason): .stop(reason)
        }
    }

    /// Reads what has arrived; false where an answer grows beyond the limit.
    private func take(in exchange: inout Exchange, _ handle: PQHandle) -> Bool {
        let waiting = handle.waitingByteCount
        // Only an answer that takes several reads can be large.
        if exchange.bytesSinceAnswer > 0 || exchange.isSending { exchange.bytesSinceAnswer += waiting }
        exchange.bytesSinceAnswer += 1
        exchange.noteRoom(waiting: waiting)
        guard exchange.bytesSinceAnswer <= exchange.limit else {
            _ = exchange.progress.wants(Self.tooLarge(exchange.limit))
            return false
        }
        _ = handle.consume()
        return true
    }

    private static func tooLarge(_ limit: Int) -> QueryProgress.Demand { .stop("a row has more than \(limit) bytes") }

    /// Sends what the socket takes; returns whether something is left.
    func flush(_ handle: PQHandle) -> Bool {
        let isPending = handle.flush() == .pending
        if isPending != isWaitingForRoom {
            isWaitingForRoom = isPending
            watchForWriting(isPending)
        }
        return isPending
    }

    /// The connection cannot be used any more.
    func giveUp() {
        unwatch()
        if state == .ready { state = .inDoubt }
    }
}

extension QueryProgress.Answer {
    init(_ answer: borrowing PQAnswer) {
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
