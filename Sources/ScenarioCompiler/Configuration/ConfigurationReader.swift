public import Diagnostics
public import ScenarioModel

/// Reads the configuration of a run, in this order: the file is found, its includes are merged (included < own), a
/// profile is chosen and laid over it, the env file and the secrets are read, then every part into its type.
///
/// The profiles that are not chosen are read too, so that lint finds what is wrong in them; only what depends on this
/// machine's environment is left out for them.
public enum ConfigurationReader {
    /// Returns the configuration, with Plumb's defaults where no file is found; nil after an error.
    public static func load(
        _ request: ConfigurationRequest, kinds: [any StepKind], files: any FileAccess, environment: [String: String],
        into diagnostics: inout [Diagnostic]
    ) -> Configuration? {
        var loading = ConfigurationLoading(request, kinds: kinds, files: files, environment: environment)
        let configuration = loading.load()
        // Each profile reads the parts that they share, and finds the same problems in them.
        var known: Set<Diagnostic> = []
        let found = loading.inFileOrder.filter { known.insert($0).inserted }
        diagnostics += found
        return found.contains { $0.severity == .error } ? nil : configuration
    }
}
