internal import HTTPTransport

/// The JSON bodies that were read last: services give the same answer again and again, most of all under load, and
/// seeing that it is the same takes a hundredth of reading it.
///
/// Few and short, so that a body that differs each time is held against next to nothing.
final class KnownBodies {
    private static let most = 4
    private static let longest = 16 << 10

    private var bodies: [AnswerBody] = []
    /// Which of them makes room for the next.
    private var oldest = 0

    /// The body of an answer, read now or before.
    func body(of response: HTTPResponse, method: String, isWhole: Bool) -> AnswerBody {
        guard isWhole, response.body.count <= Self.longest else {
            return AnswerBody(response, method: method, isWhole: isWhole)
        }
        let header = response.header("content-type") ?? ""
        if let known = bodies.first(where: { $0.isLike(response.body, header) }) { return known }
        let body = AnswerBody(response, method: method, isWhole: isWhole)
        if body.isJSON { keep(body) }
        return body
    }

    private func keep(_ body: AnswerBody) {
        if bodies.count < Self.most {
            bodies.append(body)
        } else {
            bodies[oldest] = body
            oldest = (oldest + 1) % Self.most
        }
    }
}
