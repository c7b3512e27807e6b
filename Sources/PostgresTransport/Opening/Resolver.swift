internal import Glibc

/// Addresses of names; blocks, so that it needs a thread.
enum Resolver {
    /// Why a name has no address.
    struct Failure: Error, Hashable {
        var reason: String
        /// Whether the name server answered that there is no such name, rather than nothing.
        var isFinal: Bool
    }

    /// The addresses of a name as text, in the order in which they are to be tried.
    ///
    /// The corresponding C function is `getaddrinfo`.
    static func addresses(of host: String) -> Result<[String], Failure> {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_ADDRCONFIG
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, nil, &hints, &list)
        guard code == 0 else {
            let reason = unsafe gai_strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
            return .failure(
                Failure(reason: reason.prefix(1).lowercased() + reason.dropFirst(), isFinal: code == EAI_NONAME))
        }
        defer { unsafe freeaddrinfo(list) }
        var found: [String] = []
        var next = unsafe list
        while let entry = unsafe next {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let status = unsafe getnameinfo(
                entry.pointee.ai_addr, entry.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
            if status == 0 {
                let address = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
                if !found.contains(address) { found.append(address) }
            }
            unsafe next = unsafe entry.pointee.ai_next
        }
        return .success(found)
    }

    /// Whether a text is an address, which needs no thread.
    static func isAddress(_ host: String) -> Bool {
        var v4 = in_addr()
        var v6 = in6_addr()
        return unsafe (inet_pton(AF_INET, host, &v4) == 1 || inet_pton(AF_INET6, host, &v6) == 1)
    }
}
