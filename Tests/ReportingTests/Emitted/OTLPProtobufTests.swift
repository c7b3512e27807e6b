import Expressions
import Testing

@testable import Reporting

/// The binary form of OTLP; OTLPMessageTests read it with OpenTelemetry's own messages.
@Suite struct OTLPProtobufTests {
    private func bytes(_ path: String, _ json: String) -> [UInt8]? {
        let message = ReportMessage(method: "POST", path: path, contentType: "application/json", body: Array(json.utf8))
        return OTLPProtobuf.message(message)?.body
    }

    @Test func `fields are written by their numbers, those of a choice although they are empty`() {
        let json = """
            {"resourceSpans": [{"resource": {"attributes": [
              {"key": "a", "value": {"boolValue": false}}, {"key": "b", "value": {"intValue": "-1"}}]}}]}
            """
        let minusOne: [UInt8] = [0x18] + [UInt8](repeating: 0xFF, count: 9) + [1]
        let a: [UInt8] = [0x0A, 7, 0x0A, 1, 0x61, 0x12, 2, 0x10, 0]
        let b: [UInt8] = [0x0A, 16, 0x0A, 1, 0x62, 0x12, 11] + minusOne
        let resource = [0x0A, UInt8(a.count + b.count)] + a + b
        #expect(bytes("/v1/traces", json) == [0x0A, UInt8(resource.count)] + resource)
    }

    @Test func `times, ids and doubles have their sizes`() {
        let json = """
            {"resourceMetrics": [{"scopeMetrics": [{"metrics": [{"gauge": {"dataPoints": [
              {"timeUnixNano": "258", "asDouble": 1}]}}]}]}]}
            """
        let point: [UInt8] = [0x19, 2, 1, 0, 0, 0, 0, 0, 0, 0x21, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F]
        #expect(bytes("/v1/metrics", json)?.suffix(point.count) == point[...])
        let span = #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"spanId":"00ff0a","flags":1}]}]}]}"#
        #expect(bytes("/v1/traces", span)?.suffix(11) == [0x12, 3, 0, 0xFF, 0x0A, 0x85, 1, 1, 0, 0, 0][...])
    }

    @Test func `what is none of OTLP has no binary form`() {
        #expect(bytes("/metrics/job/plumb", "{}") == nil)
        #expect(bytes("/v1/traces", "{") == nil)
    }

    @Test func `an answer tells what was refused, and what is damaged tells nothing`() {
        let answer: [UInt8] = [0x0A, 11, 0x08, 3, 0x12, 7] + Array("too old".utf8)
        #expect(OTLPProtobuf.refusal(in: answer)["partialSuccess"]?["rejectedSpans"] == 3)
        #expect(OTLPProtobuf.refusal(in: answer)["partialSuccess"]?["errorMessage"] == "too old")
        #expect(OTLPProtobuf.refusal(in: []) == [:])
        for length in 1..<answer.count { _ = OTLPProtobuf.refusal(in: Array(answer.prefix(length))) }
        for byte in UInt8.min...UInt8.max { _ = OTLPProtobuf.refusal(in: [byte, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, byte]) }
    }
}
