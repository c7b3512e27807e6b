/// Decides whether and how a redirect is followed.
///
/// 301, 302 and 303 become a GET (a HEAD stays one), 307 and 308 repeat method and body. Credentials stay
/// behind when the origin changes, and do not come back on a later hop.
struct RedirectPolicy {
    /// Why a `Location` is no place to go.
    enum LocationProblem: Error {
        case malformed
        case scheme(String)
    }

    enum Decision {
        /// The answer is the final one.
        case stop
        case follow(HTTPRequest)
        case refuse(String, hint: String?)
    }

    private struct Visit: Hashable {
        let method: String
        let url: String
        let cookies: String?
    }

    private static let locationLimit = 8 << 10

    private let limit: Int
    private let firstCookies: String?
    private(set) var followed: [HTTPResponse.Redirect] = []
    private var visits: Set<Visit> = []

    /// Creates the policy of one request, with what the jar sent in its first hop.
    init(limit: Int, firstCookies: String?) {
        self.limit = limit
        self.firstCookies = firstCookies
    }

    /// Judges the answer to a hop that went to `url`, against which `resolve` reads its `Location`.
    ///
    /// `cookies` tells what the jar sends to a URL now: the same request with new cookies is no circle.
    mutating func decide(
        _ request: HTTPRequest, at url: ParsedURL, status: Int, location: @autoclosure () -> String?,
        cookies: (ParsedURL) -> String?,
        resolve: (String) -> Result<ParsedURL, LocationProblem>
    ) -> Decision {
        guard limit > 0, [301, 302, 303, 307, 308].contains(status), let location = location() else { return .stop }
        guard followed.count < limit else {
            return .refuse(
                "more than \(limit == 1 ? "1 redirect" : "\(limit) redirects"), the next to '\(location.preview)'",
                hint: "raise follow_redirects")
        }
        guard location.utf8.count <= Self.locationLimit else {
            return .refuse("the redirect's Location is over \(Self.locationLimit >> 10) KiB", hint: nil)
        }
        let target: ParsedURL
        switch resolve(location) {
        case .failure(.malformed):
            return .refuse("the redirect's Location '\(location.withoutUserInfo.preview)' is no URL", hint: nil)
        case .failure(.scheme(let scheme)):
            return .refuse(
                "a redirect to '\(scheme.preview):' is not followed", hint: "only http and https redirects are followed"
            )
        case .success(let parsed):
            target = parsed
        }
        guard !target.hasUserInfo else {
            return .refuse(
                "a redirect that brings a user name is not followed: '\(target.text.preview)'",
                hint: "follow it by a step of its own")
        }

        guard status < 307 || !request.hasCredentialBody || target.origin == url.origin else {
            return .refuse(
                "a redirect that takes a secret in the body to another host is not followed: '\(target.text.preview)'",
                hint: "follow it by a step of its own")
        }

        if visits.isEmpty { visits.insert(Visit(method: request.method, url: url.text, cookies: firstCookies)) }
        let next = following(request, from: url, to: target, status: status)
        let visit = Visit(method: next.method, url: target.text, cookies: cookies(target))
        guard visits.insert(visit).inserted else {
            return .refuse("the redirects go in a circle: '\(target.text.preview)' was asked before", hint: nil)
        }
        followed.append(HTTPResponse.Redirect(status: status, url: target.text))
        return .follow(next)
    }

    private func following(
        _ request: HTTPRequest, from url: ParsedURL, to target: ParsedURL, status: Int
    ) -> HTTPRequest {
        var next = request
        next.url = target.text
        if status < 307 && request.method != "HEAD" {
            next.method = "GET"
            next.isIdempotent = true
            next.body = .none
            let described = [
                "content-type", "content-length", "content-encoding", "content-language", "transfer-encoding",
            ]
            next.headers.removeAll { header in described.contains { header.name.isSameHeader(as: $0) } }
        }
        if target.origin != url.origin {
            let personal = ["authorization", "cookie", "proxy-authorization", "host"] + request.credentialHeaders
            next.headers.removeAll { header in personal.contains { header.name.isSameHeader(as: $0) } }
            next.settings.tls.certificate = nil
            next.settings.tls.key = nil
        }
        return next
    }
}
