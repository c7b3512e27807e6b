import Reporting
import Testing

@testable import plumb

@Suite struct ReportAddressTests {
    private func message(_ path: String) -> ReportMessage {
        ReportMessage(method: "POST", path: path, contentType: "", body: [])
    }

    @Test(arguments: [
        ("http://h:4318", "/v1/traces", "http://h:4318/v1/traces"),
        ("http://h:4318/", "/v1/metrics", "http://h:4318/v1/metrics"),
        ("https://h/otlp//", "/v1/traces", "https://h/otlp/v1/traces"),
        ("http://h:4318/v1/traces", "/v1/metrics", "http://h:4318/v1/metrics"),
        ("HTTP://[::1]:1/v1/metrics/", "/v1/traces", "http://[::1]:1/v1/traces"),
        ("http://h:9091", "/metrics/job/plumb/profile/p", "http://h:9091/metrics/job/plumb/profile/p"),
        ("http://h:9091/metrics/job/nightly", "/metrics/job/plumb", "http://h:9091/metrics/job/nightly"),
        (
            "http://h/push/metrics/job@base64/bg==/x/y", "/metrics/job/plumb",
            "http://h/push/metrics/job@base64/bg==/x/y"
        ),
    ])
    func `a message goes below the address`(address: String, path: String, url: String) throws {
        let address = try #require(ReportAddress(address))
        #expect(address.url(for: message(path)) == url)
        #expect(address.credentials == nil)
    }

    @Test func `an address of one signal wants that alone`() throws {
        let traces = try #require(ReportAddress("http://h/v1/traces/"))
        #expect(traces.wants(message("/v1/traces")) && !traces.wants(message("/v1/metrics")))
        let all = try #require(ReportAddress("http://h"))
        #expect(all.wants(message("/v1/traces")) && all.wants(message("/v1/metrics")))
        #expect(try #require(ReportAddress("http://h/v1/metrics")).wants(message("/metrics/job/plumb")))
    }

    @Test func `credentials leave the address`() throws {
        let address = try #require(ReportAddress("https://us%40er:p%3Aw@h:1/x"))
        #expect(address.base == "https://h:1/x")
        #expect(address.credentials == "us@er:p:w")
    }

    @Test(arguments: ["", "h:4318", "file:///x", "http://", "http:///x", "http://:1", "http://h/a b", "http://h/?q=1"])
    func `what is no address is refused`(text: String) {
        #expect(ReportAddress(text) == nil)
    }

    @Test func `headers of the environment are read, and those that could smuggle are not`() {
        let headers = ReportAddress.headers("api-key=a%20b, x=y=z,,broken,bad%0Aname=1,evil=a%0D%0Ab: c,e:f=1")
        #expect(headers.map(\.name) == ["api-key", "x", "bad%0Aname"])
        #expect(headers.map(\.value) == ["a b", "y=z", "1"])
    }
}

@Suite struct DeliveryRetryTests {
    @Test func `what was taken is not sent again`() {
        var retry = DeliveryRetry()
        #expect(retry.decide(.answered(status: 202, retryAfter: nil), left: .seconds(9), chance: 0) == .delivered)
    }

    @Test(arguments: [301, 400, 401, 404, 413, 500, 501])
    func `a refusal is final`(status: Int) {
        var retry = DeliveryRetry()
        #expect(
            retry.decide(.answered(status: status, retryAfter: .seconds(1)), left: .seconds(9), chance: 0)
                == .failed("it answered with status \(status)"))
    }

    @Test(arguments: [429, 502, 503, 504])
    func `a service that is busy is asked again when it says`(status: Int) {
        var retry = DeliveryRetry()
        #expect(
            retry.decide(.answered(status: status, retryAfter: .seconds(3)), left: .seconds(9), chance: 0)
                == .again(after: .seconds(3)))
        guard case .again(let pause) = retry.decide(.lost("x"), left: .seconds(9), chance: 0.5) else {
            Issue.record("it gave up")
            return
        }
        #expect(pause == .milliseconds(500))
    }

    @Test func `the tries and the time are bounded`() {
        var retry = DeliveryRetry()
        for _ in 1..<DeliveryRetry.most {
            guard case .again = retry.decide(.lost("refused"), left: .seconds(30), chance: 0.9) else {
                Issue.record("it gave up too early")
                return
            }
        }
        #expect(retry.decide(.lost("refused"), left: .seconds(30), chance: 0) == .failed("refused, 5 times in all"))
        var late = DeliveryRetry()
        #expect(
            late.decide(.answered(status: 503, retryAfter: .seconds(60)), left: .seconds(30), chance: 0)
                == .failed("it answered with status 503; the time for sending reports is over"))
    }
}
