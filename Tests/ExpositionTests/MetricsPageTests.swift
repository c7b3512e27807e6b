import Exposition
import Testing

struct MetricsPageTests {
    private static func page(_ text: String, _ format: MetricsPage.Format = .openMetrics) throws -> MetricsPage {
        try MetricsPage.parse(Array(text.utf8), as: format)
    }

    private static func refusal(_ text: String, _ format: MetricsPage.Format) -> ExpositionError? {
        do throws(ExpositionError) {
            _ = try MetricsPage.parse(Array(text.utf8), as: format)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a page of OpenMetrics without its end is refused as cut`() throws {
        let error = try #require(Self.refusal("# TYPE a counter\na_total 1\n", .openMetrics))
        #expect(error.reason == "the page is cut: '# EOF' is missing at its end")
        #expect(error.line == 3)
    }

    @Test func `a page that ends within a line is refused as cut`() throws {
        let error = try #require(Self.refusal("a 1\nb{c=\"d\"} 1", .prometheus))
        #expect(error.reason == "the last line is cut: no line feed ends it")
        #expect(error.line == 2)
        #expect(error.excerpt == "b{c=\"d\"} 1")
    }

    @Test(arguments: [
        ("a{b=\"1\",c=\"2\"} 1\na{c=\"2\",b=\"1\"} 2\n", MetricsPage.Format.prometheus),
        ("a{b=\"1\"} 1\nd 1\na{b=\"1\",c=\"\"} 2\n", .prometheus),
        ("a 1\na 2\n# EOF\n", .openMetrics),
    ])
    func `a series that stands twice is refused, in whatever order its labels are`(
        _ text: String, _ format: MetricsPage.Format
    ) throws {
        let error = try #require(Self.refusal(text, format))
        #expect(error.reason.hasPrefix("the series stands twice"))
    }

    @Test func `a series with two times is two samples`() throws {
        #expect(try Self.page("a 1 1000\na 2 2000\n", .prometheus).sampleCount == 2)
        #expect(try Self.page("a 1 1\na 2 2\n# EOF\n").sampleCount == 2)
    }

    @Test func `a place is told by line and column`() throws {
        let error = try #require(Self.refusal("# TYPE a gauge\na{b=\"1\" c=\"2\"} 1\n# EOF\n", .openMetrics))
        #expect(error.line == 2)
        #expect(error.column == 9)
        #expect(error.reason == "expected ',' or '}' between labels")
    }

    @Test func `bytes that are no UTF-8 are told with their place`() throws {
        do throws(ExpositionError) {
            _ = try MetricsPage.parse(
                Array("a 1\nb{c=\"".utf8) + [0xC3, 0x28] + Array("\"} 1\n".utf8), as: .prometheus)
            Issue.record("the page was taken")
        } catch {
            #expect(error.reason == "the text is not UTF-8")
            #expect(error.line == 2)
            #expect(error.column == 6)
        }
    }

    @Test func `a value that its metric cannot have is a complaint, and a refusal where one asks for it`() throws {
        let text = "# TYPE a summary\na_sum -1\n# EOF\n"
        let page = try Self.page(text)
        #expect(page.complaints.map(\.reason) == ["a counter is not negative"])
        #expect(throws: ExpositionError.self) {
            try MetricsPage.parse(Array(text.utf8), as: .openMetrics, isStrict: true)
        }
    }

    @Test func `selectors pick by name and by every test of labels`() throws {
        let page = try Self.page(
            """
            # TYPE r counter
            r_total{code="200",m="a"} 1
            r_total{code="503",m="a"} 2
            r_total{code="500",m="b"} 3
            r_total{m="c"} 4
            # EOF

            """)
        func values(_ matchers: LabelMatcher...) throws -> [Double] {
            try page.samples(SampleSelector(name: "r_total", matchers: matchers)).map(\.value)
        }
        #expect(try values() == [1, 2, 3, 4])
        #expect(try values(LabelMatcher("code", .equal, "503")) == [2])
        #expect(try values(LabelMatcher("code", .notEqual, "503")) == [1, 3, 4])
        #expect(try values(LabelMatcher("code", .matches, "5..")) == [2, 3])
        #expect(try values(LabelMatcher("code", .matches, "5")) == [])
        #expect(try values(LabelMatcher("code", .matchesNot, "5.."), LabelMatcher("m", .equal, "a")) == [1])
        #expect(try values(LabelMatcher("code", .equal, "")) == [4])
        #expect(try page.samples(SampleSelector(name: "r")).isEmpty)
        let byName = SampleSelector(name: nil, matchers: [LabelMatcher("__name__", .matches, "r_.*")])
        #expect(try page.samples(byName).count == 4)
    }

    @Test func `a pattern that is none is told`() throws {
        let page = try Self.page("a{b=\"c\"} 1\n# EOF\n")
        #expect(throws: SampleSelector.BadPattern(pattern: "(")) {
            try page.samples(SampleSelector(name: "a", matchers: [LabelMatcher("b", .matches, "(")]))
        }
    }

    @Test func `labels, exemplars and types are kept`() throws {
        let page = try Self.page(
            """
            # TYPE a counter
            # HELP a It counts.
            a_total{b="x\\"y\\nz"} 5 10 # {trace_id="t"} 0.5 9.5
            a_created{b="x\\"y\\nz"} 3 10
            # EOF

            """)
        let sample = page.sample(0)
        #expect(sample.labels == [MetricSample.Label("b", "x\"y\nz")])
        #expect(sample.time == 10)
        #expect(sample.exemplar?.labels == [MetricSample.Label("trace_id", "t")])
        #expect(sample.exemplar?.time == 9.5)
        #expect(sample.family.kind == .counter)
        #expect(sample.family.help == "It counts.")
        #expect(sample.isCounter == true)
        #expect(page.sample(1).isCounter == false)
    }

    @Test func `infinities and NaN are read, and nothing that only looks like a number`() throws {
        let page = try Self.page("a +Inf\nb -inf\nc NaN\nd 1e3\ne .5\n", .prometheus)
        #expect(page.sample(0).value == .infinity)
        #expect(page.sample(1).value == -.infinity)
        #expect(page.sample(2).value.isNaN)
        #expect(page.sample(3).value == 1000)
        #expect(page.sample(4).value == 0.5)
        for bad in ["0x1p-3", "1_000", "--1", "1e", "nanx", "1,5"] {
            #expect(Self.refusal("a \(bad)\n", .prometheus) != nil, "\(bad)")
        }
    }

    @Test func `a native histogram is told apart from a number`() throws {
        let page = try Self.page(
            """
            # TYPE h histogram
            h{a="b"} {count:24,sum:100,schema:0,zero_threshold:0.001,zero_count:4,positive_spans:[0:2,1:2],positive_deltas:[2,1,-3,3]}
            # EOF

            """)
        let histogram = try #require(page.sample(0).histogram)
        #expect(histogram.count == 24)
        #expect(histogram.positive.spans == [.init(offset: 0, length: 2), .init(offset: 1, length: 2)])
        #expect(histogram.positive.deltas == [2, 1, -3, 3])
    }

    @Test func `many samples take time in proportion`() throws {
        func seconds(_ count: Int) throws -> Double {
            var text = "# TYPE a counter\n"
            for number in 0..<count { text += "a_total{id=\"\(number)\"} \(number)\n" }
            let bytes = Array((text + "# EOF\n").utf8)
            let start = ContinuousClock.now
            #expect(try MetricsPage.parse(bytes, as: .openMetrics).sampleCount == count)
            return (ContinuousClock.now - start) / .seconds(1)
        }
        _ = try seconds(1000)
        let (few, many) = (try seconds(5000), try seconds(50_000))
        #expect(many < few * 60)
    }
}
