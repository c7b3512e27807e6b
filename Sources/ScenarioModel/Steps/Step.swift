public import Diagnostics
public import Expressions

/// One step of a scenario, checked: what it does, when, how often, and what must hold.
public struct Step: Sendable {
    /// The name for references; `s1`, `s2`, … where none is written.
    public var id: String
    /// Whether the id is the author's own.
    public var isNamed: Bool
    /// The title for people.
    public var name: ValueTemplate?
    /// Where the step is written: its id, else its first key.
    public var span: SourceSpan
    public var action: Action
    public var target: (name: ValueTemplate, span: SourceSpan)?
    public var condition: Expression?
    public var timeout: Setting<Late<Duration>>?
    public var retry = RetryPart()
    /// Whether a request whose answer was lost may be sent again.
    public var isIdempotent = false
    public var until: Until?
    public var expectation: Expectation?
    public var assertions: [Assertion] = []
    public var captures: [Capture] = []
    public var each: Each?
    public var repetition: Repetition?
    public var cleanup: Block?
    /// Trouble that is in force while the step runs.
    public var faults: [Fault] = []
    /// How soon the steps of a faulted group must pass again.
    public var recovery: Setting<Duration>?
    /// `needs` of a step in a parallel group.
    public var needs: [(id: String, span: SourceSpan)] = []
    /// Whether errors were found in it, so that what follows from them is not told as well.
    public var isBroken = false
    /// Every expression of the step and of what stands inside it, cleanup apart.
    public var expressions: [Expression] = []
    /// Tells the step from all others, those that a YAML alias makes of the same lines among them; copies share it.
    public let identity = Identity()

    /// What makes a step itself.
    public final class Identity: Sendable, Hashable {
        public static func == (a: Identity, b: Identity) -> Bool { a === b }
        public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
    }

    /// Creates a step that only judges.
    public init(id: String, isNamed: Bool, span: SourceSpan, action: Action = .check) {
        self.id = id
        self.isNamed = isNamed
        self.span = span
        self.action = action
    }

    /// What a step does.
    public enum Action: Sendable {
        /// Nothing: it judges or computes from what is there.
        case check
        /// A driver's work.
        case request(any StepRequest)
        case wait(Late<Duration>)
        indirect case group(Group)
        indirect case use(Use)
    }

    /// The word for the kind of the step.
    public var kind: String {
        switch action {
        case .check: "check"
        case .request(let request): request.kind
        case .wait: "wait"
        case .group: "group"
        case .use: "use"
        }
    }

    /// Whether the step takes an error as its result instead of ending on it (language.md §2, "Errors are results").
    public var acceptsError: Bool {
        if expectation?.names("error") ?? false { return true }
        let judged =
            assertions.map(\.expression) + captures.map(\.expression) + (until.map { [$0.condition] } ?? [])
        return judged.contains { $0.analysis.rootFields?.contains("error") ?? false }
    }

    /// Whether the step is about being sent again: it judges how often it was, and a pass with retries is no flaky one.
    public var expectsRetries: Bool { judges("tries") }

    /// Whether an `expect`, `assert` or `until` speaks of a member of the result.
    public func judges(_ field: String) -> Bool {
        if expectation?.names(field) ?? false { return true }
        let judged = assertions.map(\.expression) + (until.map { [$0.condition] } ?? [])
        return judged.contains { $0.analysis.rootFields?.contains(field) ?? false }
    }
}

/// Polling until a condition holds.
public struct Until: Sendable {
    public var condition: Expression
    public var within: Setting<Late<Duration>>?
    public var every: Setting<Late<Duration>>?
    /// Ends the polling at once as failed.
    public var giveUp: Expression?

    /// Creates a polling rule.
    public init(
        condition: Expression, within: Setting<Late<Duration>>?, every: Setting<Late<Duration>>?, giveUp: Expression?
    ) {
        self.condition = condition
        self.within = within
        self.every = every
        self.giveUp = giveUp
    }
}

