internal import ScenarioModel

extension ReportFormat {
    /// The run's figures, put into a Pushgateway in the place of the last run's.
    public static let pushgateway = ReportFormat(
        name: "pushgateway", fileExtension: "prom", summary: "the same figures, put into a Prometheus Pushgateway",
        service: Service(example: "http://127.0.0.1:9091") { PushgatewayReporter(courier: $0) }
    ) { sink in
        DocumentReporter(sink: sink) { MetricsText(metrics: RunMetrics($0)).bytes }
    }
}

/// Sends the figures when the run has ended.
final class PushgatewayReporter: Reporter {
    private let courier: any ReportCourier

    init(courier: any ReportCourier) { self.courier = courier }

    func receive(_ event: RunEvent) {}

    func finish(_ result: RunResult) throws(ReportError) {
        // PUT replaces all metrics of its group, so that none of an earlier run stays beside those of this one.
        _ = try courier.send(
            ReportMessage(
                method: "PUT", path: PushgatewayGroup.path(profile: result.start.profile),
                contentType: "text/plain; version=0.0.4; charset=utf-8",
                body: MetricsText(metrics: RunMetrics(result)).bytes))
    }
}

/// The group that a run's metrics are kept under, where the address does not name one itself.
public enum PushgatewayGroup {
    /// What marks an address that names its group.
    public static let mark = "/metrics/job"

    /// `/metrics/job/plumb/profile/staging`.
    public static func path(profile: String?) -> String {
        guard let profile, !profile.isEmpty else { return "\(mark)/plumb" }
        // A profile is an identifier, with nothing that would need an escape; whatever else comes is left out.
        return "\(mark)/plumb/profile/"
            + profile.filter { $0.isASCII && ($0.isLetter || $0.isNumber || "_-.".contains($0)) }
    }
}
