public import Diagnostics

extension Diagnostic.Code {
    /// Every code of the configuration, for `plumb explain`.
    public static let allConfigurationCodes: [Diagnostic.Code] = [
        .configurationFile, .includeCycle, .includeDepth, .environmentFile, .environmentSyntax, .environmentDuplicate,
        .secretTooShort, .secretInEnvironment, .undeclaredSecret, .missingSecret, .missingVariable, .emptyVariable,
        .configurationVariable, .missingConfigurationKey, .missingSuiteKey, .configurationValue, .unknownProfile,
        .profileCycle, .targetKind, .targetSource, .targetCycle, .twoDefaults, .suiteKey, .suiteScenario, .suiteFolder,
        .unusedSuiteKey, .loadExtent, .openCredential,
    ]

    static let configurationFile = Diagnostic.Code(
        "config.file",
        "A configuration file, or one that it includes, could not be read. Paths under `include` are relative to the "
            + "file that includes them; `--config` is relative to the working folder.")
    static let includeCycle = Diagnostic.Code(
        "config.include-cycle", "Files include each other in a circle. Move what they share into a file of its own.")
    static let includeDepth = Diagnostic.Code(
        "config.include-depth", "Files include each other more than 16 levels deep.")
    static let environmentFile = Diagnostic.Code(
        "config.env-file",
        "The env file could not be read. `env_file` is relative to the file that names it, `--env-file` to the working "
            + "folder.")
    static let environmentSyntax = Diagnostic.Code(
        "config.env-syntax",
        "An env file holds KEY=VALUE lines, comments that begin with '#', and nothing else. Values may stand in quotes; "
            + "nothing in them is expanded. The excerpt hides values, as they may be secrets.")
    static let environmentDuplicate = Diagnostic.Code(
        "config.env-duplicate", "An env file sets a variable twice; the later line counts.")
    static let secretTooShort = Diagnostic.Code(
        "config.short-secret",
        "A secret of under 4 bytes is refused: masking so short a text would blot out innocent output, and not masking "
            + "it would show it.")
    static let secretInEnvironment = Diagnostic.Code(
        "config.secret-in-env",
        "A name under `secrets` is read as `$secrets.NAME` only, so that what it holds is masked wherever it goes.")
    static let undeclaredSecret = Diagnostic.Code(
        "config.undeclared-secret", "`$secrets` has the names that the configuration lists under `secrets`, no others.")
    static let missingSecret = Diagnostic.Code(
        "config.missing-secret",
        "A secret that is read here is absent from the environment and from the env file, or set to nothing there.")
    static let missingVariable = Diagnostic.Code(
        "config.missing-variable",
        "An environment variable that is read here is not set, neither by the process nor by the env file, and the "
            + "expression has no default. `$env.NAME // \"text\"` gives one.")
    static let emptyVariable = Diagnostic.Code(
        "config.empty-variable",
        "An environment variable that is read here is set to nothing, and the expression has no default. "
            + "`$env.NAME // \"\"` says that nothing is meant.")
    static let configurationVariable = Diagnostic.Code(
        "config.variable",
        "A configuration is read before any scenario runs, so it knows `$env`, `$secrets` and `$config` only.")
    static let missingConfigurationKey = Diagnostic.Code(
        "config.missing-key", "`$config` is the `integration_tests` tree; this path is not in it.")
    static let missingSuiteKey = Diagnostic.Code(
        "config.missing-suite-key",
        "`$suite` has the keys of the scenario's node of `integration_tests` and of the nodes around it; this key is in "
            + "none of them.")
    static let configurationValue = Diagnostic.Code(
        "config.value", "The value is not of the kind that its key wants, or lies outside its bounds.")
    static let unknownProfile = Diagnostic.Code(
        "config.unknown-profile", "`--profile` and `extends` name a profile of the configuration.")
    static let profileCycle = Diagnostic.Code("config.profile-cycle", "Profiles extend each other in a circle.")
    static let targetKind = Diagnostic.Code(
        "config.target-kind", "A target needs a `kind` that the language knows, or `from` to take another target's.")
    static let targetSource = Diagnostic.Code(
        "config.target-from", "`from` names another target of the same profile.")
    static let targetCycle = Diagnostic.Code(
        "config.target-cycle", "Targets are derived from each other in a circle.")
    static let twoDefaults = Diagnostic.Code(
        "config.two-defaults", "Of the targets of one kind at most one may be marked `default: true`.")
    static let suiteKey = Diagnostic.Code(
        "config.suite-key",
        "A key of `integration_tests` is a letter or two away from one that has a meaning; most likely it is mistyped. "
            + "Data for scenarios needs a name further away.")
    static let suiteScenario = Diagnostic.Code(
        "config.suite-scenario", "`test_scenarios` names files of the suite's folder, without `.yaml`, each once.")
    static let suiteFolder = Diagnostic.Code(
        "config.suite-folder",
        "A node of `integration_tests` lies over no folder of scenarios, so its settings have no effect.")
    static let unusedSuiteKey = Diagnostic.Code(
        "config.unused-suite-key",
        "A key of `integration_tests` has no meaning of its own, and no scenario of its suite reads it as "
            + "`$suite.KEY`.")
    static let loadExtent = Diagnostic.Code(
        "config.load-extent", "A load or a repetition says how long it goes on: by `times` or `for`, one of them.")
}
