internal import Diagnostics

/// What came of an expression: the outputs before an error, and the error.
struct Outcome {
    var outputs: [Value] = []
    var error: EvaluationError?
}

extension ExpressionEngine {
    /// An expression on its way through libjq.
    fileprivate struct Request {
        let expression: Expression
        let prepared: PreparedExpression
        let place: Place
        let missing: [Int]
        var hosts: HostResults
        /// The position in what was asked for.
        let position: Int

        /// What an error value of libjq means.
        func error(of value: Value, in context: EvaluationContext) -> EvaluationError {
            switch value["__plumb"]?.string {
            case "missing":
                let number = value["n"]?.number.map { Int($0) } ?? 0
                guard number < prepared.checks.count else {
                    return hosts.failures[number - prepared.checks.count] ?? EvaluationError(.jq, "unknown error")
                }
                return prepared.absence(of: prepared.checks[number], in: context)
                    ?? EvaluationError(.missingPath, "a path does not exist")
            case "unordered":
                return .unordered(value, prepared.orderings.count == 1 ? prepared.orderings.first : nil)
            default:
                return .jq(value)
            }
        }
    }

    /// Evaluates one expression.
    func evaluate(_ expression: Expression, in context: EvaluationContext) -> Outcome {
        let entry = entry(expression)
        if let native = entry.native?.outcome(in: context) { return native }
        guard entry.prepared.isHostCall, entry.isPlaced else { return evaluate([expression], in: context)[0] }
        if let error = entry.prepared.missingVariable(in: context) { return Outcome(error: error) }
        let hosts = hostResults(entry, expression, entry.prepared.missing(in: context), context)
        return hosts.outcome(of: entry.prepared.hosts.count - 1)
    }

    /// Evaluates expressions, those of one batch in one go.
    func evaluate(_ expressions: [Expression], in context: EvaluationContext) -> [Outcome] {
        var outcomes = Array(repeating: Outcome(), count: expressions.count)
        var requests: [Request] = []
        for (position, expression) in expressions.enumerated() {
            let entry = entry(expression)
            if let native = entry.native?.outcome(in: context) {
                outcomes[position] = native
                continue
            }
            placeForeign(entry)
            let prepared = entry.prepared
            if let error = prepared.missingVariable(in: context) {
                outcomes[position].error = error
                continue
            }
            let missing = prepared.missing(in: context)
            let hosts = hostResults(entry, expression, missing, context)
            if prepared.isHostCall {
                outcomes[position] = hosts.outcome(of: prepared.hosts.count - 1)
            } else if let place = entry.place {
                requests.append(
                    Request(
                        expression: expression, prepared: prepared, place: place,
                        missing: missing + hosts.failures.keys.map { prepared.checks.count + $0 }.sorted(),
                        hosts: hosts, position: position))
            }
        }
        while let first = requests.first {
            let together = requests.filter { $0.place.batch === first.place.batch }
            requests.removeAll { $0.place.batch === first.place.batch }
            run(together, first.place.batch, context, &outcomes)
        }
        return outcomes
    }

    /// Evaluates one of the preparations of a host call.
    func evaluatePreparation(
        _ place: Place, _ prepared: PreparedExpression, _ expression: Expression, missing: [Int], hosts: HostResults,
        in context: EvaluationContext
    ) -> Outcome {
        var outcomes = [Outcome()]
        let request = Request(
            expression: expression, prepared: prepared, place: place, missing: missing, hosts: hosts, position: 0)
        run([request], place.batch, context, &outcomes)
        return outcomes[0]
    }

    private func run(
        _ requests: [Request], _ batch: Batch, _ context: EvaluationContext, _ outcomes: inout [Outcome]
    ) {
        let compiled = batch.compiled
        var pending: [Request] = []
        for request in requests {
            if let failure = compiled.failures[request.place.slot] {
                outcomes[request.position].error = failure.error(in: request.prepared)
            } else if compiled.program == nil {
                outcomes[request.position].error = EvaluationError(.compile, "libjq does not compile the expression")
            } else {
                pending.append(request)
            }
        }
        guard let program = compiled.program else { return }
        let shared = sharedInput(of: pending, compiled.text.variables, context)
        while !pending.isEmpty {
            let entries = pending.map {
                $0.place.batch.entry($0.place.slot, missing: $0.missing, hosts: $0.hosts.lists)
            }
            let input = ForeignValue(array: [ForeignValue(array: entries)] + shared)
            let done = run(pending, program, input, context, &outcomes)
            pending.removeFirst(done)
        }
    }

