internal import Diagnostics
internal import HTTPTransport
internal import ScenarioModel

/// What a target's answer to `plumb doctor` means.
enum HTTPExamination {
    /// Any answer of HTTP will do: the status is a fact, not a verdict.
    static func of(
        _ result: Result<HTTPResponse, HTTPError>, _ url: String, _ target: ResolvedTarget
    ) -> Examination {
        let response: HTTPResponse
        switch result {
        case .success(let answer): response = answer
        case .failure(let error):
            guard error.kind == .tooLarge, let partial = error.partial else {
                return Examination(
                    isReachable: false, facts: [error.message], advice: advice(error, url.withoutUserInfo, target))
            }
            response = partial
        }
        var facts = [
            "\(url.withoutUserInfo) answered \(HTTPReason.line(response.status)) over HTTP/\(response.version)",
            "latency \(milliseconds(response.timing.total)) ms, connecting \(milliseconds(response.timing.connect)) ms",
        ]
        // The address of a target is a prefix: that there is nothing at it by itself is usual.
        if (400..<500).contains(response.status), ![401, 403].contains(response.status) {
            facts[0] += ": any answer shows that the service is reachable"
        }
        if let server = response.header("server") { facts.append("server: \(server.prefix(120))") }
        if let certificate = response.certificate {
            facts.append("certificate for \(certificate.subject), valid until \(certificate.notAfter)")
        }
        let refusal: String? =
            switch response.status {
            case 401, 403: "it asks for credentials: look at 'auth' and 'headers' of target '\(target.name)'"
            case 500...: "it answers, but not well: look into its log"
            default: nil
            }
        return Examination(isReachable: true, facts: facts, advice: refusal)
    }

    private static func advice(_ error: HTTPError, _ url: String, _ target: ResolvedTarget) -> String? {
        switch error.kind {
        case .refused: "start the service, or correct 'url' of target '\(target.name)'; it says \(url)"
        case .dns: "correct the host in 'url' of target '\(target.name)', or give the target a 'resolve' entry"
        case .unreachable, .connectTimeout, .timeout:
            error.hint ?? "look whether a firewall or a VPN stands between here and \(url)"
        default: error.hint
        }
    }

    private static func milliseconds(_ value: Double) -> String { String((value * 10).rounded() / 10) }
}
