import ArgumentParser
import ScenarioCompiler
import ScenarioSyntax
import StepDrivers

/// `plumb schema`: prints a JSON Schema.
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Prints the JSON Schema of scenarios, of the configuration, or of a report.",
        discussion: """
            For editors that check YAML while it is written:
              plumb schema scenario > scenario.schema.json
            """)

    @Argument(
        help: "Of what: scenario, config, report (--report json), event (--report jsonl), load (both of 'plumb load').")
    var subject: Subject

    mutating func run() throws { Streams.out(subject.text) }

    /// What there is a schema of.
    enum Subject: String, CaseIterable, ExpressibleByArgument {
        case scenario, config, report, event, load

        /// The schema; those of files that Plumb reads are made of the tables by which it reads them.
        var text: String {
            switch self {
            case .scenario: JSONSchemaWriter.write(ScenarioKeys(kinds: StepKinds.all).scenario, title: "Plumb scenario")
            case .config: JSONSchemaWriter.write(ConfigurationKeys.root(StepKinds.all), title: "Plumb configuration")
            case .report: String(decoding: PackageResources.report_json, as: UTF8.self)
            case .event: String(decoding: PackageResources.event_json, as: UTF8.self)
            case .load: String(decoding: PackageResources.load_json, as: UTF8.self)
            }
        }
    }
}
