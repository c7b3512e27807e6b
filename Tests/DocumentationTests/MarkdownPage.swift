import PlumbTesting
import Testing

/// A page of this repository, read for its fenced blocks, code spans, headings and links.
struct MarkdownPage: CustomTestStringConvertible, Sendable {
    /// The path from the package's folder.
    let path: String
    let lines: [String]

    var testDescription: String { path }

    /// A fenced block: ` ```yaml fails `.
    struct Block: Sendable {
        /// The line of the opening fence, from 1.
        let line: Int
        /// `yaml`.
        let language: String
        /// `fails`; empty where the fence says no more.
        let word: String
        /// The HTML comment on the line before the fence.
        let comment: String?
        let text: String

        /// The words of YAML that is another tool's.
        static let others: Set<String> = ["github", "gitlab", "runn", "venom", "tavern"]
        /// Whether a block of YAML is Plumb's.
        var isOwn: Bool { !Self.others.contains(word) }
    }

    /// The pages that are held true: those of the package's own folder and of `docs`.
    static let all: [MarkdownPage] = ["", "docs/"].flatMap { folder in
        let names = (try? TextFile.names(in: PackageFolder.path + "/" + folder)) ?? []
        return names.filter { $0.hasSuffix(".md") }.compactMap { try? MarkdownPage(folder + $0) }
    }

    init(_ path: String) throws {
        self.path = path
        lines = try TextFile.read(PackageFolder.path + "/" + path).split(
            separator: "\n", omittingEmptySubsequences: false
        ).map(String.init)
    }

    /// The fenced blocks, in order.
    var blocks: [Block] {
        var blocks: [Block] = []
        var open: (line: Int, words: [Substring], text: [String])?
        for (index, line) in lines.enumerated() {
            if let current = open {
                if line == "```" {
                    let before = current.line >= 2 ? lines[current.line - 2] : ""
                    blocks.append(
                        Block(
                            line: current.line, language: current.words.first.map(String.init) ?? "",
                            word: current.words.count > 1 ? String(current.words[1]) : "",
                            comment: before.hasPrefix("<!--") ? before : nil,
                            text: current.text.map { $0 + "\n" }.joined()))
                    open = nil
                } else {
                    open?.text.append(line)
                }
            } else if line.hasPrefix("```") {
                open = (index + 1, line.dropFirst(3).split(separator: " "), [])
            }
        }
        return blocks
    }

    /// The lines outside of fenced blocks, each with its number.
    var prose: [(number: Int, text: String)] {
        var isFenced = false
        return lines.enumerated().compactMap { index, line in
            if line.hasPrefix("```") {
                isFenced.toggle()
                return nil
            }
            return isFenced ? nil : (index + 1, line)
        }
    }

    /// The anchors that links to this page can name.
    var anchors: Set<String> {
        Set(
            prose.filter { $0.text.hasPrefix("#") }.map { line in
                let title = line.text.drop { $0 == "#" || $0 == " " }.lowercased()
                return String(
                    title.filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" || $0 == "_" }
                        .map { $0 == " " ? "-" : $0 })
            })
    }
}
