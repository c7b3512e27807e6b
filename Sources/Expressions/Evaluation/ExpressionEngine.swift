internal import Diagnostics

/// Evaluates the expressions of a run; lives on one thread.
///
/// Expressions so simple that their meaning needs no jq are evaluated here. The rest is compiled for
/// libjq in batches, once for each distinct text, on a thread of its own if `warmUp` is called. What is
/// asked for and not compiled yet is compiled on the spot.
public final class ExpressionEngine {
    /// Entries by text: of expressions whose paths must exist, and of all others.
    private var strict: [ExactText: Entry] = [:]
    private var lenient: [ExactText: Entry] = [:]
    /// The entries of what was read, which costs less to ask than the texts do.
    ///
    /// Each keeps its reading, so that no other one can take its identity.
    private var known: [ObjectIdentifier: (reading: Expression.Reading, entry: Entry)] = [:]
    private var ordered: [Entry] = []
    private var queued: [Batch] = []
    private var hasFallenBack = false
    private let limits: EvaluationLimits
    private let watch: Int
    let null = ForeignValue(.null)

    /// Called just before libjq evaluates an expression, so that a crash can be attributed to it.
    public var beforeForeign: ((Expression) -> Void)?
    /// Called once libjq has returned, so that what goes wrong later is blamed on no expression.
    public var afterForeign: (() -> Void)?
    /// Finds the schema that `matches_schema(file)` names; the error's text becomes the expression's.
    public var schemaLoader: ((String, Expression) throws(EvaluationError) -> Value)?
    /// The schemas that were read, by the file that names them and their name.
    var schemas: [SchemaName: LoadedSchema] = [:]
    /// Where the last value that a schema refused departs from it.
    var schemaFindings: [SchemaValidator.Finding] = []
    /// The time that `now_iso` gives, in seconds since 1970; the system's clock unless set.
    public var clock: () -> Double = SystemClock.seconds

    /// A distinct expression.
    final class Entry {
        let expression: Expression
        /// The position among the entries, in the order they were made.
        fileprivate let number: Int
        let native: NativeProgram?
        /// What libjq needs to know.
        private(set) lazy var prepared = PreparedExpression(expression)
        fileprivate(set) var place: Place?
        fileprivate(set) var hostPlaces: [Place?] = []
        fileprivate(set) var isPlaced = false
        /// The expressions that explain a failure, once they are needed.
        var explanation: Explanation?

        init(_ expression: Expression, _ number: Int) {
            self.expression = expression
            self.number = number
            native = NativeProgram(expression)
        }
    }

    /// Where libjq's program of an expression stands.
    struct Place {
        let batch: Batch
        let slot: Int
    }

    /// Creates an engine for the expressions of a run; nothing is compiled yet.
    public init(_ expressions: [Expression], limits: EvaluationLimits = .standard) {
        self.limits = limits
        EvaluationWatchdog.shared.restartIfForked()
        watch = EvaluationWatchdog.shared.enroll(limits)
        adopt(expressions, first: 40)
    }

    deinit { EvaluationWatchdog.shared.dismiss(watch) }

    /// Ends the thread that watches over evaluations; a process that is about to fork must have one thread.
    ///
    /// Nothing may be evaluated meanwhile, and `warmUp` may not have been called. The next evaluation is watched again.
    public static func endThreads() { EvaluationWatchdog.shared.endThread() }

    /// Starts to compile what libjq has to evaluate, on a thread of its own.
    public func warmUp() {
        queued.removeAll { $0.isReady }
        guard !queued.isEmpty, Batch.compile(queued) else { return }
        queued = []
    }

    /// Whether the expressions can be evaluated without waiting for a compilation.
    public func isReady(for expressions: [Expression]) -> Bool {
        batches(of: expressions).allSatisfy(\.isReady)
    }

    /// Waits until the expressions can be evaluated without a compilation.
    public func whenReady(for expressions: [Expression]) async {
        let needed = batches(of: expressions).filter { !$0.isReady }
        guard !needed.isEmpty else { return }
        warmUp()
        for batch in needed {
            // What is still queued got no thread, and nobody else will compile it.
            if queued.contains(where: { $0 === batch }) { _ = batch.compiled } else { await batch.ready() }
        }
    }

    /// Returns the expression's outputs, however many; compiles it first if need be.
    public func outputs(
        of expression: Expression, in context: EvaluationContext
    ) throws(EvaluationError) -> [Value] {
        let outcome = evaluate(expression, in: context)
        if let error = outcome.error { throw error.located(in: expression) }
        return outcome.outputs
    }

    /// Returns the expression's only output.
    public func value(of expression: Expression, in context: EvaluationContext) throws(EvaluationError) -> Value {
        // What is wrong with an evaluation is told below, by doing it once more.
        if let value = entry(expression).native?.onlyOutput(context) { return value }
        let outputs = try outputs(of: expression, in: context)
        guard outputs.count == 1 else { throw .outputs(outputs.count, wanted: "one value").located(in: expression) }
        return outputs[0]
    }

