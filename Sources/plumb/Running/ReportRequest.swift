import ArgumentParser
import Diagnostics
import Reporting
import ScenarioModel

/// `FORMAT=PATH` of `--report`, or `FORMAT=URL` where the format is sent to a service.
struct ReportRequest {
    let format: ReportFormat
    /// A path, `-`, or a URL as it was given.
    let path: String
    /// Where it is sent; nil for a file and for standard output.
    let address: ReportAddress?

    init(_ text: String) throws {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let names = ReportFormat.all.map(\.name)
        guard let format = ReportFormat.named(parts[0]) else {
            let near = NearestName.of(parts[0], in: names).map { "; did you mean '\($0)'?" } ?? ""
            throw ValidationError(
                "there is no report format '\(parts[0])': use \(names.joined(separator: ", "))\(near)")
        }
        guard parts.count == 2, !parts[1].isEmpty else {
            let example = format.service?.example ?? "reports/run.\(format.fileExtension)"
            throw ValidationError(
                "--report takes FORMAT=\(format.service == nil ? "PATH" : "URL"), such as \(format.name)=\(example)")
        }
        self.format = format
        path = parts[1]
        guard let service = format.service, path != "-" else {
            address = nil
            return
        }
        guard let address = ReportAddress(path) else {
            throw ValidationError(
                "\(format.name) is sent to a service, and what stands behind '=' is no http or https URL: write "
                    + "\(format.name)=\(service.example)")
        }
        self.address = address
    }

    /// Opens the file, or readies what sends; nothing is sent before the run has ended.
    func reporter(_ plan: RunPlan, _ signals: Signals) throws(ReportError) -> any Reporter {
        guard let address, let service = format.service else { return format.make(try ReportFile(path: path)) }
        let delivery = ReportDelivery(address, headers: headers(plan.configuration), signals: signals)
        delivery.isBinary = variable("OTEL_EXPORTER_OTLP_PROTOCOL", plan.configuration) == "http/protobuf"
        return service.make(delivery)
    }

    /// What `OTEL_EXPORTER_OTLP_HEADERS` adds.
    private func headers(_ configuration: Configuration) -> [(name: String, value: String)] {
        ReportAddress.headers(variable("OTEL_EXPORTER_OTLP_HEADERS", configuration))
    }

    /// A variable for reports by OTLP, from the environment or an env file, declared secret or not; empty for others.
    private func variable(_ name: String, _ configuration: Configuration) -> String {
        guard format.name == ReportFormat.otlp.name else { return "" }
        return configuration.secrets[name].flatMap(\.self) ?? configuration.environment[name] ?? ""
    }
}