    /// Runs the program once; returns how many of the requests are settled by it, at least one.
    private func run(
        _ requests: [Request], _ program: JQProgram, _ input: ForeignValue, _ context: EvaluationContext,
        _ outcomes: inout [Outcome]
    ) -> Int {
        let limits = evaluationLimits
        var current = -1
        var results = Array(repeating: Outcome(), count: requests.count)
        var reader = ForeignReader(bytes: limits.outputBytes, depth: limits.depth)
        guard EvaluationWatchdog.shared.begin(watchNumber, program.handle) else {
            // Without a watch a program without end would never be stopped.
            for request in requests { outcomes[request.position].error = .unwatched }
            return requests.count
        }
        let ending = program.run(input, reader: &reader) { event in
            switch event {
            case .begins:
                current += 1
                EvaluationWatchdog.shared.proceed(watchNumber)
                beforeForeign?(requests[current].expression)
            case .output(let value):
                results[current].outputs.append(value)
                if results[current].outputs.count > limits.outputs { return false }
            case .failed(let error):
                results[current].error = requests[current].error(of: error, in: context)
            }
            return true
        }
        let stop = EvaluationWatchdog.shared.end(watchNumber)
        afterForeign?()
        current = max(current, 0)
        switch ending {
        case .complete: current = requests.count - 1
        case .halted: results[current].error = .halted(stop, limits)
        case .stopped: results[current].error = .tooManyOutputs(limits)
        case .beyond(let excess): results[current].error = .beyond(excess, limits)
        case .uncaught(let message): results[current].error = EvaluationError(.jq, message)
        }
        for (request, result) in zip(requests, results[...current]) { outcomes[request.position] = result }
        return current + 1
    }

    /// `.` and the variables, each only as far as one of the expressions reads it.
    private func sharedInput(
        of requests: [Request], _ names: [String], _ context: EvaluationContext
    ) -> [ForeignValue] {
        var dot = Selection.nothing
        var variables: [String: Selection] = [:]
        for request in requests {
            dot.merge(request.prepared.dot)
            for (name, part) in request.prepared.variables { variables[name, default: .nothing].merge(part) }
        }
        return [context.dot?.foreignForm(dot) ?? null]
            + names.map { name in
                if name == "__now" { return ForeignValue(.string(Timestamp.text(clock()))) }
                guard let part = variables[name] else { return null }
                return context.variables[name]?.foreignForm(part) ?? null
            }
    }
}

extension NativeProgram {
    /// What comes of the expression without libjq; nil where only libjq can tell.
    fileprivate func outcome(in context: EvaluationContext) -> Outcome? {
        do throws(EvaluationError) {
            return try evaluate(context).map { Outcome(outputs: $0) }
        } catch {
            return Outcome(error: error)
        }
    }
}

extension PreparedExpression {
    /// A place in a program for a text made of this expression.
    func slot(_ text: String) -> ProgramText.Slot {
        var names = Set(variables.keys)
        let called = Set(calls.map(\.name))
        if called.contains("now_iso") { names.insert("__now") }
        return ProgramText.Slot(text: text, variables: names, calls: called, hasOrderings: !orderings.isEmpty)
    }

    /// The error of a variable that has no value here, if there is one.
    func missingVariable(in context: EvaluationContext) -> EvaluationError? {
        guard let missing = requiredVariables.first(where: { context.variables[$0.name] == nil }) else { return nil }
        return EvaluationError(.missingName, "'$\(missing.name)' has no value here", range: missing.range)
    }

    /// The numbers of the checks that find nothing.
    func missing(in context: EvaluationContext) -> [Int] {
        checks.indices.filter { absence(of: checks[$0], in: context) != nil }
    }

    fileprivate func absence(of check: Check, in context: EvaluationContext) -> EvaluationError? {
        switch check {
        case .path(let path):
            Absence(of: path.elements, in: context.dot ?? SharedValue(.null))?.missingPath(at: path.range)
        case .member(let reference, let depth):
            context.variables[reference.variable].flatMap {
                Absence(of: reference.keys.prefix(depth).map { .key($0) }, in: $0)
            }?.missingName(reference)
        }
    }
}
