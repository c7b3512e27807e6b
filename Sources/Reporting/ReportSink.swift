/// Where the bytes of a report go.
public protocol ReportSink: AnyObject {
    /// Adds bytes; they need not be visible to others before `commit`.
    func write(_ bytes: [UInt8]) throws(ReportError)
    /// Makes the report visible as a whole; nothing is written after it.
    func commit() throws(ReportError)
}
