/// A request that carries a report, or a part of one, to a service.
public struct ReportMessage: Sendable, Hashable {
    public var method: String
    /// What stands behind the address that the user gave, with a slash at its beginning.
    public var path: String
    public var contentType: String
    public var body: [UInt8]

    /// Creates a message.
    public init(method: String, path: String, contentType: String, body: [UInt8]) {
        self.method = method
        self.path = path
        self.contentType = contentType
        self.body = body
    }
}

/// Carries reports to a service; reporters decide what is sent, and this how.
public protocol ReportCourier: AnyObject {
    /// The address as people may see it, without a password.
    var address: String { get }
    /// Sends a message until the service has taken it, again where it is only busy; returns the answer's body.
    ///
    /// - Throws: Why it could not be delivered in the time that there is.
    func send(_ message: ReportMessage) throws(ReportError) -> [UInt8]
}
