public import ScenarioModel

/// What a load needs of the process that it runs in.
public struct LoadSurroundings: Sendable {
    /// Told of everything that happens.
    public var sink: @Sendable (LoadEvent) -> Void = { _ in }
    /// The processor time that the process has taken.
    public var processTime: @Sendable () -> Duration = { .zero }
    /// The memory that the process occupies, in bytes.
    public var memory: @Sendable () -> Int = { 0 }
    /// The other loops that this one leads; nil where it has the load to itself.
    public var others: OtherLoops?
    /// Sends a line to the loop that leads; nil where this is it.
    public var toLeader: (@Sendable ([UInt8]) -> Void)?

    /// Creates surroundings that tell nothing.
    public init() {}
}

/// The other loops of a load, each a process of its own; they are numbered from 0.
public struct OtherLoops: Sendable {
    public var count: Int
    /// Sends a line to a loop; one that has gone hears nothing.
    public var send: @Sendable (_ loop: Int, _ line: [UInt8]) -> Void
    /// Ends a loop at once.
    ///
    /// That it has gone is told later, by ``Interpreter/lost(_:_:)``.
    public var end: @Sendable (_ loop: Int) -> Void

    /// Creates the way to so many loops.
    public init(
        count: Int, send: @escaping @Sendable (Int, [UInt8]) -> Void, end: @escaping @Sendable (Int) -> Void
    ) {
        self.count = count
        self.send = send
        self.end = end
    }
}

/// What the command line says of a load.
public struct LoadOptions: Sendable {
    /// The length of an interval.
    public var interval: Duration = .seconds(1)
    /// How long runs that are under way at the end may still take.
    public var drain: Duration = .seconds(30)
    /// The same after an interrupt.
    public var drainOfInterrupt: Duration = .seconds(10)

    /// Creates options with defaults.
    public init() {}
}
