/// A condition on a label, as selectors have it: `status=~"5.."`.
public struct LabelMatcher: Sendable, Hashable {
    public var label: String
    public var test: Test
    public var value: String

    /// How the label's value is compared.
    public enum Test: String, Sendable, Hashable, CaseIterable {
        case equal = "="
        case notEqual = "!="
        case matches = "=~"
        case matchesNot = "!~"
    }

    /// Creates a condition.
    public init(_ label: String, _ test: Test, _ value: String) {
        self.label = label
        self.test = test
        self.value = value
    }
}

/// What picks samples: a name, and conditions on labels that must all hold.
public struct SampleSelector: Sendable, Hashable {
    public var name: String?
    public var matchers: [LabelMatcher]

    /// Creates a selector.
    public init(name: String?, matchers: [LabelMatcher] = []) {
        self.name = name
        self.matchers = matchers
    }

    /// A condition whose regular expression cannot be read.
    public struct BadPattern: Error, Sendable, Hashable {
        public var pattern: String

        /// Creates the error.
        public init(pattern: String) { self.pattern = pattern }
    }
}

extension MetricsPage {
    /// The samples that a selector picks, in the page's order; a label that is absent has the value "".
    ///
    /// - Throws: A regular expression that cannot be read.
    public func samples(_ selector: SampleSelector) throws(SampleSelector.BadPattern) -> [MetricSample] {
        var tests: [MatcherTest] = []
        for matcher in selector.matchers { tests.append(try MatcherTest(matcher)) }
        let name = selector.name.map { Array($0.utf8) }
        var scanner = LabelScanner(text, at: 0)
        var picked: [MetricSample] = []
        for (number, point) in points.enumerated() where name.map({ hasName(number, $0) }) ?? true {
            scanner.labels.removeAll(keepingCapacity: true)
            if point.labels != Point.none, !tests.isEmpty {
                scanner.at = Int(point.labels)
                // The parser read these very bytes without complaint.
                try? scanner.scan(isStrict: false)
            }
            var holds = true
            for index in tests.indices where holds { holds = tests[index].holds(point, scanner.labels, self) }
            if holds { picked.append(sample(number)) }
        }
        return picked
    }
}

/// A matcher at work: its pattern compiled, and what it said of each value so far.
private struct MatcherTest {
    private let test: LabelMatcher.Test
    private let label: [UInt8]
    private let value: String
    private let pattern: Regex<AnyRegexOutput>?
    private var known: [String: Bool] = [:]

    init(_ matcher: LabelMatcher) throws(SampleSelector.BadPattern) {
        test = matcher.test
        label = Array(matcher.label.utf8)
        value = matcher.value
        guard matcher.test == .matches || matcher.test == .matchesNot else {
            pattern = nil
            return
        }
        do {
            pattern = try Regex(matcher.value).dotMatchesNewlines().matchingSemantics(.unicodeScalar)
        } catch {
            throw SampleSelector.BadPattern(pattern: matcher.value)
        }
    }

    mutating func holds(_ point: MetricsPage.Point, _ labels: [LabelScanner.Place], _ page: MetricsPage) -> Bool {
        var range: Range<Int>?
        if label.elementsEqual("__name__".utf8) {
            range = Int(point.nameStart)..<Int(point.nameEnd)
        } else {
            for place in labels
            where place.name.count == label.count && page.unescaped(place.name).utf8.elementsEqual(label) {
                range = place.value
                break
            }
        }
        let found = range.map { page.unescaped($0) } ?? ""
        switch test {
        case .equal: return found == value
        case .notEqual: return found != value
        case .matches: return matches(found)
        case .matchesNot: return !matches(found)
        }
    }

    private mutating func matches(_ value: String) -> Bool {
        if let answer = known[value] { return answer }
        let answer = pattern.flatMap { try? $0.wholeMatch(in: value) } != nil
        // A page may have a value of its own in each sample; only so many are worth keeping.
        if known.count < 10_000 { known[value] = answer }
        return answer
    }
}
