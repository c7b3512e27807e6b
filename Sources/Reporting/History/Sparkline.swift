/// A row of figures as a row of bars: `▁▂▅█`.
public enum Sparkline {
    private static let bars = Array("▁▂▃▄▅▆▇█")

    /// A bar for each figure, the highest of them full; a dot where there is none.
    public static func text(_ figures: [Double?]) -> String {
        let most = figures.compactMap { $0 }.max() ?? 0
        return String(
            figures.map { figure in
                guard let figure else { return "·" }
                guard most > 0, figure > 0 else { return bars[0] }
                return bars[min(bars.count - 1, Int((figure / most * Double(bars.count)).rounded(.up)) - 1)]
            })
    }
}
