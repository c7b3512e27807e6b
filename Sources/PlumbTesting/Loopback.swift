import Glibc

/// The loopback address 127.0.0.1 and its ports.
public enum Loopback {
    /// Returns a port that nobody listens on: to connect there is to be refused.
    public static func unusedPort() throws -> Int {
        let socket = try bound()
        defer { close(socket) }
        return try port(of: socket)
    }

    /// Makes a socket bound to a free port.
    static func bound() throws(SystemError) -> Int32 {
        let descriptor = try stream()
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        let status = withAddress(port: 0) { Glibc.bind(descriptor, $0, $1) }
        let number = errno
        guard status == 0 else {
            close(descriptor)
            throw SystemError("bind", number)
        }
        return descriptor
    }

    /// Makes a TCP socket that does not block and is closed by exec.
    static func stream() throws(SystemError) -> Int32 {
        let descriptor = socket(
            AF_INET,
            Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SystemError("socket", errno) }
        return descriptor
    }

    /// Calls a body with the address of a port.
    static func withAddress(port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    /// Returns the port that a socket is bound to.
    static func port(of descriptor: Int32) throws(SystemError) -> Int {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard status == 0 else { throw SystemError("getsockname", errno) }
        return Int(in_port_t(bigEndian: address.sin_port))
    }
}
