import Exposition
import Expressions
import FoundationEssentials
import PlumbTesting
import Testing

/// Every case of the public suites: what must be refused is, and the rest has the samples that it says it has.
@Suite(.enabled(if: SharedData.has("data/metrics-text"), "the folder of public test suites is absent"))
struct ExpositionConformanceTests {
    private static func cases() throws -> [Value] {
        let path = try #require(SharedData.path("data/metrics-text/cases.jsonl"))
        let text = try TextFile.read(path)
        return try text.split(separator: "\n").map { try JSON.parse(String($0)).value }
    }

    @Test func `each case is taken or refused as its suite says`() throws {
        let cases = try Self.cases()
        #expect(cases.count > 300)
        for item in cases {
            let id = item["id"]?.string ?? ""
            let isValid = item["should_parse"]?.bool ?? (item["client_python"]?.string == "accept")
            let isTaken = (try? Self.parse(item)) != nil
            #expect(isTaken == isValid, "\(id): \(item["text"]?.string?.debugDescription ?? "")")
        }
    }

    @Test func `each case that is taken has the samples that its suite names`() throws {
        var compared = 0
        for item in try Self.cases() {
            guard let families = item["families"]?.array, let page = try? Self.parse(item) else { continue }
            let text = item["text"]?.string ?? ""
            let isOpen = item["format"]?.string == "openmetrics"
            let expected = families.flatMap { family in
                (family["samples"]?.array ?? []).map { Self.line($0, of: family, isOpen ? nil : text) }
            }
            let found = (0..<page.sampleCount).map { Self.line(page.sample($0)) }
            #expect(found.sorted() == expected.sorted(), "\(item["id"]?.string ?? "")")
            compared += 1
        }
        #expect(compared > 100)
    }

    @Test(arguments: [
        ("1histogram.om.txt", MetricsPage.Format.openMetrics, 42),
        ("alltypes.5mfs.om.txt", .openMetrics, 53),
        ("alltypes.237mfs.prom.txt", .prometheus, 1857),
        ("node_text_0.0.4.txt", .prometheus, 248),
    ])
    func `a page of a real exporter is read`(_ name: String, _ format: MetricsPage.Format, _ count: Int) throws {
        let path = try #require(SharedData.path("data/metrics-text/real/\(name)"))
        let page = try MetricsPage.parse(Array(TextFile.read(path).utf8), as: format)
        #expect(page.sampleCount == count)
    }

    private static func parse(_ item: Value) throws -> MetricsPage {
        try MetricsPage.parse(
            Array((item["text"]?.string ?? "").utf8),
            as: item["format"]?.string == "openmetrics" ? .openMetrics : .prometheus, isStrict: true)
    }

    private static func line(_ sample: Value, of family: Value, _ text: String?) -> String {
        var name = sample["name"]?.string ?? ""
        // The suite's reader writes counters of Prometheus's text as OpenMetrics has them.
        if let text, family["type"]?.string == "counter", !text.contains(name), name.hasSuffix("_total") {
            name = String(name.dropLast(6))
        }
        let labels = (sample["labels"]?.object ?? .init()).map { MetricSample.Label($0.0, $0.1.string ?? "") }
        let exemplar = (sample["exemplar"]?["labels"]?.object ?? .init()).map {
            MetricSample.Label($0.0, $0.1.string ?? "")
        }
        return line(
            name, labels, number(double(sample["value"]) ?? .nan), double(sample["timestamp"]), exemplar)
    }

    private static func line(_ sample: MetricSample) -> String {
        line(
            sample.name, sample.labels, sample.histogram == nil ? number(sample.value) : "NaN", sample.time,
            sample.exemplar?.labels ?? [])
    }

    /// A number of the suite; infinities, and what a double would round, stand there as texts.
    private static func double(_ value: Value?) -> Double? { value?.number ?? value?.string.flatMap { Double($0) } }

    private static func number(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        return number.isInfinite ? (number < 0 ? "-Inf" : "+Inf") : number.description
    }

    private static func line(
        _ name: String, _ labels: [MetricSample.Label], _ value: String, _ time: Double?,
        _ exemplar: [MetricSample.Label]
    ) -> String {
        func text(_ labels: [MetricSample.Label]) -> String {
            labels.map { "\($0.name)=\($0.value)" }.sorted().joined(separator: ",")
        }
        return "\(name){\(text(labels))} \(value) \(time.map(\.description) ?? "") # \(text(exemplar))"
    }
}
