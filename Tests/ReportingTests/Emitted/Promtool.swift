import FoundationEssentials
import Glibc
import PlumbTesting

/// Prometheus's own checks, where they are found.
enum Promtool {
    /// In `PLUMB_PROMETHEUS_BIN`, `PATH`, or where `scripts/unpack-metrics-servers` puts it; nil where it is not.
    static var path: String? {
        let environment = ProcessInfo.processInfo.environment
        let folders =
            (environment["PLUMB_PROMETHEUS_BIN"].map { [$0] } ?? [])
            + (environment["PATH"] ?? "").split(separator: ":").map(String.init)
            + [PackageFolder.path + "/.build/metrics-servers/usr/bin"]
        return folders.map { $0 + "/promtool" }.first { access($0, X_OK) == 0 }
    }
}
