/// A value that many evaluations read: a step's result, the variables, a row.
///
/// Its members may be computed when first asked for, so that a body that no expression reads is never
/// parsed. Evaluators keep their own form of it in `foreign`. It stays on the thread of its engine.
public final class SharedValue {
    private var whole: Value?
    /// Members of its own, which take the place of those beneath; of a source's members those that were read.
    private var fields: [Field]
    /// The object that has the other members: what this one was made of, or what computes them.
    private let beneath: Beneath
    /// What an evaluator made of this value (libjq's form of it), kept for the next evaluation.
    var foreign: AnyObject?

    private enum Beneath {
        case nothing
        case value(SharedValue)
        case members(any MemberSource)
    }

    /// A member that is computed at most once.
    public struct Field {
        public let name: String
        /// Shared by every object that the member stands in, so that it is computed once for all.
        fileprivate let cell: Cell
        fileprivate final class Cell {
            var state: State
            init(_ state: State) { self.state = state }
            var value: SharedValue {
                switch state {
                case .known(let value): return value
                case .unknown(let compute):
                    let value = SharedValue(compute())
                    state = .known(value)
                    return value
                }
            }
        }
        fileprivate enum State {
            case known(SharedValue)
            case unknown(() -> Value)
        }
        /// A member whose value is there.
        public init(_ name: String, _ value: Value) {
            self.init(name, shared: SharedValue(value))
        }
        /// A member shared with others, such as a step's result in `$steps`.
        public init(_ name: String, shared: SharedValue) {
            self.name = name
            cell = Cell(.known(shared))
        }
        /// A member that is computed when it is first read.
        public init(_ name: String, computed: @escaping () -> Value) {
            self.name = name
            cell = Cell(.unknown(computed))
        }
    }

    /// Creates a shared value of a whole one.
    public init(_ value: Value) {
        whole = value
        fields = []
        beneath = .nothing
    }

    /// Creates an object of members, in order; names are distinct.
    public init(fields: [Field]) {
        self.fields = fields
        beneath = .nothing
    }

    /// Creates an object whose members are made when they are read, each at most once.
    public init(members: any MemberSource) {
        fields = []
        beneath = .members(members)
    }

    private init(_ fields: [Field], over beneath: SharedValue) {
        self.fields = fields
        self.beneath = .value(beneath)
    }

    /// An object of this one's members and more; what is computed in one is there in the other.
    ///
    /// A later member takes the place of an earlier one of its name. Of a whole object the members are taken.
    public func adding(_ more: [Field]) -> SharedValue {
        guard let whole else { return SharedValue(more, over: self) }
        guard case .object(let object) = whole else { return SharedValue(fields: more) }
        return SharedValue(more, over: SharedValue(fields: object.map { Field($0.0, $0.1) }))
    }

    /// The names of the members where this is an object that computes them, else nil.
    public var fieldNames: [String]? {
        guard whole == nil else { return nil }
        switch beneath {
        case .nothing: return fields.map(\.name)
        case .members(let source): return source.memberNames
        case .value(let value):
            let own = fields.map(\.name)
            return (value.fieldNames ?? []).filter { !own.contains($0) } + own
        }
    }

    /// Whether this is an object that computes its members.
    var hasFields: Bool { whole == nil }

    /// A member of an object that computes its members; nil if there is none or this is a whole value.
    public func field(_ name: String) -> SharedValue? {
        // A result has some twenty members: comparing their names takes less than a table of them.
        guard whole == nil else { return nil }
        if let own = fields.last(where: { $0.name == name }) { return own.cell.value }
        switch beneath {
        case .nothing: return nil
        case .value(let value): return value.field(name)
        case .members(let source):
            guard let value = source.member(name) else { return nil }
            let made = Field(name, value)
            fields.append(made)
            return made.cell.value
        }
    }

    /// The whole value; computes every member.
    public var value: Value {
        if let whole { return whole }
        var object = Value.Object()
        for name in fieldNames ?? [] { object[name] = field(name)?.value }
        return .object(object)
    }
}

/// Computes the members of an object when they are read.
public protocol MemberSource: AnyObject {
    /// The names of all members, in order; names are distinct.
    var memberNames: [String] { get }
    /// The value of a member; nil where there is none of that name.
    func member(_ name: String) -> Value?
}
