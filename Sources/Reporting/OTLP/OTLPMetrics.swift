internal import Expressions
internal import ScenarioModel

/// The run's metrics in the form of OTLP.
struct OTLPMetrics {
    let metrics: RunMetrics
    let start: RunStart

    /// The request that exports them.
    var request: Value {
        let time = OTLPValue.time(metrics.end * 1000)
        let list = metrics.families.filter { !$0.samples.isEmpty }.map { family -> Value in
            let points = family.samples.map { sample -> Value in
                [
                    "timeUnixNano": time, "asDouble": .number(sample.value),
                    "attributes": OTLPValue.attributes(sample.labels.map { ($0.name, .string($0.value)) }),
                ]
            }
            return [
                "name": .string(Self.name(of: family)), "description": .string(family.help),
                "unit": family.unit == nil ? "1" : "s", "gauge": ["dataPoints": .array(points)],
            ]
        }
        return [
            "resourceMetrics": [
                [
                    "resource": OTLPValue.resource(version: start.version, run: start.id),
                    "scopeMetrics": [
                        ["scope": OTLPValue.scope(version: start.version), "metrics": .array(list)]
                    ],
                ]
            ]
        ]
    }

    /// `plumb.run.duration` of `plumb_run_duration_seconds`, which a Prometheus makes of it once more.
    private static func name(of family: RunMetrics.Family) -> String {
        let base = family.unit == nil ? family.name[...] : family.name.dropLast("_seconds".count)
        let parts = base.split(separator: "_", maxSplits: 2)
        return parts.joined(separator: ".")
    }
}
