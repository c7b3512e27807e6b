/// Puts proxies before targets and on links, for the faults of a run.
///
/// Lives on one loop and is called there only.
public protocol FaultProxies: AnyObject {
    /// Puts a proxy of its own before a target, whose connections go through it from now on.
    ///
    /// - Throws: Why that cannot be, such as a target that has no address.
    func stand(before target: ResolvedTarget) throws(StepFailure) -> any FaultPoint
    /// The proxies of a link, which stand as long as the run; nil for a link that is not declared.
    ///
    /// - Throws: Why they are not there, such as a port that is taken.
    func link(_ name: String) throws(StepFailure) -> (any FaultPoint)?
    /// Closes all of them.
    func close()
}

/// A place on which faults are put.
public protocol FaultPoint: AnyObject {
    /// Puts trouble in force; returns what lifts it.
    func strike(_ settings: [FaultSettings], seed: String) -> Int
    /// Ends trouble; the connections that it struck are closed.
    func lift(_ strike: Int)
    /// Why the service behind it could not be reached, the last time it was tried.
    var complaint: String? { get }
    /// Ends the place and its connections.
    func close()
}
