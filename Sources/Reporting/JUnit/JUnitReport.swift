internal import Diagnostics
public import ScenarioModel

extension ReportFormat {
    /// JUnit's XML, as Jenkins, GitLab and most others read it.
    public static let junit = ReportFormat(
        name: "junit", fileExtension: "xml", summary: "JUnit XML for CI systems, a suite for each folder"
    ) { sink in
        DocumentReporter(sink: sink) { Array(JUnitReport().render($0).utf8) }
    }
}

/// Writes a run as JUnit XML that both common schemas accept.
///
/// The Windy Road schema wants `properties`, test cases, `system-out` and `system-err` in this order, allows
/// one failure, error or skip a case and nothing else in it, and no time zone; the Jenkins schema wants at
/// most three decimals in a time. So the steps of all cases stand in their suite's `system-out`.
public struct JUnitReport: Sendable {
    /// The machine's name; `localhost` keeps reports of one seed the same everywhere.
    public var hostname = "localhost"
    /// The most bytes of text about one failed test.
    public var mostFailureBytes = 64 << 10
    /// The most bytes of step summaries of one suite.
    public var mostOutputBytes = 256 << 10

    /// Creates a writer.
    public init() {}

    /// The document, its last line ended.
    public func render(_ result: RunResult) -> String {
        var xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
        var order: [String] = []
        var suites: [String: [TestResult]] = [:]
        for test in result.tests {
            if suites[test.test.suite] == nil { order.append(test.test.suite) }
            suites[test.test.suite, default: []].append(test)
        }
        var names = UniqueNames()
        for (id, suite) in order.enumerated() {
            append(suites[suite] ?? [], suite: suite, id: id, of: result, names: &names, to: &xml)
        }
        xml += "</testsuites>\n"
        return xml
    }

    private func append(
        _ tests: [TestResult], suite: String, id: Int, of result: RunResult, names: inout UniqueNames,
        to xml: inout String
    ) {
        let title = Self.token(suite, orElse: "scenarios")
        let package = title.split(separator: "/").joined(separator: ".")
        let count = { (verdict: Verdict) in tests.count { $0.verdict == verdict } }
        let ms = tests.reduce(0) { $0 + $1.ms }
        xml += "  <testsuite name=\"\(title)\" package=\"\(package.isEmpty ? "scenarios" : package)\" id=\"\(id)\""
        xml += " timestamp=\"\(Self.timestamp(result.start.started))\""
        xml += " hostname=\"\(Self.token(hostname, orElse: "localhost"))\""
        xml += " tests=\"\(tests.count)\" failures=\"\(count(.failed))\" errors=\"\(count(.error))\""
        xml += " skipped=\"\(count(.skipped))\" time=\"\(Self.seconds(ms))\">\n"
        properties(result, to: &xml)
        for test in tests { append(test, names: &names, to: &xml) }
        xml += "    <system-out>\(output(tests))</system-out>\n    <system-err>"
        if id == 0 { xml += XMLText.content(bounded(result.notes.joined(separator: "\n"), mostOutputBytes)) }
        xml += "</system-err>\n  </testsuite>\n"
    }

    private func properties(_ result: RunResult, to xml: inout String) {
        var properties = [("plumb.version", result.start.version), ("plumb.run", result.start.id)]
        if let profile = result.start.profile { properties.append(("plumb.profile", profile)) }
        properties.append(("plumb.seed", result.start.seed))
        if result.end.isInterrupted { properties.append(("plumb.interrupted", "true")) }
        xml += "    <properties>\n"
        for (name, value) in properties {
            xml += "      <property name=\"\(name)\" value=\"\(attribute(value))\"/>\n"
        }
        xml += "    </properties>\n"
    }

