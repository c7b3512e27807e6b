import Expressions
import ScenarioModel

extension Configuration.SandboxSettings {
    /// The settings as arguments of `plumb sandbox`.
    var arguments: [String] {
        options.flatMap { name, value -> [String] in
            let text = value.array.map { $0.map(\.tostring).joined(separator: ",") } ?? value.tostring
            return ["--\(String(name.map { $0 == "_" ? "-" : $0 }))", text]
        }
    }
}
