/// A completion as it is stored, with its messages.
struct CompletionRecord: Sendable, Hashable {
    /// One message of the request, or one answer.
    struct Message: Sendable, Hashable {
        var role: String
        var content: String
        var tokens: Int
    }

    var id: String
    var requestID: String
    /// The schema that holds it, named like the model that was asked.
    var schema: String
    /// The model that made it.
    var model: String
    var replica: String?
    var finishReason: String
    var promptTokens: Int
    var completionTokens: Int
    var temperature: Double
    var isStreamed: Bool
    var latency: Duration
    /// Milliseconds since 1970.
    var createdAt: Int
    var messages: [Message]
    /// What the row says of the number of messages, where that is not the truth.
    var claimedMessages: Int?

    /// The row's values by column.
    var row: [String: StoreValue] {
        [
            "id": .text(id), "request_id": .text(requestID), "model": .text(model),
            "replica": replica.map { .text($0) } ?? .null, "finish_reason": .text(finishReason),
            "prompt_tokens": .integer(promptTokens), "completion_tokens": .integer(completionTokens),
            "tokens": .integer(promptTokens + completionTokens),
            "message_count": .integer(claimedMessages ?? messages.count), "temperature": .real(temperature),
            "streamed": .bool(isStreamed), "latency_ms": .real((latency.seconds * 1_000_000).rounded() / 1000),
            "created_at": .timestamp(createdAt),
        ]
    }

    /// The values of a message's row by column.
    func row(ofMessage position: Int) -> [String: StoreValue] {
        let message = messages[position]
        return [
            "completion_id": .text(id), "position": .integer(position), "role": .text(message.role),
            "content": .text(message.content), "tokens": .integer(message.tokens),
        ]
    }
}

/// A value on its way into a row.
enum StoreValue: Sendable, Hashable {
    case null
    case text(String)
    case integer(Int)
    case real(Double)
    case bool(Bool)
    /// Milliseconds since 1970.
    case timestamp(Int)

    /// An instant in UTC, as both databases read it: `2026-01-31 12:00:00.250`.
    static func written(_ milliseconds: Int) -> String {
        let days = Int((Double(milliseconds) / 86_400_000).rounded(.down))
        var rest = milliseconds - days * 86_400_000
        // The civil calendar from a count of days, by https://howardhinnant.github.io/date_algorithms.html.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        var clock: [String] = []
        for unit in [3_600_000, 60_000, 1000] {
            clock.append(padded(rest / unit, 2))
            rest %= unit
        }
        return
            "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2)) \(clock.joined(separator: ":")).\(padded(rest, 3))"
    }
}
