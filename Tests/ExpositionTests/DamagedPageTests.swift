import Exposition
import PlumbTesting
import Testing

/// Pages of metrics that chance has damaged: each is taken whole or refused at its place.
@Suite struct DamagedPageTests {
    private static let pages = [
        """
        # HELP http_requests_total Requests by "code" \\ path.
        # TYPE http_requests_total counter
        http_requests_total{code="200",path="/a\\"b\\n"} 1027 1395066363000
        http_requests_total{code="500",path=""} 3.5e-2
        # TYPE seconds histogram
        seconds_bucket{le="0.1"} 1
        seconds_bucket{le="+Inf"} 4
        seconds_sum 1.25
        seconds_count 4
        untyped NaN

        """,
        """
        # TYPE requests counter
        # UNIT wait_seconds seconds
        requests_total{model="phi3"} 17 1520879607.789 # {trace_id="0af7"} 1.0 1520879607.1
        requests_created{model="phi3"} 1520872607.123
        # TYPE wait_seconds summary
        wait_seconds{quantile="0.5"} 0.25
        wait_seconds_count 2
        wait_seconds_sum 0.5
        # TYPE build info
        build_info{version="0.1.0"} 1
        # EOF

        """,
    ]
    private static let words = [
        "# TYPE ", "# EOF\n", "{le=\"", "\"}", "+Inf", "-Inf", "NaN", "1e999", "_total", "_bucket", " # {", "0x1p3",
    ]

    @Test(arguments: [1, 2, 3]) func `a damaged page is taken whole or refused at its place`(seed: UInt64) {
        for bytes in Mutations(of: Self.pages, words: Self.words, count: 3000, seed: seed) {
            for format in [MetricsPage.Format.prometheus, .openMetrics] {
                let text = String(decoding: bytes, as: UTF8.self)
                // What lacks at the end is told of the line behind the last.
                let lines = bytes.count { $0 == 0x0A } + (bytes.last == 0x0A ? 1 : 2)
                do throws(ExpositionError) {
                    let page = try MetricsPage.parse(bytes, as: format)
                    #expect(page.sampleCount <= lines, "seed \(seed): \(text)")
                    // What was taken once is taken again, and is the same.
                    #expect(try MetricsPage.parse(bytes, as: format).sampleCount == page.sampleCount)
                } catch {
                    let isInside = (1...lines).contains(error.line) && error.column >= 1
                    #expect(isInside, "seed \(seed): \(error) in \(text)")
                    #expect(!error.reason.isEmpty)
                }
            }
        }
    }
}
