/// Draws lines over a plane as SVG, with its axes; it loads nothing.
struct LoadPlot {
    /// A line, by points of the plane's own units.
    struct Line {
        var name: String
        /// The class in the page's style sheet that colours it.
        var style: String
        var points: [(x: Double, y: Double)]
    }

    /// A part of the x axis that tells more of itself when it is pointed at.
    struct Span {
        var from: Double
        var to: Double
        var title: String
        /// The class in the page's style sheet that colours it; empty where it is like the others.
        var style: String
    }

    var title: String
    var xUnit: String
    var yUnit: String
    var lines: [Line]
    /// Where the x axis is marked, and with what words; even steps where there are none.
    var xMarks: [(x: Double, text: String)] = []
    var spans: [Span] = []

    private static let width = 860.0
    private static let height = 260.0
    private static let left = 64.0
    private static let bottom = 40.0
    private static let top = 22.0
    private static let right = 14.0

    /// The figure, its legend included.
    var html: String {
        let all = lines.flatMap(\.points).filter { $0.x.isFinite && $0.y.isFinite }
        guard let least = (all.map(\.x) + spans.map(\.from)).min(), let most = (all.map(\.x) + spans.map(\.to)).max(),
            !all.isEmpty
        else {
            return "<figure><figcaption>\(PageText.escaped(title))</figcaption><p>nothing was measured</p></figure>"
        }
        let highest = Self.roundUp(all.map(\.y).max() ?? 1)
        let span = max(most - least, 1e-9)
        func x(_ value: Double) -> Double {
            Self.left + (value - least) / span * (Self.width - Self.left - Self.right)
        }
        func y(_ value: Double) -> Double {
            Self.height - Self.bottom - value / highest * (Self.height - Self.bottom - Self.top)
        }
        var svg = "<svg class=\"plot\" viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\">"
        svg += "<title>\(PageText.escaped(title))</title>"
        for span in spans where !span.style.isEmpty {
            svg += Self.rectangle(span.style, from: x(span.from), to: x(span.to), title: nil)
        }
        for step in 0...4 {
            let value = highest * Double(step) / 4
            svg += Self.rule(x1: Self.left, y1: y(value), x2: Self.width - Self.right, y2: y(value))
            svg += Self.word(Self.figure(value), x: Self.left - 6, y: y(value) + 4, anchor: "end")
        }
        let marks =
            xMarks.isEmpty
            ? Self.evenMarks(from: least, to: most) : xMarks.filter { $0.x <= most && $0.x >= least }
        for mark in marks {
            svg += Self.rule(x1: x(mark.x), y1: Self.top, x2: x(mark.x), y2: Self.height - Self.bottom)
            svg += Self.word(mark.text, x: x(mark.x), y: Self.height - Self.bottom + 17, anchor: "middle")
        }
        svg += Self.word(xUnit, x: Self.width - Self.right, y: Self.height - 5, anchor: "end")
        svg += Self.word(yUnit, x: Self.left - 6, y: 12, anchor: "end")
        for line in lines {
            let points = line.points.filter { $0.x.isFinite && $0.y.isFinite }
                .map { "\(Figures.fixed(x($0.x), digits: 1)),\(Figures.fixed(y($0.y), digits: 1))" }
            svg += "<polyline class=\"\(line.style)\" points=\"\(points.joined(separator: " "))\"/>"
        }
        for span in spans { svg += Self.rectangle("span", from: x(span.from), to: x(span.to), title: span.title) }
        let legend = lines.map { "<span class=\"key \($0.style)\"><i></i>\(PageText.escaped($0.name))</span>" }
        let shades = [("warmup", "warm-up"), ("failing", "a threshold does not hold")].filter { style, _ in
            spans.contains { $0.style == style }
        }.map { "<span class=\"key \($0.0)\"><i></i>\($0.1)</span>" }
        let keys = (legend + shades).joined(separator: " ")
        return "<figure><figcaption>\(PageText.escaped(title)) \(keys)</figcaption>"
            + svg + "</svg></figure>"
    }

    private static func rectangle(_ style: String, from: Double, to: Double, title: String?) -> String {
        let numbers = [from, top, max(0.5, to - from), height - bottom - top].map { Figures.fixed($0, digits: 1) }
        let words = title.map { "<title>\(PageText.escaped($0))</title>" } ?? ""
        return "<rect class=\"\(style)\" x=\"\(numbers[0])\" y=\"\(numbers[1])\""
            + " width=\"\(numbers[2])\" height=\"\(numbers[3])\">\(words)</rect>"
    }

    private static func rule(x1: Double, y1: Double, x2: Double, y2: Double) -> String {
        let numbers = [x1, y1, x2, y2].map { Figures.fixed($0, digits: 1) }
        return "<line class=\"grid\" x1=\"\(numbers[0])\" y1=\"\(numbers[1])\""
            + " x2=\"\(numbers[2])\" y2=\"\(numbers[3])\"/>"
    }

    private static func word(_ text: String, x: Double, y: Double, anchor: String) -> String {
        "<text x=\"\(Figures.fixed(x, digits: 1))\" y=\"\(Figures.fixed(y, digits: 1))\" text-anchor=\"\(anchor)\">"
            + "\(PageText.escaped(text))</text>"
    }

    private static func figure(_ value: Double) -> String {
        let text = Figures.fixed(value, digits: value >= 100 ? 0 : 2)
        guard text.utf8.contains(UInt8(ascii: ".")) else { return text }
        let bare = text.reversed().drop { $0 == "0" }.reversed()
        return String(bare.last == "." ? bare.dropLast() : bare[...])
    }

    /// Marks at round numbers, at most eight of them.
    private static func evenMarks(from least: Double, to most: Double) -> [(x: Double, text: String)] {
        let step = roundUp((most - least) / 7)
        var marks: [(x: Double, text: String)] = []
        var number = (least / step).rounded(.up)
        while number * step <= most, marks.count < 20 {
            marks.append((number * step, figure(number * step)))
            number += 1
        }
        return marks
    }

    /// The next of 1, 2, 2.5, 5 times a power of ten.
    private static func roundUp(_ value: Double) -> Double {
        guard value > 0, value.isFinite else { return 1 }
        var power = 1.0
        while power * 10 <= value { power *= 10 }
        while power > value { power /= 10 }
        return [1, 2, 2.5, 5, 10].map { $0 * power }.first { $0 >= value } ?? power * 10
    }
}
