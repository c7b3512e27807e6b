import ArgumentParser
import Reporting

/// What `--color` takes.
enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
    case auto, always, never

    /// The same word for the reporters.
    var forTerminal: TerminalStyle.ColorChoice {
        switch self {
        case .auto: .auto
        case .always: .always
        case .never: .never
        }
    }
}
