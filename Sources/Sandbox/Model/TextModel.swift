/// A small deterministic text generator: it obeys a few plain requests and talks in word chains otherwise.
struct TextModel: Sendable {
    /// The finished text and why it ended.
    struct Completion: Sendable, Hashable {
        /// The text in tokens; joined they are the text.
        var tokens: [String]
        var finishReason: String
        var text: String { tokens.joined() }
    }

    let name: String
    /// The seed of the stack.
    let seed: UInt64

    /// Generates one choice of a completion.
    ///
    /// `draw` separates samples: requests at temperature 0 give the same number each time.
    func complete(_ request: ChatRequest, choice: Int, draw: UInt64) -> Completion {
        let prompt = request.lastUserText
        var text = Self.echo(of: prompt) ?? Self.count(in: prompt) ?? chain(about: prompt, choice: choice, draw: draw)
        var finishReason = "stop"
        let cut = request.stop.compactMap { text.firstRange(of: $0)?.lowerBound }.min()
        if let cut { text = String(text[..<cut]) }
        var tokens = Tokens.split(text)
        if tokens.count > request.maximumTokens {
            tokens.removeSubrange(request.maximumTokens...)
            finishReason = "length"
        }
        return Completion(tokens: tokens, finishReason: finishReason)
    }

    // MARK: Plain requests

    private static let echoVerbs = [
        "say exactly", "say only", "say", "repeat after me:", "repeat", "reply with only", "reply with exactly",
        "reply with", "answer with only", "answer with", "echo",
    ]

    /// What a prompt such as `Say pong` or `Reply with "yes".` asks to hear.
    private static func echo(of prompt: String) -> String? {
        var rest = prompt[...].drop { $0.isWhitespace }
        if rest.lowercased().hasPrefix("please ") { rest = rest.dropFirst("please ".count) }
        let lowered = rest.lowercased()
        guard let verb = echoVerbs.first(where: { lowered.hasPrefix($0 + " ") || lowered.hasPrefix($0 + ":") }) else {
            return nil
        }
        rest = rest.dropFirst(verb.count).drop { $0.isWhitespace || $0 == ":" }
        if let quote = rest.first, quote == "\"" || quote == "'", let end = rest.dropFirst().firstIndex(of: quote) {
            return String(rest[rest.index(after: rest.startIndex)..<end])
        }
        let sentence = rest.prefix { !".!?\n".contains($0) }
        return sentence.isEmpty ? nil : String(sentence)
    }

    /// The numbers that `Count to 20` asks for.
    private static func count(in prompt: String) -> String? {
        let lowered = prompt.lowercased()
        guard let range = lowered.firstRange(of: "count to ") else { return nil }
        let digits = lowered[range.upperBound...].prefix { $0.isASCII && $0.isNumber }
        guard let last = Int(digits), (1...1000).contains(last) else { return nil }
        return (1...last).map(String.init).joined(separator: " ")
    }

    // MARK: Word chains

    /// Two to four sentences that begin with what the prompt is about.
    private func chain(about prompt: String, choice: Int, draw: UInt64) -> String {
        var random = SeededRandom(
            seed: UInt64(hashing: prompt, from: UInt64(hashing: name) &+ seed) &+ draw &+ UInt64(choice))
        let words: [Substring] = prompt.split(whereSeparator: { !$0.isLetter })
        let topic = words.max { $0.count < $1.count }.map(String.init) ?? "this"
        var text = "On \(topic.lowercased()):"
        for _ in 0..<(2 + Int(random.next() % 3)) {
            text += " " + sentence(&random)
        }
        return text
    }

    private func sentence(_ random: inout SeededRandom) -> String {
        let chains = WordChains.shared
        var word = chains.openings[Int(random.next() % UInt64(chains.openings.count))]
        var words = [word]
        while let followers = chains.followers[word], !followers.isEmpty, words.count < 24 {
            word = followers[Int(random.next() % UInt64(followers.count))]
            words.append(word)
        }
        let text = words.joined(separator: " ")
        return text.prefix(1).uppercased() + text.dropFirst() + "."
    }
}

/// Which words may follow which, learnt from a few sentences.
private struct WordChains {
    /// A constant: built once, never changed.
    static let shared = WordChains(
        learning: """
            a small model answers small questions without delay
            the gateway sends every request to the service that knows the model
            every answer carries the name of the model that made it
            a good test fails when the behaviour it names is broken
            the service counts its tokens and tells the truth about them
            latency is what a user feels and throughput is what an owner pays for
            a request that waits for ever is worse than a request that fails
            the first token comes soon and the others follow at a steady pace
            two replicas share the work and either can do it alone
            an error with a name and a place is half of its own repair
            a seed makes the same question give the same answer
            the truth about a system is in what it does under load
            """)

    let openings: [String]
    let followers: [String: [String]]

    init(learning text: String) {
        var openings: [String] = []
        var followers: [String: [String]] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            openings += words.prefix(1)
            for (first, second) in zip(words, words.dropFirst()) { followers[first, default: []].append(second) }
        }
        self.openings = openings
        self.followers = followers
    }
}
