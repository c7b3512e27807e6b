extension RawServer {
    /// One act of a connection's script; the connection closes behind the last.
    public enum Step: Sendable, Hashable {
        /// Reads and records a request; the script ends where the client closes instead.
        case readRequest
        /// Reads that many bytes.
        case read(Int)
        case send(String)
        case sendBytes([UInt8])
        /// Sends a byte at a time, with a pause before each.
        case drip([UInt8], every: Duration)
        /// Sends the same bytes over and over, until the client goes or that many bytes are sent.
        case sendRepeatedly([UInt8], bytes: Int)
        case pause(Duration)
        /// Takes what comes and answers nothing, until the client closes.
        case hang
        /// Ends the sending side only.
        case closeSending
        case close
        /// Closes with a TCP reset.
        case reset

        /// Reads a request and sends a JSON answer with its length.
        public static func answer(_ json: String, status: Int = 200) -> [Step] {
            [.readRequest, .sendBytes(HTTPReply.json(json, status: status).wholeBytes)]
        }
    }
}

extension RawServer.Connection {
    /// Does what one step of a script says.
    public func play(_ step: RawServer.Step) throws(RawServer.Ended) {
        switch step {
        case .readRequest: guard try readRequest() != nil else { throw .byClient }
        case .read(let count): _ = try read(count)
        case .send(let text): try send(text)
        case .sendBytes(let bytes): try send(bytes)
        case .drip(let bytes, let pause):
            for byte in bytes {
                try self.pause(pause)
                try send([byte])
            }
        case .sendRepeatedly(let bytes, let limit):
            var left = limit
            while left > 0, !bytes.isEmpty {
                try send(Array(bytes.prefix(left)))
                left -= bytes.count
            }
        case .pause(let duration): try pause(duration)
        case .hang: try hang()
        case .closeSending: closeSending()
        case .close: close()
        case .reset: reset()
        }
    }
}
