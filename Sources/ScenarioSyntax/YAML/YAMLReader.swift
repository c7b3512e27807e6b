public import Diagnostics

/// Reads a YAML file into a tree: bytes, then libyaml's events, then nodes.
///
/// libyaml alone decides what is well-formed. On top of that a file holds one document, keys are texts and stand
/// once, tags are YAML's own, and size, depth and alias expansion are bounded.
public enum YAMLReader {
    /// Returns the document of a file, or nil after an error; `noun` names what the file should hold.
    public static func read(
        _ file: SourceFile, limits: YAMLLimits = .standard, noun: String = "scenario",
        into diagnostics: inout [Diagnostic]
    ) -> YAMLNode? {
        guard file.bytes.count <= limits.fileBytes else {
            diagnostics.append(
                Diagnostic(
                    .yamlTooLarge, at: SourceSpan(file, 0..<0),
                    .fileTooLarge(file.bytes.count, limit: limits.fileBytes), hint: .moveData))
            return nil
        }
        if let problem = TextCheck.problem(of: file) {
            diagnostics.append(problem)
            return nil
        }
        guard let parser = LibYAMLParser(file.bytes, from: file.lines.starts[0]) else {
            diagnostics.append(Diagnostic(.yamlSyntax, at: SourceSpan(file, 0..<0), "out of memory"))
            return nil
        }
        var composer = YAMLComposer(file, parser: parser, limits: limits)
        let node = composer.document(noun: noun)
        diagnostics += composer.reports
        return composer.hasFailed ? nil : node
    }
}

extension Diagnostic.Message {
    fileprivate static func fileTooLarge(_ bytes: Int, limit: Int) -> Self {
        "the file has \(QuantityText.bytes(bytes)); at most \(QuantityText.bytes(limit)) are read"
    }

    /// What to do about large data.
    static var moveData: Self { "move large data to a file of its own and name that" }
}
