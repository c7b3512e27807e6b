/// Tells what a failure to connect is from the text that libpq leaves, which is all it leaves.
///
/// A server's refusal is written with its SQLSTATE, as the connection asks for; the rest are libpq's own English words.
enum ConnectFailure {
    /// The error for libpq's text.
    static func error(_ text: String, at entry: HostEntry, stage: PQHandle.Stage) -> PostgresError {
        if let complaint = complaint(in: text) { return refusal(complaint, at: entry) }
        let phase: PostgresError.Phase = stage == .securing ? .tls : .connect
        let words = text.lowercased()
        for (sign, kind) in signs where words.contains(sign) {
            return described(kind, text, entry, phase)
        }
        return described(phase == .tls ? .tls : .protocol, text, entry, phase)
    }

    /// What libpq writes, and which class that is; the first that fits counts.
    private static let signs: [(String, PostgresError.Kind)] = [
        ("connection refused", .refused),
        ("no such file or directory\n\tis the server running locally", .refused),
        ("could not translate host name", .dns),
        ("received invalid response to ssl", .protocol),
        ("invalid sslmode", .invalidRequest),
        ("invalid port", .invalidRequest),
        ("invalid integer", .invalidRequest),
        ("invalid channel_binding", .invalidRequest),
        ("invalid target_session_attrs", .invalidRequest),
        ("invalid ssl", .invalidRequest),
        ("invalid connection option", .invalidRequest),
        ("no password supplied", .auth),
        ("password retrieved", .auth),
        ("authentication method", .auth),
        ("scram", .auth),
        ("ssl", .tls),
        ("certificate", .tls),
        ("session is read-only", .rejected),
        ("session is not read-only", .rejected),
        ("server is in hot standby", .rejected),
        ("server is not in hot standby", .rejected),
        ("timed out", .unreachable),
        ("timeout expired", .unreachable),
        ("no route to host", .unreachable),
        ("network is unreachable", .unreachable),
        ("permission denied", .unreachable),
        ("cannot assign requested address", .unreachable),
        ("too many open files", .unreachable),
        ("server closed the connection unexpectedly", .reset),
        ("connection reset", .reset),
        ("broken pipe", .reset),
        ("could not receive data", .reset),
        ("could not send data", .reset),
    ]

    private static func described(
        _ kind: PostgresError.Kind, _ text: String, _ entry: HostEntry, _ phase: PostgresError.Phase
    ) -> PostgresError {
        let reason = firstLine(text)
        switch kind {
        case .refused:
            return PostgresError(
                kind, "nothing listens at \(entry.place)",
                hint: "start the server, or correct 'host' and 'port' of the target", phase: .connect)
        case .tls:
            return PostgresError(kind, "TLS with \(entry.place) failed: \(reason)", hint: tlsHint(text), phase: .tls)
        case .auth:
            return PostgresError(
                kind, "\(entry.place) wants credentials: \(reason)",
                hint: "give 'user' and 'password' of the target", phase: .connect)
        case .reset:
            return PostgresError(
                kind, "\(entry.place) closed the connection while it was being opened",
                hint: "is this the port of a PostgreSQL server?", phase: phase)
        case .protocol:
            return PostgresError(
                kind, "\(entry.place) does not answer as PostgreSQL does: \(reason)",
                hint: "is this the port of a PostgreSQL server?", phase: phase)
        default:
            return PostgresError(kind, "no connection to \(entry.place): \(reason)", phase: phase)
        }
    }

    private static func tlsHint(_ text: String) -> String {
        if text.contains("does not support SSL") {
            return "the server has no TLS; 'sslmode: disable' of the target does without"
        }
        if text.contains("root certificate file") || text.contains("certificate verify failed") {
            return "name the authority that signed the certificate: 'sslrootcert: FILE' of the target"
        }
        if text.contains("does not match host name") {
            return "connect by the name in the certificate; 'sslmode: verify-ca' does not compare it"
        }
        return "look at 'sslmode', 'sslrootcert', 'sslcert' and 'sslkey' of the target"
    }

    /// What the server said no with.
    static func refusal(_ complaint: ServerComplaint, at entry: HostEntry) -> PostgresError {
        let state = complaint.sqlstate ?? ""
        let message = complaint.message
        func error(_ kind: PostgresError.Kind, _ hint: String?, _ phase: PostgresError.Phase = .connect)
            -> PostgresError
        {
            PostgresError(
                kind, "\(entry.place): \(message)", hint: complaint.hint ?? hint, phase: phase, complaint: complaint)
        }
        if message.contains("no encryption") || message.contains("SSL off") {
            return error(.tls, "the server wants TLS: 'sslmode: require' of the target", .tls)
        }
        switch state {
        case "53300":
            return error(.refused, "lower 'pool' of the target, or raise 'max_connections' of the server")
        case "57P03": return error(.refused, "the server is starting or stopping; 'retry' waits for it")
        case "3D000": return error(.rejected, "correct 'dbname' of the target, or create the database")
        case _ where state.hasPrefix("28"): return error(.auth, "correct 'user' and 'password' of the target")
        default: return error(.rejected, nil)
        }
    }

    /// The server's own words in a text of libpq: `FATAL:  28P01: password authentication failed`.
    static func complaint(in text: String) -> ServerComplaint? {
        var complaint: ServerComplaint?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if complaint == nil {
                complaint = headline(line)
            } else if let value = line.value(of: "DETAIL:  ") {
                complaint?.detail = value
            } else if let value = line.value(of: "HINT:  ") {
                complaint?.hint = value
            }
        }
        return complaint
    }

    /// Severity, state and message; what libpq says of the address stands before them in the line.
    private static func headline(_ line: Substring) -> ServerComplaint? {
        let bytes = Array(line.utf8)
        let separator = Array(":  ".utf8)
        var index = 0
        while index + separator.count + 6 < bytes.count {
            defer { index += 1 }
            guard bytes[index...].starts(with: separator) else { continue }
            let state = bytes[(index + 3)..<(index + 8)]
            let isState = state.allSatisfy { (48...57).contains($0) || (65...90).contains($0) }
            guard isState, bytes[index + 8] == UInt8(ascii: ":") else { continue }
            let severity = bytes[..<index].suffix(while: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: ":") })
            let message = bytes[(index + 9)...].drop { $0 == UInt8(ascii: " ") }
            return ServerComplaint(
                sqlstate: String(decoding: state, as: UTF8.self), message: String(decoding: message, as: UTF8.self),
                severity: String(decoding: severity, as: UTF8.self))
        }
        return nil
    }

    /// The first line of a text, without what libpq says of the address before it.
    private static func firstLine(_ text: String) -> String {
        let line = text.split(separator: "\n").first.map(String.init) ?? "no reason is given"
        guard line.hasPrefix("connection to server"), let end = line.range(of: " failed: ") else { return line }
        return String(line[end.upperBound...])
    }
}

extension Substring {
    fileprivate func value(of key: String) -> String? { hasPrefix(key) ? String(dropFirst(key.count)) : nil }
}

extension ArraySlice<UInt8> {
    fileprivate func suffix(while holds: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        var start = endIndex
        while start > startIndex, holds(self[start - 1]) { start -= 1 }
        return self[start...]
    }
}

extension String {
    /// Where a text stands in this one.
    fileprivate func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
