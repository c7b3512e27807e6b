public import Expressions

/// What a worker tells the command, a line of JSON each.
public protocol WorkerEvent: Sendable {
    /// Reads an event from its JSON form; unknown members are left alone.
    init(json: Value) throws(ResultFormatError)
    /// Appends the event as one line of JSON with its line end, every secret replaced.
    func appendJSONLine(to bytes: inout [UInt8], masking mask: SecretMask?)
}
