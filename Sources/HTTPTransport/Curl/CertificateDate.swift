/// OpenSSL's `Nov  2 17:00:00 2026 GMT` as RFC 3339.
enum CertificateDate {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// The date, or the text itself when it is none.
    static func text(_ text: String) -> String {
        let parts = text.split(separator: " ")
        guard parts.count >= 4, let month = months.firstIndex(of: String(parts[0])), let day = Int(parts[1]) else {
            return text
        }
        let pad: (Int) -> String = { $0 < 10 ? "0\($0)" : "\($0)" }
        return "\(parts[3])-\(pad(month + 1))-\(pad(day))T\(parts[2])Z"
    }
}
