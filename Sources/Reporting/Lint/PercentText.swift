/// Writes bytes as percent signs and two digits, as URLs and workflow commands have them.
enum PercentText {
    /// `%2F` for a slash.
    static func escape(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return byte < 16 ? "%0\(digits)" : "%\(digits)"
    }
}
