/// A value that many evaluations read: a step's result, the variables, a row.
///
/// Its members may be computed when first asked for, so that a body that no expression reads is never
/// parsed. Evaluators keep their own form of it in `foreign`. It stays on the thread of its engine.
public final class SharedValue {
    private var whole: Value?
    private var fields: [Field]
    /// What an evaluator made of this value (libjq's form of it), kept for the next evaluation.
    var foreign: AnyObject?
    /// What an evaluator made of single members.
    var foreignFields: [String: AnyObject] = [:]

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
    }

    /// Creates an object of members, in order; names are distinct.
    public init(fields: [Field]) {
        self.fields = fields
    }

    /// An object of this one's members and more; what is computed in one is there in the other.
    ///
    /// A later member takes the place of an earlier one of its name. Of a whole object the members are taken.
    public func adding(_ more: [Field]) -> SharedValue {
        var all = fields
        if let whole, case .object(let object) = whole { all = object.map { Field($0.0, $0.1) } }
        all.removeAll { one in more.contains { $0.name == one.name } }
        return SharedValue(fields: all + more)
    }

    /// The names of the members where this is an object that computes them, else nil.
    public var fieldNames: [String]? { whole == nil ? fields.map(\.name) : nil }

    /// A member of an object that computes its members; nil if there is none or this is a whole value.
    public func field(_ name: String) -> SharedValue? {
        // A result has some twenty members: comparing their names takes less than a table of them.
        guard whole == nil else { return nil }
        return fields.last { $0.name == name }?.cell.value
    }

    /// The whole value; computes every member.
    public var value: Value {
        if let whole { return whole }
        var object = Value.Object()
        for field in fields { object[field.name] = field.cell.value.value }
        return .object(object)
    }
}
