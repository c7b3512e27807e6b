public import Diagnostics

extension Diagnostic.Code {
    static let httpMethod = Diagnostic.Code(
        "http.method",
        "An 'http' step has one method: a key such as 'get: /path', or 'method' with 'path'. Methods are the letters, "
            + "digits and signs that RFC 9110 calls a token, and their case counts.")
    static let httpPath = Diagnostic.Code(
        "http.path",
        "An address is a path that begins with '/' and belongs to the step's target, or a whole URL that begins with "
            + "http:// or https://. What a template yields inside a path stays inside its segment.")
    static let httpFragment = Diagnostic.Code(
        "http.fragment", "What stands behind '#' in a URL is never sent. Write %23 for the character itself.")
    static let httpBody = Diagnostic.Code(
        "http.body",
        "A request has one body: json, form, multipart, text, base64, file or graphql; HEAD has none.")
    static let httpValue = Diagnostic.Code(
        "http.value",
        "Queries, headers and forms hold one text per name, or a list of texts; null drops the pair.")
    static let httpHeader = Diagnostic.Code(
        "http.header",
        "A header's name has letters, digits and '-'; its value has no line break and no NUL, which would let it smuggle "
            + "in another header.")
    static let httpNumber = Diagnostic.Code(
        "http.json-number", "JSON has no infinities and no NaN. Write a text, or null.")
    static let httpMultipart = Diagnostic.Code(
        "http.multipart", "A part of a multipart body has either a 'file' or a 'text'.")
    static let httpStream = Diagnostic.Code(
        "http.stream", "'stream: sse' reads server-sent events; 'max_events' belongs to it.")
    static let httpAuth = Diagnostic.Code(
        "http.credentials", "Credentials are 'none', 'basic' with a user and a password, or 'bearer' with a token.")
    static let httpMisplaced = Diagnostic.Code(
        "http.misplaced-key", "The key belongs to the step, beside 'http', not to the request.")
    static let httpBase64 = Diagnostic.Code(
        "http.base64", "The text is no base64: letters, digits, '+', '/' or '-', '_', and '=' at the end.")
    static let httpSetting = Diagnostic.Code(
        "http.setting", "A setting of the request or of its target does not have the form that its key takes.")
    static let httpFile = Diagnostic.Code(
        "http.file", "A file that a request sends could not be read before sending.")

    /// The codes of `http` steps, with those of what can happen on the way to the service and back.
    public static let allHTTPCodes: [Diagnostic.Code] = [
        httpMethod, httpPath, httpFragment, httpBody, httpValue, httpHeader, httpNumber, httpMultipart, httpStream,
        httpAuth, httpMisplaced, httpBase64, httpSetting, httpFile,
        Diagnostic.Code("http.dns", "The name of the host has no address."),
        Diagnostic.Code("http.refused", "Nothing listens on the port: the service does not run, or runs elsewhere."),
        Diagnostic.Code("http.unreachable", "No route leads to the host."),
        Diagnostic.Code("http.connect-timeout", "The host did not answer the attempt to connect in time."),
        Diagnostic.Code("http.tls", "The TLS handshake failed: the certificate, the protocol, or the client's key."),
        Diagnostic.Code("http.auth", "The credentials could not be obtained, or were refused on the way."),
        Diagnostic.Code("http.reset", "The connection broke before the answer was complete."),
        Diagnostic.Code("http.truncated", "The answer ended before the length that it had announced."),
        Diagnostic.Code(
            "http.protocol",
            "The answer is not what it claims to be: no HTTP, or a JSON content type over something else."),
        Diagnostic.Code("http.timeout", "The answer was not complete within the time-out of the attempt."),
        Diagnostic.Code("http.too-large", "The answer is larger than 'max_bytes', or its head beyond any reason."),
    ]
}