    /// Returns the expression's only output, which must be a boolean.
    public func holds(_ expression: Expression, in context: EvaluationContext) throws(EvaluationError) -> Bool {
        let outputs = try outputs(of: expression, in: context)
        guard outputs.count == 1 else { throw .outputs(outputs.count, wanted: "true or false").located(in: expression) }
        guard let holds = outputs[0].bool else { throw .noBoolean(outputs[0]).located(in: expression) }
        return holds
    }

    // MARK: Entries

    func entry(_ expression: Expression) -> Entry {
        if let known = known[ObjectIdentifier(expression.reading)] { return known.entry }
        adopt([expression])
        // `adopt` makes an entry for each expression that has none.
        guard let known = known[ObjectIdentifier(expression.reading)] else {
            preconditionFailure("an adopted expression has no entry")
        }
        return known.entry
    }

    /// Makes entries, and batches of what libjq has to evaluate.
    func adopt(
        _ expressions: [Expression], first: Int = .max, maximum: Int = BatchCompiler.maximumCount
    ) {
        var foreign: [Entry] = []
        for expression in expressions {
            let identity = ObjectIdentifier(expression.reading)
            guard known[identity] == nil else { continue }
            let text = ExactText(text: expression.text)
            let isStrict = expression.role.requiresPaths
            if let entry = isStrict ? strict[text] : lenient[text] {
                known[identity] = (expression.reading, entry)
                continue
            }
            let entry = Entry(expression, ordered.count)
            if isStrict { strict[text] = entry } else { lenient[text] = entry }
            known[identity] = (expression.reading, entry)
            ordered.append(entry)
            if entry.native == nil { foreign.append(entry) }
        }
        place(foreign, first: first, maximum: maximum)
    }

    /// Gives a native expression, whose values only jq decides, a place in a batch.
    ///
    /// Where it happens once it happens again, so from the second time on the neighbours come along.
    func placeForeign(_ entry: Entry) {
        guard !entry.isPlaced else { return }
        let count = hasFallenBack ? BatchCompiler.maximumCount : 1
        hasFallenBack = true
        place(Array(ordered[entry.number...].lazy.filter { !$0.isPlaced }.prefix(count)))
    }

    private func place(_ entries: [Entry], first: Int = .max, maximum: Int = BatchCompiler.maximumCount) {
        var slots: [ProgramText.Slot] = []
        var receivers: [(Entry, host: Int?)] = []
        for entry in entries {
            let prepared = entry.prepared
            entry.isPlaced = true
            entry.hostPlaces = Array(repeating: nil, count: prepared.hosts.count)
            for (number, host) in prepared.hosts.enumerated() {
                guard let text = host.preparation else { continue }
                slots.append(prepared.slot(text))
                receivers.append((entry, number))
            }
            if !prepared.isHostCall {
                slots.append(prepared.slot(prepared.program))
                receivers.append((entry, nil))
            }
        }
        for range in BatchCompiler.divide(slots.map(\.text.utf8.count), first: first, maximum: maximum) {
            let batch = Batch(Array(slots[range]))
            queued.append(batch)
            for (slot, receiver) in receivers[range].enumerated() {
                let place = Place(batch: batch, slot: slot)
                if let host = receiver.host {
                    receiver.0.hostPlaces[host] = place
                } else {
                    receiver.0.place = place
                }
            }
        }
    }

    private func batches(of expressions: [Expression]) -> [Batch] {
        var seen: Set<ObjectIdentifier> = []
        return expressions.flatMap { expression -> [Batch] in
            let entry = entry(expression)
            guard entry.native == nil else { return [] }
            return (entry.hostPlaces + [entry.place]).compactMap { $0?.batch }
        }.filter { seen.insert(ObjectIdentifier($0)).inserted }
    }

    /// The entries whose main program is in a batch.
    func entries(in batch: Batch) -> [Entry] { ordered.filter { $0.place?.batch === batch } }
}

extension ExpressionEngine {
    var evaluationLimits: EvaluationLimits { limits }
    var watchNumber: Int { watch }
}

extension EvaluationError {
    /// The error with its place in the scenario.
    func located(in expression: Expression) -> Self {
        var error = self
        error.span = expression.source.span(of: range ?? 0..<expression.text.utf8.count)
        return error
    }

    static func outputs(_ count: Int, wanted: String) -> Self {
        EvaluationError(
            .outputs, count == 0 ? "yields nothing, \(wanted) is due" : "yields \(count) outputs, \(wanted) is due",
            hint: count == 0
                ? "'//' gives a value where there is none: '(…) // \"default\"'"
                : "'[…]' makes them one array, 'first(…)' takes the first")
    }

    fileprivate static func noBoolean(_ value: Value) -> Self {
        EvaluationError(
            .outputs, "yields \(value.described), true or false is due", hint: "compare it, such as '… != null'")
    }
}
