import Glibc

/// How a rate, or a number of users, goes over time: straight pieces, one after another.
struct RateCurve {
    /// A piece in seconds from the beginning.
    struct Piece: Equatable {
        var start: Double
        /// Infinite for what is bounded by a count.
        var length: Double
        var from: Double
        var to: Double
        /// The area below all pieces before this one.
        var before: Double

        var slope: Double { length.isFinite ? (to - from) / length : 0 }
        /// The area below it: for a rate, the arrivals in it.
        var area: Double { length.isFinite ? (from + to) / 2 * length : .infinity }
    }

    private(set) var pieces: [Piece] = []

    /// Adds a piece behind the others.
    mutating func append(length: Double, from: Double, to: Double) {
        let last = pieces.last
        pieces.append(
            Piece(
                start: last.map { $0.start + $0.length } ?? 0, length: length, from: from, to: to,
                before: last.map { $0.before + $0.area } ?? 0))
    }

    /// Seconds from the beginning to the end.
    var length: Double { pieces.last.map { $0.start + $0.length } ?? 0 }
    /// The area below all of it.
    var area: Double { pieces.last.map { $0.before + $0.area } ?? 0 }
    var highest: Double { pieces.map { max($0.from, $0.to) }.max() ?? 0 }

    /// The height at a time; where pieces meet, the later one's.
    func height(at time: Double) -> Double {
        guard let piece = pieces.last(where: { $0.start <= time }) else { return 0 }
        return piece.from + piece.slope * min(time - piece.start, piece.length)
    }

    /// The area up to a time.
    func area(to time: Double) -> Double {
        guard let piece = pieces.last(where: { $0.start <= time }) else { return 0 }
        let inside = min(time - piece.start, piece.length)
        return piece.before + piece.from * inside + piece.slope * inside * inside / 2
    }

    /// The time at which the area reaches a value, within the piece of that number.
    func time(ofArea area: Double, in number: Int) -> Double {
        let piece = pieces[number]
        let rest = area - piece.before
        let slope = piece.slope
        // Without cancellation where the slope is small: 2c / (b + sqrt(b² + 4ac)).
        let root = sqrt(max(0, piece.from * piece.from + 2 * slope * rest))
        let divisor = piece.from + root
        return piece.start + (divisor > 0 ? min(2 * rest / divisor, piece.length) : 0)
    }
}
