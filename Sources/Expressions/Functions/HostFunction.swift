/// A function that jq cannot compute and Plumb does.
///
/// Its calls are evaluated before the expression around them, so each must stand where its input is
/// known then: at the top of the expression, or behind pipes that begin there.
enum HostFunction: String, Sendable, CaseIterable {
    case uuid
    case randomInteger = "rand_int"
    case randomText = "rand_str"
    case sha256
    case hmacSHA256 = "hmac_sha256"
    case matchesSchema = "matches_schema"

    /// The number of arguments.
    var arity: Int {
        switch self {
        case .uuid, .sha256: 0
        case .randomText, .hmacSHA256, .matchesSchema: 1
        case .randomInteger: 2
        }
    }

    /// Whether it computes with `.`.
    var readsInput: Bool {
        switch self {
        case .uuid, .randomInteger, .randomText: false
        case .sha256, .hmacSHA256, .matchesSchema: true
        }
    }

    /// Whether it looks random, and is the same for the same seed.
    var isSeeded: Bool {
        switch self {
        case .uuid, .randomInteger, .randomText: true
        case .sha256, .hmacSHA256, .matchesSchema: false
        }
    }

    /// The function that a call means, if it is one of these.
    init?(name: String, arity: Int) {
        guard let function = Self(rawValue: name), function.arity == arity else { return nil }
        self = function
    }
}

/// A call of a host function in an expression.
struct HostCall: Sendable {
    let function: HostFunction
    /// Where the call stands, for messages and for the seed.
    let range: Range<Int>
    /// A jq text that yields `[input, argument…]`; nil where nothing has to be evaluated.
    let preparation: String?
    /// The arguments where there is no preparation.
    let arguments: [Value]
    /// Whether the call stands behind a pipe, beside other parts that read the same input.
    let wantsOneInput: Bool
}
