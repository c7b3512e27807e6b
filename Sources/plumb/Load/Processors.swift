import CLinux
import Glibc
import ScenarioCompiler

/// The processors that this process may use.
enum Processors {
    /// How many there are by the process's affinity and the share that its control group allows; at least 1.
    static var usable: Int {
        let allowed = max(1, Int(plumb_processors()))
        return min(allowed, quota(try? DiskFiles().read("/sys/fs/cgroup/cpu.max", limit: 256)) ?? allowed)
    }

    /// Reads `cpu.max` of cgroup v2, the microseconds of processor time in a period of so many: `150000 100000`.
    static func quota(_ bytes: [UInt8]?) -> Int? {
        let fields = String(decoding: bytes ?? [], as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard fields.count == 2, let time = Double(fields[0]), let period = Double(fields[1]), period > 0 else {
            return nil
        }
        return max(1, Int((time / period).rounded(.up)))
    }
}
