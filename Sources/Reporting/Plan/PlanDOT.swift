internal import ScenarioModel

extension PlanFormat {
    /// A graph for Graphviz.
    public static let dot = PlanFormat(name: "dot", summary: "a graph for Graphviz") { graph, _ in
        DOTText.write(PlanDiagram(graph))
    }
}

/// Writes a diagram in the language of Graphviz.
enum DOTText {
    static func write(_ diagram: PlanDiagram) -> String {
        var lines = [
            "digraph plan {", "    compound=true;", "    rankdir=TB;",
            "    node [shape=box, fontname=\"sans-serif\"];", "    edge [fontname=\"sans-serif\", fontsize=10];",
        ]
        var anchors: [String: String] = [:]
        for box in diagram.boxes { write(box, "    ", &lines, &anchors) }
        for arrow in diagram.arrows {
            var attributes = ["label=\(quoted([arrow.label]))"]
            if arrow.isDashed { attributes.append("style=dashed") }
            // A frame is no node: the arrow goes to a node inside and is cut at the frame.
            if anchors[arrow.from] != nil { attributes.append("ltail=cluster_\(arrow.from)") }
            if anchors[arrow.to] != nil { attributes.append("lhead=cluster_\(arrow.to)") }
            let from = anchors[arrow.from] ?? arrow.from
            let to = anchors[arrow.to] ?? arrow.to
            lines.append("    \(from) -> \(to) [\(attributes.joined(separator: ", "))];")
        }
        lines.append("}")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func write(
        _ box: PlanDiagram.Box, _ indent: String, _ lines: inout [String], _ anchors: inout [String: String]
    ) {
        switch box.shape {
        case .step: lines.append("\(indent)\(box.key) [label=\(quoted(box.label))];")
        case .lock: lines.append("\(indent)\(box.key) [shape=hexagon, label=\(quoted(box.label))];")
        case .frame:
            lines.append("\(indent)subgraph cluster_\(box.key) {")
            lines.append("\(indent)    label=\(quoted(box.label));")
            anchors[box.key] = "\(box.key)_in"
            lines.append("\(indent)    \(box.key)_in [shape=point, style=invis];")
            for child in box.children { write(child, indent + "    ", &lines, &anchors) }
            lines.append("\(indent)}")
        }
    }

    private static func quoted(_ label: [String]) -> String {
        let lines = label.map { line in
            var text = ""
            for character in CutText.start(of: line, cells: 80).unicodeScalars {
                if character == "\"" || character == "\\" { text += "\\" }
                text.unicodeScalars.append(character)
            }
            return text
        }
        return "\"\(lines.joined(separator: "\\n"))\""
    }
}
