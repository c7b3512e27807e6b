import ArgumentParser
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
        let words = try ReportWords(text, formats: ReportFormat.all.map(\.name))
        guard let format = ReportFormat.named(words.format), let place = words.place else {
            let service = ReportFormat.named(words.format)?.service
            let example = service?.example ?? "reports/run.\(ReportFormat.named(words.format)?.fileExtension ?? "")"
            throw ValidationError(
                "--report takes FORMAT=\(service == nil ? "PATH" : "URL"), such as \(words.format)=\(example)")
        }
        self.format = format
        path = place
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
