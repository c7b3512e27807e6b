import Expressions
import PlumbTesting
import ScenarioModel
import StepDrivers
import Synchronization
import Testing

/// A body that came before is not read again, which nobody must notice.
struct HTTPKnownBodyTests {
    /// What an answer says of its body, and the body.
    private struct Answer {
        var head = "HTTP/1.1 200 OK\r\nContent-Type: application/json"
        var body: String
        /// As the head says; the connection closes behind less.
        var length: Int?

        var text: String { "\(head)\r\nContent-Length: \(length ?? body.utf8.count)\r\n\r\n\(body)" }
    }

    private static let long = "[\"" + String(repeating: "x", count: 20_000) + "\"]"
    private static let answers = [
        Answer(body: #"{"a": 1, "b": [true]}"#), Answer(body: #"{"a": 2, "b": [true]}"#),
        Answer(body: #"{"a": 1, "b": [tru]}"#), Answer(body: #"{"a": 1, "a": 2}"#), Answer(body: "[9007199254740993]"),
        Answer(body: ""), Answer(body: "[1]"), Answer(body: "[1]", length: 9),
        Answer(head: "HTTP/1.1 404 Not Found\r\nContent-Type: application/json", body: "[1]"),
        Answer(head: "HTTP/1.1 200 OK\r\nContent-Type: text/plain", body: "[1]"),
        Answer(head: "HTTP/1.1 200 OK\r\nContent-Type: application/problem+json", body: "[1]"),
        Answer(head: "HTTP/1.1 200 OK", body: "[1]"), Answer(body: long), Answer(body: "nul" + "l"),
    ]

    @Test func `an answer means what it means alone, whatever came before`() async throws {
        var order: [Int] = []
        for first in Self.answers.indices { for second in Self.answers.indices { order += [first, second, first] } }
        let turns = Mutex(order[...])
        let server = try RawServer { connection in
            while try connection.readRequest() != nil {
                guard let number = turns.withLock({ $0.popFirst() }) else { return }
                let answer = Self.answers[number]
                try connection.send(Array(answer.text.utf8))
                if answer.length != nil { return }
            }
        }
        var alone: [Meaning] = []
        for answer in Self.answers { alone.append(try await Self.meaning(answer)) }
        let (sent, expected) = (order, alone)
        try await drive { driving in
            for number in sent {
                let outcome = try await driving.run("{ get: /a }", target: "{ url: '\(server.url)' }")
                #expect(Meaning(outcome) == expected[number], "answer \(number)")
            }
        }
    }

    /// What an answer means to one who never saw another.
    private static func meaning(_ answer: Answer) async throws -> Meaning {
        let server = try RawServer { connection in
            guard try connection.readRequest() != nil else { return }
            try connection.send(Array(answer.text.utf8))
        }
        return try await Meaning(outcome("{ get: /a }", at: server.url))
    }

    private struct Meaning: Equatable {
        let status: Value?
        let body: Value?
        let text: Value?
        let bytes: Value?
        let error: String?
        let notes: [String]

        init(_ outcome: Outcome) {
            (status, body, text, bytes) = (outcome["status"], outcome["body"], outcome["text"], outcome["bytes"])
            error = outcome.error.map { "\($0.kind): \($0.message)" }
            notes = outcome.notes
        }
    }
}
