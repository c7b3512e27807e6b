/// What libcurl says about a transfer when it is over, as plain values.
struct TransferReport {
    /// Why the transfer is over.
    enum End: Equatable {
        /// libcurl ended it, with this `CURLcode`.
        case finished(UInt32)
        case expired
        case cancelled
    }

    /// Microseconds from the start to the end of each phase, 0 for one that was not reached.
    struct Times {
        var dns: Int64 = 0
        var connect: Int64 = 0
        var tls: Int64 = 0
        var ready: Int64 = 0
        var firstByte: Int64 = 0
        var total: Int64 = 0
    }

    var end: End
    /// libcurl's words, empty when it has none.
    var message = ""
    /// The `errno` of the failed connection.
    var systemError: Int32 = 0
    /// OpenSSL's verdict on the certificate, 0 for a good one.
    var verifyResult = 0
    /// The status with which a proxy refused to connect.
    var proxyStatus = 0
    var times = Times()
    /// How many connections were opened for the transfer.
    var connectionCount = 0
    /// Our port of the connection; 0 before there is one.
    var localPort = 0
    var uploaded = 0
    var requestSize = 0
    var certificate: HTTPResponse.Certificate?
}
