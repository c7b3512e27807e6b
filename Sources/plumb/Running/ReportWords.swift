import ArgumentParser
import Diagnostics
import Glibc
import Reporting

/// The two words of `--report FORMAT=PLACE`.
struct ReportWords {
    let format: String
    /// What stands behind the sign, as it was written; nil where nothing does.
    let place: String?

    /// Splits them; `subject` tells what is reported where that matters: ` of a load`.
    init(_ text: String, formats: [String], subject: String = "") throws {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard formats.contains(parts[0]) else {
            let near = NearestName.of(parts[0], in: formats).map { "; did you mean '\($0)'?" } ?? ""
            throw ValidationError(
                "there is no report format '\(parts[0])'\(subject): use \(formats.joined(separator: ", "))\(near)")
        }
        format = parts[0]
        place = parts.count == 2 && !parts[1].isEmpty ? parts[1] : nil
    }

    /// Refuses what is no report, and two that would go to one place.
    static func check(_ reports: [String], _ place: (String) throws -> String) throws {
        var places: Set<String> = []
        for text in reports {
            let place = try place(text)
            guard places.insert(place).inserted else {
                throw ValidationError("two reports cannot both go to '\(place)': give each a path of its own")
            }
        }
    }

    /// The stream for people: a report on standard output has that to itself.
    static func stream(besides reports: [String]) -> Int32 {
        reports.contains { $0.hasSuffix("=-") } ? STDERR_FILENO : STDOUT_FILENO
    }
}

/// `FORMAT=PATH` of a load's `--report`.
struct LoadReportRequest {
    let format: LoadReportFormat
    let path: String

    init(_ text: String) throws {
        let words = try ReportWords(text, formats: LoadReportFormat.all.map(\.name), subject: " of a load")
        guard let path = words.place, let format = LoadReportFormat.all.first(where: { $0.name == words.format }) else {
            throw ValidationError("--report takes FORMAT=PATH, such as \(words.format)=reports/load.\(words.format)")
        }
        self.format = format
        self.path = path
    }

    /// Opens the file.
    func reporter() throws(ReportError) -> any LoadReporter { format.make(try ReportFile(path: path)) }
}
