import Synchronization

/// Answers written in a text: blocks between `---` lines, each a request line, headers and a body.
///
///     GET /api/item 200
///     content-type: application/json
///     :delay: 300ms
///
///     {"id": 7}
///     ---
///     POST /api/item 503
///
/// A block may say `:delay:` (before the answer), `:pause:` (the body is sent in chunks, one a paragraph, with that
/// pause between them), `:close: true` and `:drop: true` (no answer at all). Blocks with the same method and path
/// answer in turn, the last one ever after. A path with `?` is compared with its query. What no block names is a 404.
public final class ScriptedRoutes: Sendable {
    /// A place in the text that says nothing understandable.
    public struct Malformed: Error, Sendable, CustomStringConvertible {
        public let description: String
    }

    private struct Route {
        let method: String
        let target: String
        var replies: [HTTPReply]
    }

    private let routes: Mutex<[Route]>

    /// Reads the text.
    public init(_ text: String) throws(Malformed) {
        var routes: [Route] = []
        for block in Self.blocks(text) {
            let (method, target, reply) = try Self.parse(block)
            if let index = routes.firstIndex(where: { $0.method == method && $0.target == target }) {
                routes[index].replies.append(reply)
            } else {
                routes.append(Route(method: method, target: target, replies: [reply]))
            }
        }
        self.routes = Mutex(routes)
    }

    /// Returns the next answer to a request.
    public func reply(to request: RecordedRequest) -> HTTPReply {
        routes.withLock { routes in
            let found =
                routes.firstIndex { $0.method == request.method && $0.target == request.target }
                ?? routes.firstIndex { $0.method == request.method && $0.target == request.path }
            guard let found else { return .json(#"{"error": "no such route"}"#, status: 404) }
            let reply = routes[found].replies[0]
            if routes[found].replies.count > 1 { routes[found].replies.removeFirst() }
            return reply
        }
    }

    private static func blocks(_ text: String) -> [[Substring]] {
        text.split(separator: "\n", omittingEmptySubsequences: false).split { $0 == "---" }.map(Array.init)
            .map { Array($0.drop(while: \.isEmpty)) }.filter { !$0.isEmpty }
    }

    private static func parse(
        _ block: [Substring]
    ) throws(Malformed) -> (method: String, target: String, reply: HTTPReply) {
        let words = block[0].split(separator: " ")
        guard words.count == 3, let status = Int(words[2]) else {
            throw Malformed(description: "'\(block[0])' is not 'METHOD PATH STATUS'")
        }
        var reply = HTTPReply(status)
        var pause: Duration?
        let fields = block.dropFirst().prefix { !$0.isEmpty }
        for line in fields {
            guard let colon = line.dropFirst().firstIndex(of: ":") else {
                throw Malformed(description: "'\(line)' is not 'name: value'")
            }
            let name = line[..<colon]
            let value = String(line[line.index(after: colon)...].drop { $0 == " " })
            switch name {
            case ":delay": reply.delay = try milliseconds(value)
            case ":pause": pause = try milliseconds(value)
            case ":close": reply.closes = value == "true"
            case ":drop": reply.drops = value == "true"
            default: reply.fields.append(HTTPReply.Field(String(name), value))
            }
        }
        let body = block.dropFirst(fields.count + 2)
        reply.body = self.body(body.last == "" ? body.dropLast() : body, pause: pause)
        return (String(words[0]), String(words[1]), reply)
    }

    private static func body(_ lines: ArraySlice<Substring>, pause: Duration?) -> HTTPReply.Body {
        guard let pause else { return .whole(Array(lines.joined(separator: "\n").utf8)) }
        let paragraphs = lines.split { $0.isEmpty }
        return .chunks(
            paragraphs.enumerated().map { index, lines in
                HTTPReply.Chunk(lines.joined(separator: "\n") + "\n\n", after: index == 0 ? .zero : pause)
            })
    }

    private static func milliseconds(_ text: String) throws(Malformed) -> Duration {
        guard text.hasSuffix("ms"), let count = Int(text.dropLast(2)), count >= 0 else {
            throw Malformed(description: "'\(text)' is not a number of milliseconds such as '300ms'")
        }
        return .milliseconds(count)
    }
}
