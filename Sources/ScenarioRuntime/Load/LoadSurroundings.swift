public import ScenarioModel

/// What a load needs of the process that it runs in.
public struct LoadSurroundings: Sendable {
    /// Told of everything that happens.
    public var sink: @Sendable (LoadEvent) -> Void = { _ in }
    /// The processor time that the process has taken.
    public var processTime: @Sendable () -> Duration = { .zero }
    /// The memory that the process occupies, in bytes.
    public var memory: @Sendable () -> Int = { 0 }

    /// Creates surroundings that tell nothing.
    public init() {}
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
