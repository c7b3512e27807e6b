import Diagnostics
import EventLoop
import Expressions
import Glibc
import HTTPTransport
import ScenarioModel

/// What a run finds around it: its configuration, the environment's values, libraries, and the system's limits.
struct Surroundings {
    /// A line of the report: what was looked at, what was found, and what to do where that is not enough.
    struct Finding {
        var name: String
        var facts: String
        var advice: String?
    }

    private let configuration: Configuration

    init(_ configuration: Configuration) { self.configuration = configuration }

    /// The findings, none of which needs a connection.
    var findings: [Finding] { [file, profile, secrets, curl, jq, descriptors].compactMap { $0 } }

    private var file: Finding {
        guard let file = configuration.file else {
            return Finding(
                name: "configuration", facts: "none, defaults hold",
                advice: "write a plumb.yaml beside the scenarios to declare targets")
        }
        let profile = configuration.profile.map { ", profile \($0)" } ?? ""
        let others = configuration.profiles.filter { $0 != configuration.profile }
        let more = others.isEmpty ? "" : " (others: \(others.joined(separator: ", ")))"
        let included =
            configuration.includedFiles.isEmpty ? "" : " with " + configuration.includedFiles.joined(separator: ", ")
        return Finding(name: "configuration", facts: "\(file.path)\(included)\(profile)\(more)")
    }

    /// What the author says of the profile, which may be how its services are had.
    private var profile: Finding? {
        configuration.profileDescription.map { Finding(name: "profile", facts: $0) }
    }

    /// The declared secrets: whether they are there, never what they are.
    private var secrets: Finding? {
        guard !configuration.secrets.isEmpty else { return nil }
        let names = configuration.secrets.keys.sorted()
        let missing = names.filter { configuration.secrets[$0] == .some(nil) }
        let states = names.map { name in
            guard missing.contains(name) else { return "\(name) is set" }
            return configuration.emptySecrets.contains(name) ? "\(name) is empty" : "\(name) is missing"
        }
        return Finding(
            name: "secrets", facts: states.joined(separator: ", "),
            advice: missing.isEmpty
                ? nil
                : "set \(missing.joined(separator: ", ")) in the environment or in the env file, where they are needed")
    }

    private var curl: Finding { Finding(name: "libcurl", facts: CurlVersion.text) }

    /// The version of libjq, told by the functions that it has, and how long a first evaluation takes.
    private var jq: Finding {
        let text = LocatedText(
            verbatim: "[builtins[] | select(IN(\"ltrimstr/1\", \"pick/1\", \"trimstr/1\"))] | length", at: Self.nowhere)
        var problems: [Diagnostic] = []
        let began = Instant.now
        guard let expression = Expression.parse(text, role: .template, into: &problems),
            let count = try? ExpressionEngine([expression]).value(of: expression, in: EvaluationContext()).number
        else {
            return Finding(name: "libjq", facts: "does not answer", advice: "install libjq1, version 1.6 or later")
        }
        let ms = Int((Instant.now - began).milliseconds)
        let version = count > 2 ? "1.8 or later" : count > 1 ? "1.7" : "1.6"
        return Finding(name: "libjq", facts: "\(version), first expression after \(ms) ms")
    }

    private static var nowhere: SourceSpan { SourceSpan(SourceFile(path: "", bytes: []), 0..<0) }

    private var descriptors: Finding {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return Finding(name: "open files", facts: "unknown")
        }
        return Finding(
            name: "open files", facts: "at most \(limit.rlim_cur)",
            advice: limit.rlim_cur < 256 ? "raise the limit with 'ulimit -n 1024'" : nil)
    }
}
