import Testing

@testable import HTTPTransport

@Suite struct RetryAfterTests {
    @Test(arguments: [
        "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
    ]) func `a date is read in each of HTTP's forms`(_ text: String) {
        #expect(RetryAfter.seconds(ofDate: text) == 784_111_777)
    }

    @Test(arguments: ["", "1994", "06 Nov 1994", "08:49:37", "Sun, 99 Nov 1994 08:49:37 GMT", "06 Nov 1994 25:00:00"])
    func `what is no date is told`(_ text: String) { #expect(RetryAfter.seconds(ofDate: text) == nil) }

    @Test func `a date is waited for from now on`() throws {
        let later = try #require(RetryAfter("Sun, 06 Nov 1994 08:49:37 GMT", now: 784_111_770))
        #expect(later.pause == .seconds(7))
        #expect(RetryAfter(nil, now: 0) == nil)
    }

    @Test(arguments: [("5", 5), (" 12\t", 12), ("99999999999999999999", 86_400), ("0", 0)])
    func `seconds are read, a day at most`(_ text: String, _ seconds: Int) {
        #expect(RetryAfter(text, now: 0)?.pause == .seconds(seconds))
    }

    @Test func `what lies behind us is no pause, and what says nothing is told`() {
        #expect(RetryAfter("Sun, 06 Nov 1994 08:49:37 GMT", now: 784_111_999)?.pause == .zero)
        #expect(RetryAfter("soon", now: 0)?.pause == nil)
        #expect(RetryAfter("1 2", now: 0)?.pause == nil)
        #expect(RetryAfter.seconds(ofDate: "Thu, 29 Feb 2024 00:00:01 GMT") == 1_709_164_801)
        #expect(RetryAfter.seconds(ofDate: "Thu, 01 Jan 1970 00:00:00 GMT") == 0)
    }
}
