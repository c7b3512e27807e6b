internal import Diagnostics

/// What the host calls of one evaluation gave.
struct HostResults {
    /// The results of each call, one for each of its inputs.
    var lists: [[Value]] = []
    /// Why a call gave nothing.
    var failures: [Int: EvaluationError] = [:]

    /// The outcome of an expression that is nothing but a call.
    func outcome(of call: Int) -> Outcome {
        if let error = failures[call] { return Outcome(error: error) }
        return Outcome(outputs: lists[call])
    }
}

extension ExpressionEngine {
    /// Evaluates the host calls of an expression, inner ones first.
    func hostResults(
        _ entry: Entry, _ expression: Expression, _ missing: [Int], _ context: EvaluationContext
    ) -> HostResults {
        let prepared = entry.prepared
        var results = HostResults()
        for (number, call) in prepared.hosts.enumerated() {
            do throws(EvaluationError) {
                results.lists.append(
                    try values(of: call, entry.hostPlaces[number], prepared, expression, missing, results, context))
            } catch {
                results.lists.append([])
                results.failures[number] = error
            }
        }
        return results
    }

    private func values(
        of call: HostCall, _ place: Place?, _ prepared: PreparedExpression, _ expression: Expression,
        _ missing: [Int], _ before: HostResults, _ context: EvaluationContext
    ) throws(EvaluationError) -> [Value] {
        var inputs: [[Value]] = [[.null] + call.arguments]
        if let place {
            let known = missing + before.failures.keys.map { prepared.checks.count + $0 }.sorted()
            let outcome = evaluatePreparation(
                place, prepared, expression, missing: known, hosts: before, in: context)
            if let error = outcome.error { throw error }
            inputs = outcome.outputs.map { $0.array ?? [] }
        }
        if call.wantsOneInput, inputs.count > 1 {
            throw EvaluationError(
                .outputs, "'\(call.function.rawValue)' stands behind \(inputs.count) values, and can take one here",
                range: call.range,
                hint: "end the pipe with it: '(.items[] | \(call.function.rawValue))' gives one result for each")
        }
        var values: [Value] = []
        let seedText = call.function.isSeeded ? context.seed.text : ""
        for (position, input) in inputs.enumerated() {
            let seed = Seed(seedText, expression.source.span(of: call.range).range.lowerBound, position)
            values.append(try value(of: call, input, seed, expression))
        }
        return values
    }

    private func value(
        of call: HostCall, _ input: [Value], _ seed: Seed, _ expression: Expression
    ) throws(EvaluationError) -> Value {
        do throws(HostFunction.Failure) {
            switch call.function {
            case .uuid: return .string(seed.uuid)
            case .randomInteger: return .number(Double(try seed.integer(from: input[1], to: input[2])))
            case .randomText: return .string(try seed.text(length: input[1]))
            case .sha256: return .string(Digest.sha256(try call.function.text(input[0], "the input")))
            case .hmacSHA256:
                return .string(
                    Digest.hmacSHA256(
                        try call.function.text(input[0], "the input"), key: try call.function.text(input[1], "the key"))
                )
            case .matchesSchema: break
            }
        } catch {
            throw EvaluationError(.jq, error.message, range: call.range, hint: error.hint)
        }
        return .bool(try matchesSchema(input[0], file: input[1], expression, at: call.range))
    }
}

extension HostFunction {
    /// Why a function gives no value.
    struct Failure: Error {
        var message: String
        var hint: String?
    }

    func text(_ value: Value, _ what: String) throws(Failure) -> String {
        guard let text = value.string else {
            throw Failure(
                message: "\(rawValue): \(what) is \(value.described), expected a string",
                hint: "'tostring' or 'tojson' makes it one")
        }
        return text
    }
}
