/// The difference of two texts in the form that `diff -u` and `patch` have.
enum LineDifference {
    private static let context = 3

    /// A line of the difference: kept, taken away or added.
    private enum Line {
        case kept(Substring)
        case removed(Substring)
        case added(Substring)
    }

    /// The difference; empty where the texts are equal.
    static func unified(_ old: String, _ new: String, path: String) -> String {
        let lines = lines(old, new)
        let changes = lines.indices.filter { if case .kept = lines[$0] { false } else { true } }
        guard let first = changes.first else { return "" }
        var text = "--- \(path)\n+++ \(path)\n"
        var start = max(0, first - context)
        var end = first
        for change in changes {
            if change > end + 2 * context + 1 {
                text += hunk(lines, start..<min(lines.count, end + context + 1))
                start = change - context
            }
            end = change
        }
        return text + hunk(lines, start..<min(lines.count, end + context + 1))
    }

    private static func lines(_ old: String, _ new: String) -> [Line] {
        // What is equal at both ends needs no search, which costs the square of what differs.
        let old = split(old)
        let new = split(new)
        let head = zip(old, new).prefix { $0 == $1 }.count
        let most = min(old.count, new.count) - head
        let tail = zip(old.reversed(), new.reversed()).prefix { $0 == $1 }.prefix(most).count
        let middleOld = Array(old[head..<(old.count - tail)])
        let middleNew = Array(new[head..<(new.count - tail)])
        var result: [Line] = old[..<head].map { .kept($0) }
        let changes = middleOld.count + middleNew.count > 20_000 ? nil : middleNew.difference(from: middleOld)
        guard let changes else {
            result += middleOld.map { .removed($0) } + middleNew.map { .added($0) }
            return result + old[(old.count - tail)...].map { .kept($0) }
        }
        var removals: Set<Int> = []
        var insertions: Set<Int> = []
        for change in changes {
            switch change {
            case .remove(let offset, _, _): removals.insert(offset)
            case .insert(let offset, _, _): insertions.insert(offset)
            }
        }
        var from = 0
        var to = 0
        while from < middleOld.count || to < middleNew.count {
            if removals.contains(from) {
                result.append(.removed(middleOld[from]))
                from += 1
            } else if insertions.contains(to) {
                result.append(.added(middleNew[to]))
                to += 1
            } else {
                result.append(.kept(middleOld[from]))
                from += 1
                to += 1
            }
        }
        return result + old[(old.count - tail)...].map { .kept($0) }
    }

    /// The lines with what ends them left out, save the carriage return of those that have one.
    private static func split(_ text: String) -> [Substring] {
        var lines: [Substring] = []
        var rest = text[...]
        while !rest.isEmpty {
            let end = rest.utf8.firstIndex(of: 0x0A) ?? rest.endIndex
            lines.append(rest[..<end])
            rest = end == rest.endIndex ? "" : rest[rest.utf8.index(after: end)...]
        }
        return lines
    }

    private static func hunk(_ lines: [Line], _ range: Range<Int>) -> String {
        func count(_ range: Range<Int>, old: Bool) -> Int {
            lines[range].count {
                switch $0 {
                case .kept: true
                case .removed: old
                case .added: !old
                }
            }
        }
        let before = 0..<range.lowerBound
        let sizes = (count(range, old: true), count(range, old: false))
        let starts = (
            count(before, old: true) + (sizes.0 == 0 ? 0 : 1), count(before, old: false) + (sizes.1 == 0 ? 0 : 1)
        )
        var text = "@@ -\(starts.0),\(sizes.0) +\(starts.1),\(sizes.1) @@\n"
        for line in lines[range] {
            switch line {
            case .kept(let line): text += " \(line)\n"
            case .removed(let line): text += "-\(line)\n"
            case .added(let line): text += "+\(line)\n"
            }
        }
        return text
    }
}
