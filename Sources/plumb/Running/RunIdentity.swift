import CLinux
import Glibc

/// What makes a run distinct: random names and the time of the wall clock.
enum RunIdentity {
    /// Twelve letters and digits from the system's source of chance.
    static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        let letters = Array("abcdefghijkmnpqrstuvwxyz23456789")
        return String((0..<12).map { _ in letters[Int.random(in: letters.indices, using: &generator)] })
    }

    /// The time of the wall clock in milliseconds since 1970.
    static func milliseconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1e6
    }

    /// The time of the wall clock, RFC 3339 in UTC.
    static func now() -> String {
        var time = Glibc.time(nil)
        var parts = tm()
        gmtime_r(&time, &parts)
        var buffer = [CChar](repeating: 0, count: 32)
        let count = strftime(&buffer, buffer.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
