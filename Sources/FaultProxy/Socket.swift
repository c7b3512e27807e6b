internal import Glibc

/// Calls of the system on sockets that do not wait.
enum Socket {
    /// An address in the form that the system reads.
    struct Address {
        var storage: sockaddr_storage
        var length: socklen_t
        var family: Int32 { Int32(storage.ss_family) }

        init() {
            storage = sockaddr_storage()
            length = 0
        }

        /// Calls a body with the address as the system takes it.
        func with<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
            withUnsafePointer(to: storage) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
            }
        }
    }

    static func reason(_ code: Int32) -> String {
        strerror(code).map { String(cString: $0).lowercased() } ?? "error \(code)"
    }

    /// Makes a stream socket that does not wait and is closed by exec.
    static func stream(_ family: Int32) throws(ProxyError) -> Int32 {
        let descriptor = socket(
            family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw ProxyError("socket failed: \(reason(errno))") }
        if family != AF_UNIX { set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1) }
        return descriptor
    }

    static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        _ = setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Closes a connection so that the other side sees a reset.
    static func reset(_ descriptor: Int32) {
        var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
        _ = setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        Glibc.close(descriptor)
    }

    /// The error that a connection has met; 0 for none.
    static func pendingError(_ descriptor: Int32) -> Int32 {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length) == 0 else { return errno }
        return code
    }

    /// The port that a socket is bound to.
    static func port(of descriptor: Int32) -> Int {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let status = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard status == 0 else { return 0 }
        // The port stands at the same place in the addresses of both families.
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { Int(in_port_t(bigEndian: $0.pointee.sin_port)) }
        }
    }

    /// The addresses of a service, in the order in which to try them; may wait for a name server.
    static func addresses(of service: ServiceAddress) -> Result<[Address], ProxyError> {
        switch service {
        case .unix(let path): unixAddress(path)
        case .network(let host, let port): networkAddresses(host, port)
        }
    }

    private static func unixAddress(_ path: String) -> Result<[Address], ProxyError> {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard !bytes.isEmpty, bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            return .failure(ProxyError("the path of the socket is too long"))
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        var made = Address()
        withUnsafeMutableBytes(of: &made.storage) { target in
            withUnsafeBytes(of: &address) { target.copyMemory(from: $0) }
        }
        made.length = socklen_t(MemoryLayout<sockaddr_un>.size)
        return .success([made])
    }

    private static func networkAddresses(_ host: String, _ port: Int) -> Result<[Address], ProxyError> {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else {
            let reason = gai_strerror(code).map { String(cString: $0).lowercased() } ?? "error \(code)"
            return .failure(ProxyError("no address of '\(host)': \(reason)"))
        }
        defer { freeaddrinfo(list) }
        var found: [Address] = []
        var next = list
        while let entry = next {
            var made = Address()
            let length = min(Int(entry.pointee.ai_addrlen), MemoryLayout<sockaddr_storage>.size)
            withUnsafeMutableBytes(of: &made.storage) { target in
                target.copyMemory(from: UnsafeRawBufferPointer(start: entry.pointee.ai_addr, count: length))
            }
            made.length = socklen_t(length)
            found.append(made)
            next = entry.pointee.ai_next
        }
        return .success(found)
    }

    /// Whether a host is written as an address, so that no name server is asked.
    static func isNumeric(_ host: String) -> Bool {
        var v4 = in_addr()
        var v6 = in6_addr()
        return inet_pton(AF_INET, host, &v4) == 1 || inet_pton(AF_INET6, host, &v6) == 1
    }
}
