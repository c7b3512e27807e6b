internal import Expressions
internal import HTTPTransport
internal import ScenarioModel
internal import ScenarioSyntax

/// What a target of Qdrant means to the driver: the HTTP connection, and what every request carries.
struct QdrantConnection {
    let http: HTTPConnection
    /// Query parameters of requests that read, and of those that write.
    let reading: String
    let writing: String

    init(_ target: ResolvedTarget) throws(StepFailure) {
        http = try HTTPConnection.of(target)
        let reader = TargetSettings(target, code: .vectorSetting)
        var common: [String] = []
        if let timeout = try reader.duration("server_timeout") {
            let seconds = max(1, Int(timeout.components.seconds))
            common.append("timeout=\(seconds)")
        }
        var reading = common
        if let consistency = try reader.text("consistency") { reading.append("consistency=\(consistency)") }
        var writing = ["wait=true"] + common
        if let ordering = try reader.text("ordering") { writing.append("ordering=\(ordering)") }
        self.reading = reading.isEmpty ? "" : "?" + reading.joined(separator: "&")
        self.writing = "?" + writing.joined(separator: "&")
        self.common = common.isEmpty ? "" : "?" + common.joined(separator: "&")
    }

    /// Query parameters of requests that change collections.
    let common: String
}
