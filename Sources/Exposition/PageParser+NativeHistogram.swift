extension PageParser {
    /// Reads `{count:24,sum:100,schema:0,…,positive_spans:[0:2,1:2],positive_deltas:[2,1]}`.
    mutating func nativeHistogram() throws(ExpositionError) -> MetricSample.NativeHistogram {
        var histogram = MetricSample.NativeHistogram()
        var seen: Set<String> = []
        repeat {
            at += 1
            while byte == 0x20 { at += 1 }
            let start = at
            while let byte, byte != UInt8(ascii: ":"), byte != UInt8(ascii: "}"), byte != 0x0A { at += 1 }
            let key = shown(start..<at)
            guard byte == UInt8(ascii: ":") else { throw failure("a native histogram is cut") }
            guard seen.insert(key).inserted else { throw failure("'\(key)' stands twice", at: start) }
            at += 1
            switch key {
            case "count": histogram.count = try field()
            case "sum": histogram.sum = try field()
            case "schema": histogram.schema = try field()
            case "zero_threshold": histogram.zeroThreshold = try field()
            case "zero_count": histogram.zeroCount = try field()
            case "positive_spans": histogram.positive.spans = try spans()
            case "negative_spans": histogram.negative.spans = try spans()
            case "positive_deltas": histogram.positive.deltas = try list().map { ($0.first ?? 0) }
            case "negative_deltas": histogram.negative.deltas = try list().map { ($0.first ?? 0) }
            default: throw failure("a native histogram has no '\(key)'", at: start)
            }
        } while byte == UInt8(ascii: ",")
        guard byte == UInt8(ascii: "}") else { throw failure("a native histogram is cut") }
        at += 1
        for key in ["count", "sum", "schema", "zero_threshold", "zero_count"] where !seen.contains(key) {
            throw failure("a native histogram lacks '\(key)'")
        }
        return histogram
    }

    private mutating func field() throws(ExpositionError) -> Double {
        let start = at
        while let byte, byte != 0x0A, !",}]:".utf8.contains(byte) { at += 1 }
        return try number(start..<at, "number")
    }

    private mutating func spans() throws(ExpositionError) -> [MetricSample.NativeHistogram.Span] {
        let start = at
        var spans: [MetricSample.NativeHistogram.Span] = []
        for pair in try list() {
            guard pair.count == 2, let offset = Int(exactly: pair[0]), let length = Int(exactly: pair[1]) else {
                throw failure("a span is two whole numbers", at: start)
            }
            spans.append(.init(offset: offset, length: length))
        }
        return spans
    }

    /// Reads `[1,2]` or `[0:2,1:2]`.
    private mutating func list() throws(ExpositionError) -> [[Double]] {
        guard byte == UInt8(ascii: "[") else { throw failure("expected '['") }
        var list: [[Double]] = []
        repeat {
            at += 1
            var numbers = [try field()]
            while byte == UInt8(ascii: ":") {
                at += 1
                numbers.append(try field())
            }
            list.append(numbers)
        } while byte == UInt8(ascii: ",")
        guard byte == UInt8(ascii: "]") else { throw failure("a list is cut") }
        at += 1
        return list
    }
}
