/// Strict reading of UTF-8: overlong forms, surrogates and cut sequences are refused.
public enum UTF8Text {
    /// The character that begins at an offset, or nil if no well-formed one does; its width is `UTF8.width`.
    @inlinable
    public static func scalar(in bytes: [UInt8], at offset: Int) -> Unicode.Scalar? {
        let first = bytes[offset]
        if first < 0x80 { return Unicode.Scalar(first) }
        guard first >= 0xC2, first <= 0xF4 else { return nil }
        let width = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        guard offset + width <= bytes.count else { return nil }
        var value = UInt32(first) & (width == 2 ? 0x1F : width == 3 ? 0x0F : 0x07)
        for byte in bytes[(offset + 1)..<(offset + width)] {
            guard byte & 0xC0 == 0x80 else { return nil }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        guard width == 2 || value >= (width == 3 ? 0x800 : 0x10000) else { return nil }
        // Refuses surrogates and what lies beyond U+10FFFF.
        return Unicode.Scalar(value)
    }
}
