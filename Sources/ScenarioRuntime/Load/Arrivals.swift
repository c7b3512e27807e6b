import Glibc
import ScenarioModel

/// The times at which the runs of an open load are due: a value that is asked for the next and answers.
///
/// Arrivals are laid out along the area below the rate: evenly, the next is one unit of area further; at random, an
/// exponentially distributed step of one unit on average. A rate that changes then needs no case of its own.
struct Arrivals {
    private let curve: RateCurve
    private let most: Int
    private var piece = 0
    private var area = 0.0
    private var chance: SeededChance?
    /// How many were given or passed over.
    private(set) var count = 0

    /// Creates arrivals at the rates of a curve; `times` bounds their number.
    init(_ curve: RateCurve, times: Int? = nil, spacing: Repetition.Spacing = .even, seed: String = "") {
        self.curve = curve
        most = times ?? .max
        if spacing == .poisson {
            chance = SeededChance(seed)
            area = step()
        }
    }

    /// The next arrival's number and its distance from the beginning; nil where there is none.
    mutating func next() -> (index: Int, offset: Duration)? {
        guard count < most, reachesArea() else { return nil }
        let offset = curve.time(ofArea: area, in: piece)
        defer {
            count += 1
            area += step()
        }
        return (count, .seconds(offset))
    }

    /// Passes over all that are due by then, and says how many they are.
    ///
    /// It takes the same time however many: a rate far above what a machine can do must not keep it busy counting.
    mutating func skip(to offset: Duration) -> Int {
        let target = min(curve.area(to: offset / .seconds(1)), curve.area)
        guard target.isFinite, target > area else { return 0 }
        let due = min(Int((target - area).rounded(.up)), most - count)
        count += due
        area += Double(due)
        return due
    }

    private mutating func reachesArea() -> Bool {
        // Sums of steps fall short of, or beyond, a whole number by less than this.
        let tiny = 1e-6
        while piece < curve.pieces.count {
            let current = curve.pieces[piece]
            if area < current.before + current.area - tiny { return true }
            piece += 1
        }
        return false
    }

    private mutating func step() -> Double {
        guard var source = chance else { return 1 }
        let share = source.share()
        chance = source
        return -log(1 - share)
    }
}
