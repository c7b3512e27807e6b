/// A problem as the program writes it for people.
///
///     error[yaml.tab]: a tab stands where indentation is due
///       --> tab.yaml:2:1
struct Problem: Hashable {
    var severity: String
    var code: String
    var message: String
    /// `file:line:column`; empty where it has no place.
    var place: String

    /// Reads all of them from the program's standard error.
    static func all(in text: String) -> [Problem] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.indices.compactMap { index in
            guard let match = lines[index].wholeMatch(of: /(error|warning)\[([a-z0-9.-]+)\]: (.*)/) else { return nil }
            let next = index + 1 < lines.count ? lines[index + 1] : ""
            let place = next.wholeMatch(of: /\s*--> (.*)/).map { String($0.1) } ?? ""
            return Problem(
                severity: String(match.1), code: String(match.2), message: String(match.3), place: place)
        }
    }
}
