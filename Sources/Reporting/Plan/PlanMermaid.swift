internal import ScenarioModel

extension PlanFormat {
    /// A flowchart for Markdown pages.
    public static let mermaid = PlanFormat(name: "mermaid", summary: "a Mermaid flowchart, for Markdown") { graph, _ in
        MermaidText.write(PlanDiagram(graph))
    }
}

/// Writes a diagram as a Mermaid flowchart.
enum MermaidText {
    static func write(_ diagram: PlanDiagram) -> String {
        var lines = ["flowchart TD"]
        for box in diagram.boxes { write(box, "    ", &lines) }
        for arrow in diagram.arrows {
            let line = arrow.isDashed ? "-.->" : "-->"
            lines.append("    \(arrow.from) \(line)|\(quoted([arrow.label]))| \(arrow.to)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func write(_ box: PlanDiagram.Box, _ indent: String, _ lines: inout [String]) {
        switch box.shape {
        case .step: lines.append("\(indent)\(box.key)[\(quoted(box.label))]")
        case .lock: lines.append("\(indent)\(box.key){{\(quoted(box.label))}}")
        case .frame:
            lines.append("\(indent)subgraph \(box.key)[\(quoted(box.label))]")
            for child in box.children { write(child, indent + "    ", &lines) }
            lines.append("\(indent)end")
        }
    }

    /// A label in quotes; what Mermaid or HTML would read as its own is written as a character code.
    private static func quoted(_ label: [String]) -> String {
        let lines = label.map { line in
            var text = ""
            for scalar in CutText.start(of: line, cells: 80).unicodeScalars {
                switch scalar {
                case "\"", "<", ">", "&", "#", ";", "`", "|", "\\": text += "#\(scalar.value);"
                default: text.unicodeScalars.append(scalar)
                }
            }
            return text
        }
        return "\"\(lines.joined(separator: "<br/>"))\""
    }
}