/// An assertion, with the name its author gave it.
public struct Assertion: Sendable {
    public var name: String?
    public var expression: Expression

    /// Creates an assertion.
    public init(name: String?, expression: Expression) {
        self.name = name
        self.expression = expression
    }
}

/// A value taken from a result for later steps.
public struct Capture: Sendable {
    public var name: String
    public var span: SourceSpan
    public var expression: Expression
    public var isSecret: Bool
    /// What it is where the expression yields null or nothing.
    public var fallback: ValueTemplate?

    /// Creates a capture.
    public init(name: String, span: SourceSpan, expression: Expression, isSecret: Bool, fallback: ValueTemplate?) {
        self.name = name
        self.span = span
        self.expression = expression
        self.isSecret = isSecret
        self.fallback = fallback
    }
}

/// A step that runs once for each element of a list.
public struct Each: Sendable {
    public var list: Expression
    /// The variable of the element; `item` unless `as` says otherwise.
    public var variable: String
    public var parallel: Late<Int>
    /// The least number of elements; 1 unless `min: 0`.
    public var minimum: Int

    /// Creates a loop.
    public init(list: Expression, variable: String, parallel: Late<Int>, minimum: Int) {
        self.list = list
        self.variable = variable
        self.parallel = parallel
        self.minimum = minimum
    }
}

/// A step that runs many times and is judged as a whole.
public struct Repetition: Sendable {
    public var span: SourceSpan
    public var extent: Extent
    public var parallel: Late<Int> = .known(1)
    /// Arrivals per second; an open model where it is set.
    public var rate: Late<Double>?
    public var warmup: Late<Duration>?
    public var pass: Pass = .all
    public var assertions: [Assertion] = []
    /// Rates, or numbers of users, one after another; empty where one holds throughout.
    public var stages: [Stage] = []
    /// How arrivals are spread within their rate.
    public var spacing: Spacing = .even
    /// How long a user waits between two runs of a closed load.
    public var think: Late<Duration>?
    /// How many arrivals of a load may find no room.
    public var allowedDropped: Pass = .count(0)
    /// Whether a load ends as soon as an assertion does not hold.
    public var abortsEarly = false

    /// A part of a load with a rate, or a number of users, of its own.
    public struct Stage: Sendable, Hashable {
        public var length: Duration
        public var rate: Double?
        public var parallel: Int?
        /// Whether it goes in a straight line from where the stage before ended, the first from nothing.
        public var isRamp: Bool

        /// Creates a stage; one of rate and users is given.
        public init(length: Duration, rate: Double? = nil, parallel: Int? = nil, isRamp: Bool = false) {
            self.length = length
            self.rate = rate
            self.parallel = parallel
            self.isRamp = isRamp
        }
    }

    /// How arrivals are spread within their rate.
    public enum Spacing: String, Sendable, Hashable, CaseIterable {
        /// At equal distances.
        case even
        /// At random, as callers that know nothing of one another come.
        case poisson
    }

    /// The most runs, or elements of an `each`, at a time.
    public static let mostParallel = 10_000

    /// How long it goes on.
    public enum Extent: Sendable {
        case times(Late<Int>)
        case duration(Late<Duration>)
        /// As long as another step of the parallel group runs.
        case whileStep(String, SourceSpan)
    }

    /// How many runs must pass.
    public enum Pass: Sendable {
        case all
        case count(Int)
        /// A share from 0 to 1.
        case share(Double)
        case template(ValueTemplate)

        /// Reads `98`, `99%` or `all`; nil for anything else.
        public init?(written text: String) {
            if text == "all" {
                self = .all
            } else if let count = Int(text), count >= 0 {
                self = .count(count)
            } else if text.hasSuffix("%"), let share = Double(text.dropLast()), (0...100).contains(share) {
                self = .share(share / 100)
            } else {
                return nil
            }
        }
    }

    /// Creates a repetition that runs one at a time and must pass always.
    public init(span: SourceSpan, extent: Extent) {
        self.span = span
        self.extent = extent
    }
}
