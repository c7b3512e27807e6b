import Diagnostics
import Reporting
import ScenarioModel
import Testing

@Suite struct TerminalReporterTests {
    /// What a reporter of the given style writes of the sample run.
    private func output(_ style: TerminalStyle, of events: [RunEvent] = SampleRun.events) -> String {
        var output = ""
        let reporter = TerminalReporter(style: style, now: { 0 }, write: { output += $0 })
        reporter.rerunCommand = "plumb run --failed"
        for event in events { reporter.receive(event) }
        return output
    }

    @Test func `the plain output of a run is as recorded`() throws {
        try expectGolden(output(TerminalStyle()), "terminal.txt")
    }

    @Test func `the coloured output of a run is as recorded`() throws {
        try expectGolden(output(TerminalStyle(hasColor: true)), "terminal.ansi")
    }

    @Test func `a narrow terminal without colour or Unicode gets the same facts`() throws {
        let text = output(TerminalStyle(width: 20, hasUnicode: false))
        try expectGolden(text, "terminal.narrow.txt")
        #expect(text.utf8.allSatisfy { $0 < 0x7F && ($0 >= 0x20 || $0 == 0x0A) })
    }

    @Test func `no control or bidirectional character of a service reaches the terminal`() {
        for scalar in output(TerminalStyle()).unicodeScalars {
            #expect(scalar == "\n" || scalar.value >= 0x20 && !(0x7F..<0xA0).contains(scalar.value))
            #expect(!(0x202A...0x202E).contains(scalar.value) && scalar != "\u{FEFF}")
        }
    }

    @Test func `a live display draws at most every 50 ms and leaves nothing behind`() throws {
        var now = 0.0
        var writes: [String] = []
        let reporter = TerminalReporter(
            style: TerminalStyle(width: 60, isLive: true), now: { now }, write: { writes.append($0) })
        reporter.receive(.runStarted(SampleRun.start))
        for test in SampleRun.tests { reporter.receive(.testStarted(test: test.test.index, ms: 0)) }
        reporter.receive(.stepStarted(test: 1, id: "chat", trail: "setup → chat", kind: "http", ms: 0))
        #expect(writes.count == 1)
        now = 49
        reporter.tick()
        #expect(writes.count == 1)
        now = 1250
        reporter.tick()
        #expect(writes.count == 2)
        for test in SampleRun.tests.reversed() { reporter.receive(.testFinished(test)) }
        #expect(writes.count == 2)
        now = 1300
        reporter.tick()
        reporter.receive(.runFinished(SampleRun.result.end))
        let screen = Screen(writes)
        #expect(screen.lines.first == "plumb 0.1.0, profile embedded, seed 42, 10 tests")
        #expect(!screen.everything.contains("10/10"))
        try expectGolden(writes.prefix(3).joined(separator: "\n-- write --\n"), "terminal.live")
    }

    @Test func `a live display tells how far a step is`() {
        var now = 0.0
        var writes: [String] = []
        let reporter = TerminalReporter(
            style: TerminalStyle(width: 100, isLive: true), now: { now }, write: { writes.append($0) })
        reporter.receive(.runStarted(SampleRun.start))
        reporter.receive(.testStarted(test: 0, ms: 0))
        reporter.receive(.stepStarted(test: 0, id: "written", trail: "written", kind: "vector", ms: 0))
        for (done, total) in [(2560, 100_000), (5120, nil)] as [(Int, Int?)] {
            now += 1000
            reporter.receive(
                .stepProgressed(
                    test: 0, trail: "written", progress: StepProgress(done: done, of: total, unit: "points"), ms: now))
        }
        reporter.receive(
            .stepProgressed(test: 0, trail: "none", progress: StepProgress(done: 1, of: 1, unit: "x"), ms: now))
        #expect(writes.count == 3)
        #expect(writes[1].contains("  written  2,560 of 100,000 points  1.0 s"))
        #expect(writes[2].contains("  written  5,120 points  2.0 s"))
    }

    @Test func `every drawn line is narrower than the terminal`() {
        for width in [20, 21, 33, 80] {
            var drawn = ""
            var now = 90_061_000.0
            let reporter = TerminalReporter(
                style: TerminalStyle(width: width, isLive: true), now: { now }, write: { drawn += $0 })
            reporter.receive(.runStarted(SampleRun.start))
            for test in SampleRun.tests { reporter.receive(.testStarted(test: test.test.index, ms: 0)) }
            reporter.receive(.stepStarted(test: 0, id: "a", trail: "prüfung → 模型 → 模型", kind: "http", ms: 0))
            now += 100
            drawn = ""
            reporter.tick()
            let lines = drawn.drop { $0 != "J" }.dropFirst().split(separator: "\n")
            #expect(lines.count == 9)
            #expect(lines.allSatisfy { VisibleText(String($0)).cells < width }, "\(width): \(lines)")
        }
    }

    @Test(
        arguments: [
            ([:], true, TerminalStyle.ColorChoice.auto, true),
            (["NO_COLOR": "1"], true, .auto, false),
            (["NO_COLOR": ""], true, .auto, true),
            (["NO_COLOR": "1"], true, .always, true),
            (["TERM": "dumb"], true, .auto, false),
            ([:], false, .auto, false),
            ([:], false, .always, true),
            ([:], true, .never, false),
        ] as [([String: String], Bool, TerminalStyle.ColorChoice, Bool)])
    func `colour follows --color, NO_COLOR and the terminal`(
        environment: [String: String], isTerminal: Bool, color: TerminalStyle.ColorChoice, hasColor: Bool
    ) {
        let style = TerminalStyle(isTerminal: isTerminal, columns: 80, environment: environment, color: color)
        #expect(style.hasColor == hasColor)
    }

    @Test(
        arguments: [
            (["LANG": "C"], false), ([:], false), (["LANG": "en_GB.UTF-8"], true), (["LANG": "de_DE.utf8"], true),
            (["LC_ALL": "C", "LANG": "en_GB.UTF-8"], false), (["LC_ALL": "", "LANG": "en_GB.UTF-8"], true),
        ] as [([String: String], Bool)])
    func `the locale decides whether signs are Unicode`(environment: [String: String], hasUnicode: Bool) {
        let style = TerminalStyle(isTerminal: true, columns: nil, environment: environment)
        #expect(style.hasUnicode == hasUnicode)
    }
}

/// A terminal that knows line feeds, "up n lines" and "erase below", enough to see what stays on it.
private struct Screen {
    private(set) var lines: [String] = [""]

    init(_ writes: [String]) {
        var row = 0
        var rest = writes.joined()[...]
        while let character = rest.popFirst() {
            switch character {
            case "\n":
                row += 1
                if row == lines.count { lines.append("") }
            case "\r": break
            case "\u{1B}" where rest.hasPrefix("[J"):
                rest = rest.dropFirst(2)
                lines = lines.prefix(row) + [""]
            case "\u{1B}":
                let digits = rest.dropFirst().prefix { $0.isNumber }
                row = max(0, row - (Int(digits) ?? 0))
                rest = rest.dropFirst(2 + digits.count)
            default:
                lines[row].append(character)
            }
        }
    }

    var everything: String { lines.joined(separator: "\n") }
}
