/// What was found out about a request when it was first sent, so that the next sending need not find it out again.
///
/// Lives on the loop's thread.
final class KnownRequest {
    /// A sound one, without user name or password in its URL.
    let request: HTTPRequest
    let url: ParsedURL
    let lines: KnownLines
    /// Its bytes, where it went over a plain connection.
    var layout: PlainLayout?

    init(_ request: HTTPRequest, url: ParsedURL, lines: KnownLines) {
        self.request = request
        self.url = url
        self.lines = lines
    }
}
