/// Where in a run a task is: the test and the steps down to the one that runs.
///
/// Tests share one thread and take turns at every wait, so that the step which began last need not be the one that
/// evaluates. Whoever watches evaluations reads the position of the task that it is called on.
public struct RunPosition: Sendable, Hashable {
    /// The index of the test in the run.
    public var test: Int
    /// The ids of the steps, outermost first: `login → chat`; empty before the first.
    public var trail: String

    /// The position of the current task; nil outside of tests.
    @TaskLocal public static var current: RunPosition?
}
