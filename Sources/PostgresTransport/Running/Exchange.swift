internal import CLinux

/// How one exchange stands: what was sent, and what came of it so far.
struct Exchange {
    let receiver: (any PostgresReceiver)?
    /// The most bytes of one answer.
    let limit: Int
    let wantsParameterTypes: Bool
    var progress = QueryProgress()
    /// What arrived since the last answer was complete.
    var bytesSinceAnswer = 0
    /// What large blocks of memory came to before the last read, where that could be of a large answer.
    private var mappedBefore: Int?
    var isSending = true
    /// Whether the receiver knows the columns of the statement under way.
    var hasBegun = false
    var parameterTypes: [UInt32] = []

    init(_ receiver: (any PostgresReceiver)?, limit: Int, wantsParameterTypes: Bool = false) {
        self.receiver = receiver
        self.limit = limit
        self.wantsParameterTypes = wantsParameterTypes
    }

    /// Takes note of the memory in use, where what waits in the socket may begin a large answer.
    mutating func noteRoom(waiting: Int) {
        mappedBefore = waiting >= Self.largeArrival ? Int(plumb_mapped_bytes()) : nil
    }

    /// A row that fills the server's buffer arrives in pieces of it, 8 KiB; what is less is not looked at.
    private static let largeArrival = 4096

    /// Whether libpq has made room for an answer far beyond the limit.
    ///
    /// It does so as soon as it knows an answer's length, and would then take all of it in by a single read where
    /// the server is quick. Room is made by doubling; a receiver's list of ten million rows doubles by less than
    /// 288 MiB in the same time.
    var makesTooMuchRoom: Bool {
        guard let mappedBefore else { return false }
        return Int(plumb_mapped_bytes()) - mappedBefore > max(2 * limit, 288 << 20)
    }
}
