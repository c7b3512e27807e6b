import ScenarioSyntax
import Testing

@Suite struct QuantityTests {
    @Test(
        arguments: [
            ("250ms", .milliseconds(250)), ("5s", .seconds(5)), ("2m", .seconds(120)), ("1h", .seconds(3600)),
            ("1.5s", .milliseconds(1500)), ("1m30s", .seconds(90)), ("1h0.5s", .milliseconds(3_600_500)), ("0s", .zero),
            ("100us", .microseconds(100)), ("1d", .seconds(86400)), ("0.1ms", .microseconds(100)),
        ] as [(String, Duration)])
    func `a duration has units`(text: String, duration: Duration) {
        #expect(DurationText.parse(text) == duration)
    }

    @Test(arguments: [
        "", "5", "-5s", "+5s", "5 s", "s", "1.s", ".5s", "10 parsecs", "5S", "1s1m", "1s2s", "1.5m3s", "1e3s", "٣s",
        "999999999999h", "1.2.3s", "∞s", "5s ", "99999999999999999999s",
    ])
    func `anything else is no duration`(text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test(arguments: ["250ms", "5s", "2m", "1h", "1.5s", "1m30s", "0s", "100us", "1h1m1.25s", "1.5ms", "24h"])
    func `a duration is written as it would be read`(text: String) throws {
        let duration = try #require(DurationText.parse(text))
        #expect(DurationText.format(duration) == text)
    }

    @Test func `a negative duration is written with its sign`() {
        #expect(DurationText.format(.milliseconds(-1500)) == "-1.5s")
    }

    @Test(arguments: [
        ("100B", 100), ("10KiB", 10240), ("1MB", 1_000_000), ("1.5KiB", 1536), ("2 GiB", 2_147_483_648), ("1kB", 1000),
        ("0B", 0),
    ])
    func `a size has units`(text: String, bytes: Int) {
        #expect(QuantityText.parseSize(text) == bytes)
    }

    @Test(arguments: ["", "100", "-1B", "1.5B", "5 apples", "KiB", "99999999999999999GiB", "1e3B"])
    func `anything else is no size`(text: String) {
        #expect(QuantityText.parseSize(text) == nil)
    }

    @Test func `a rate is per second`() {
        #expect(QuantityText.parseRate("20/s") == 20)
        #expect(QuantityText.parseRate("600/m") == 10)
        #expect(QuantityText.parseRate("0.5/s") == 0.5)
        for text in ["20", "/s", "20/x", "-1/s", "20 / s", ""] { #expect(QuantityText.parseRate(text) == nil) }
    }

    @Test(arguments: [(0, "0 bytes"), (1, "1 byte"), (1023, "1023 bytes"), (1536, "1.5 KiB"), (16 << 20, "16 MiB")])
    func `bytes are counted for people`(count: Int, text: String) {
        #expect(QuantityText.bytes(count) == text)
    }
}