    private func append(_ test: TestResult, names: inout UniqueNames, to xml: inout String) {
        let parts = test.test.suite.split(separator: "/").map(String.init) + [test.test.scenario]
        let classname = Self.token(parts.joined(separator: "."), orElse: "scenario")
        let row = test.test.row.map { "\(test.test.scenario)[\($0)]" }
        let name = names.unique(Self.token(row ?? test.test.scenario, orElse: "test"), in: classname)
        xml += "    <testcase classname=\"\(classname)\" name=\"\(name)\" time=\"\(Self.seconds(test.ms))\""
        switch test.verdict {
        case .passed: xml += "/>\n"
        case .skipped:
            xml += ">\n      <skipped message=\"\(attribute(test.reason ?? "skipped"))\"/>\n    </testcase>\n"
        case .failed, .error:
            let element = test.verdict == .failed ? "failure" : "error"
            let first = Self.firstFailure(of: test)
            let type = first?.code ?? (test.verdict == .failed ? "failed" : "error")
            let message = first.map { [$0.name, $0.message].compactMap { $0 }.joined(separator: ": ") }
            xml += ">\n      <\(element) type=\"\(attribute(type))\""
            xml += " message=\"\(attribute(message ?? test.reason ?? type))\">"
            xml += XMLText.content(bounded(FailureText(width: 120).render(test).plain, mostFailureBytes))
            xml += "</\(element)>\n    </testcase>\n"
        }
    }

    private static func firstFailure(of test: TestResult) -> FailureReport? {
        // The failure that gave the test its verdict speaks for it.
        let all = test.failures + TroubledStep.all(in: test).flatMap(\.step.failures)
        return all.first { $0.verdict == test.verdict } ?? all.first
    }

    private func output(_ tests: [TestResult]) -> String {
        var lines = ""
        var length = 0
        for test in tests {
            let text = StepLines().render(test)
            length += text.utf8.count
            if lines.utf8.count < mostOutputBytes { lines += text }
        }
        if length <= mostOutputBytes { return XMLText.content(lines) }
        let kept = CutText.prefix(of: lines, bytes: mostOutputBytes)
        return XMLText.content("\(kept)\n… of \(Figures.count(length, "byte"))\n")
    }

    private func attribute(_ text: String) -> String { XMLText.attribute(VisibleText(bounded(text, 2000)).text) }

    private func bounded(_ text: String, _ bytes: Int) -> String {
        guard text.utf8.count > bytes else { return text }
        return "\(CutText.prefix(of: text, bytes: bytes))… of \(Figures.count(text.utf8.count, "byte"))"
    }

    /// The value of an attribute of type `token`: readers collapse its spaces, so it has none to collapse.
    private static func token(_ text: String, orElse fallback: String) -> String {
        let words = VisibleText(String(CutText.prefix(of: text, bytes: 500))).text.split(separator: " ")
        return words.isEmpty ? fallback : XMLText.attribute(words.joined(separator: " "))
    }

    /// Seconds with three decimals, as both schemas take them.
    private static func seconds(_ ms: Double) -> String { Figures.fixed(max(0, ms) / 1000, digits: 3) }

    /// `2026-01-31T12:00:00` of an RFC 3339 time in UTC; the schema allows no fraction and no zone.
    private static func timestamp(_ started: String) -> String {
        let head = started.prefix(19)
        let pattern = "0000-00-00T00:00:00"
        let fits =
            head.utf8.count == pattern.utf8.count
            && zip(head.utf8, pattern.utf8).allSatisfy {
                $1 == UInt8(ascii: "0") ? 0x30...0x39 ~= $0 : $0 == $1
            }
        return fits ? String(head) : "1970-01-01T00:00:00"
    }
}

/// Gives each case of a class a name of its own: readers tell cases apart by class and name alone.
private struct UniqueNames {
    private var taken: Set<String> = []

    mutating func unique(_ name: String, in classname: String) -> String {
        var candidate = name
        var number = 2
        while !taken.insert("\(classname)\u{0}\(candidate)").inserted {
            candidate = "\(name) #\(number)"
            number += 1
        }
        return candidate
    }
}
