import PlumbTesting
import Testing

/// The command lines of the pages are ones that the program takes.
struct CommandLineTests {
    /// A `plumb …` as a page shows it.
    private struct Line {
        let number: Int
        let words: [String]
    }

    @Test(arguments: MarkdownPage.all)
    func `each command that is shown exists, with its options`(_ page: MarkdownPage) throws {
        let commands = try help([]).split(separator: "\n").compactMap { $0.firstMatch(of: #/^ {2}([a-z]+) {2}/#)?.1 }
            .map(String.init)
        try #require(commands.contains("run"))
        var helps: [String: String] = [:]
        for line in Self.lines(page) {
            guard let command = line.words.dropFirst().first, !command.hasPrefix("-") else { continue }
            guard commands.contains(command) else {
                Issue.record("\(page.path):\(line.number): there is no 'plumb \(command)'")
                continue
            }
            var text = try helps[command] ?? help([command])
            helps[command] = text
            if let inner = line.words.dropFirst(2).first, !inner.hasPrefix("-"), text.contains("\n  \(inner)  ") {
                text = try helps["\(command) \(inner)"] ?? help([command, inner])
                helps["\(command) \(inner)"] = text
            }
            let known = Set(text.split { !($0.isLetter || $0.isNumber || $0 == "-") }.map(String.init))
            for word in line.words.dropFirst(2) where word.hasPrefix("-") && word != "-" {
                let option = word.split(separator: "=").first.map(String.init) ?? word
                // What stands behind '--' is another program's.
                guard option != "--" else { break }
                let isKnown = known.contains(option)
                #expect(isKnown, "\(page.path):\(line.number): 'plumb \(command)' has no '\(option)'")
            }
        }
    }

    @Test(arguments: MarkdownPage.all)
    func `each name that is shown with explain or schema is known`(_ page: MarkdownPage) throws {
        for line in Self.lines(page) where ["explain", "schema"].contains(line.words.dropFirst().first) {
            let names = line.words.dropFirst(2).prefix { $0 != ">" }
            guard !names.isEmpty, names.allSatisfy({ $0 == $0.lowercased() }) else { continue }
            let run = try CommandRun.plumb([line.words[1]] + names)
            #expect(run.exitStatus == 0, "\(page.path):\(line.number): \(run.standardError)")
        }
    }

    private func help(_ command: [String]) throws -> String {
        try CommandRun.plumb(command + ["--help"]).standardOutput
    }

    /// The command lines in blocks for a shell, in the jobs of CI systems, in indented blocks and in code spans.
    private static func lines(_ page: MarkdownPage) -> [Line] {
        var lines: [Line] = []
        for block in page.blocks {
            var pending: String?
            for (offset, text) in block.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                guard pending != nil || Self.isCommand(text, in: block) else { continue }
                let command = (pending ?? "") + Self.command(text, in: block)
                pending = command.hasSuffix("\\") ? String(command.dropLast()) : nil
                if pending == nil { lines.append(Line(number: block.line + 1 + offset, words: words(command))) }
            }
        }
        for (number, text) in page.prose {
            if let match = text.wholeMatch(of: /[ ]{4}(?:\.build\/release\/)?(plumb .+)/) {
                lines.append(Line(number: number, words: words(match.1)))
            }
            for match in text.matches(of: /`(plumb [^`]+)`/) {
                lines.append(Line(number: number, words: words(match.1)))
            }
        }
        return lines.filter { $0.words.first == "plumb" }
    }

    /// Whether a line of a block may begin a command.
    private static func isCommand(_ line: Substring, in block: MarkdownPage.Block) -> Bool {
        switch block.language {
        case "sh", "groovy": true
        // What has no prompt in a console is output.
        case "console": line.hasPrefix("$ ")
        case "yaml": !block.isOwn
        default: false
        }
    }

    /// The command in a line, without the prompt, or what a job's language has around it.
    private static func command(_ line: Substring, in block: MarkdownPage.Block) -> String {
        switch block.language {
        case "groovy": line.firstMatch(of: /sh '([^']+)'/).map { String($0.1) } ?? ""
        case "yaml": String(line.trimmingPrefix(/[ ]*(?:- )?(?:run: )?/))
        default: String(line.hasPrefix("$ ") ? line.dropFirst(2) : line)
        }
    }

    /// The words up to a comment.
    private static func words(_ text: some StringProtocol) -> [String] {
        let all = String(text).split(separator: " ").map(String.init)
        return Array(all[..<(all.firstIndex { $0 == "#" || $0 == "|" } ?? all.endIndex)])
    }
}
