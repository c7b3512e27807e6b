internal import EventLoop

extension Duration {
    /// Milliseconds with three digits behind the point, as results have them.
    var inMilliseconds: Double {
        milliseconds.roundedToMicroseconds
    }

    /// The duration without what lies below a millisecond, for people.
    var inWholeMilliseconds: Duration { .milliseconds(Int64(inMilliseconds.rounded())) }
}

extension Double {
    /// Milliseconds with three digits behind the point: what clocks tell and people read.
    var roundedToMicroseconds: Double { (self * 1000).rounded() / 1000 }
}
