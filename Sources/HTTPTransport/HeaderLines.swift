extension Exchange {
    /// The header lines of the request that are alike in all its sendings, with what the jar and the body add to them.
    var headerLines: [String] {
        var lines: [String] = []
        lines.reserveCapacity(request.headers.count + 4)
        var cookies = cookieHeader
        for header in request.headers {
            if let jar = cookies, header.name.isSameHeader(as: "cookie") {
                lines.append("\(header.name): \(header.value); \(jar)")
                cookies = nil
            } else {
                lines.append(header.line)
            }
        }
        if let cookies { lines.append("Cookie: \(cookies)") }
        if let type = upload?.contentType {
            lines.removeAll { $0.prefix { $0 != ":" }.lowercased() == "content-type" }
            lines.append("Content-Type: \(type)")
        }
        return lines
    }
}

extension HTTPHeader {
    /// The header as it stands in a request, without the end of its line.
    var line: String { value.isEmpty ? "\(name):" : "\(name): \(value)" }
}
