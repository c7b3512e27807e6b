internal import Diagnostics

/// Cuts text from outside to a number of terminal cells.
enum CutText {
    /// The beginning of the visible form of a text in at most `cells` cells, `…` where something is left out.
    static func start(of text: String, cells: Int) -> String {
        // Few cells take more than a scalar: a text of megabytes is not looked through.
        let near = String(text.unicodeScalars.prefix(max(1, cells) + 16))
        let whole = VisibleText(near)
        if whole.cells <= cells, near.utf8.count == text.utf8.count { return whole.text }
        var kept = ""
        var used = 1
        for character in whole.text {
            used += VisibleText(String(character)).cells
            if used > cells { break }
            kept.append(character)
        }
        return kept + "…"
    }

    /// The beginning of a text in at most `bytes` bytes of UTF-8, whole characters only.
    static func prefix(of text: String, bytes: Int) -> Substring {
        guard text.utf8.count > bytes else { return text[...] }
        var end = text.utf8.index(text.startIndex, offsetBy: max(0, bytes))
        // Rounds down to a scalar that begins here.
        end = text.unicodeScalars.index(before: text.unicodeScalars.index(after: end))
        return text[..<end]
    }
}
