/// A page of metrics, read: its families, and its samples in a compact form.
///
/// A sample is kept as places in the page's own bytes, so that a page of half a million samples takes little more than
/// itself; texts are made of those that a selector picks.
public struct MetricsPage: Sendable {
    /// How a page is written.
    public enum Format: Sendable, Hashable {
        /// Prometheus's text format 0.0.4.
        case prometheus
        /// OpenMetrics 1.0, which ends with `# EOF`.
        case openMetrics

        /// The format that a content type names; Prometheus's where it names none.
        public init(contentType: String) {
            let essence = contentType.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
            self = essence == "application/openmetrics-text" ? .openMetrics : .prometheus
        }
    }

    public let format: Format
    public let families: [MetricFamily]
    /// Values that their metrics cannot have, such as a negative sum; empty after a strict reading.
    public let complaints: [ExpositionError]
    let text: [UInt8]
    let points: [Point]
    let exemplars: [ExemplarPoint]
    let histograms: [MetricSample.NativeHistogram]

    /// A sample as places in the text.
    struct Point {
        var nameStart: UInt32
        var nameEnd: UInt32
        /// The place of the opening brace; ``none`` where there is none.
        var labels: UInt32
        var family: UInt32
        /// Positions in the page's lists, from 1; 0 for none.
        var exemplar: UInt32 = 0
        var histogram: UInt32 = 0
        var value: Double
        /// NaN where the page gives none.
        var time: Double
        /// Whether the name stands in quotes inside of the braces.
        var isQuoted: Bool { labels != Self.none && nameStart > labels }

        static let none = UInt32.max
    }

    /// An exemplar as places in the text.
    struct ExemplarPoint {
        var labels: UInt32
        var value: Double
        var time: Double
    }

    /// The most complaints that are kept.
    static let complaintLimit = 20

    /// Reads a page.
    ///
    /// OpenMetrics has rules for values too, which libraries in wide use break; `isStrict` refuses the page for that,
    /// and otherwise it is a complaint.
    /// - Throws: The first place where the page breaks its format: a page that is cut, says a series twice, or mixes
    ///   what OpenMetrics keeps apart is not taken for a smaller one.
    public static func parse(
        _ text: [UInt8], as format: Format, isStrict: Bool = false
    ) throws(ExpositionError) -> MetricsPage {
        var parser = PageParser(text, isStrict: isStrict)
        switch format {
        case .prometheus: try parser.parsePrometheusText()
        case .openMetrics: try parser.parseOpenMetrics()
        }
        return MetricsPage(
            format: format, families: parser.families, complaints: parser.complaints, text: text, points: parser.points,
            exemplars: parser.exemplars, histograms: parser.histograms)
    }

    /// How many samples there are.
    public var sampleCount: Int { points.count }

    /// The name of a sample.
    public func name(_ number: Int) -> String { name(of: points[number]) }

    /// The sample of a number, in the page's order.
    public func sample(_ number: Int) -> MetricSample {
        let point = points[number]
        var sample = MetricSample(
            name: name(of: point), labels: labels(at: point.labels), value: point.value,
            time: point.time.isNaN ? nil : point.time, family: families[Int(point.family)])
        if point.exemplar > 0 {
            let exemplar = exemplars[Int(point.exemplar) - 1]
            sample.exemplar = MetricSample.Exemplar(
                labels: labels(at: exemplar.labels), value: exemplar.value,
                time: exemplar.time.isNaN ? nil : exemplar.time)
        }
        if point.histogram > 0 { sample.histogram = histograms[Int(point.histogram) - 1] }
        return sample
    }

    /// Whether a sample has a name, without making a text of it.
    func hasName(_ number: Int, _ name: [UInt8]) -> Bool {
        let point = points[number]
        if point.isQuoted { return Array(self.name(of: point).utf8) == name }
        let (start, end) = (Int(point.nameStart), Int(point.nameEnd))
        return end - start == name.count && text[start..<end].elementsEqual(name)
    }

    func name(of point: Point) -> String { unescaped(Int(point.nameStart)..<Int(point.nameEnd)) }

    /// The labels behind an opening brace; the page is known to be well-formed.
    func labels(at brace: UInt32) -> [MetricSample.Label] {
        guard brace != Point.none else { return [] }
        var scanner = LabelScanner(text, at: Int(brace))
        // The parser read these very bytes without complaint.
        guard (try? scanner.scan(isStrict: false)) != nil else { return [] }
        return scanner.labels.map { MetricSample.Label(unescaped($0.name), unescaped($0.value)) }
    }

    func unescaped(_ range: Range<Int>) -> String { Escapes.text(text[range]) }
}
