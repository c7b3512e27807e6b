internal import CLibPQ

/// Connection strings and libpq's own defaults.
enum Conninfo {
    /// The keywords of a connection string or URL; nil where it is none.
    ///
    /// libpq's own words on what is wrong quote the text, password included, so they are not passed on.
    /// The corresponding C function is `PQconninfoParse`.
    static func parse(_ text: String) -> [(String, String)]? {
        guard PQLibrary.isThere else { return nil }
        var complaint: UnsafeMutablePointer<CChar>?
        let options = unsafe PQconninfoParse(text, &complaint)
        if let complaint = unsafe complaint { unsafe PQfreemem(complaint) }
        guard let options = unsafe options else { return nil }
        defer { unsafe PQconninfoFree(options) }
        return unsafe pairs(options)
    }

    /// What holds for keywords that are not given: from the environment, a service file, or libpq itself.
    ///
    /// The corresponding C function is `PQconndefaults`.
    static func defaults() -> [String: String] {
        guard PQLibrary.isThere, let options = unsafe PQconndefaults() else { return [:] }
        defer { unsafe PQconninfoFree(options) }
        return Dictionary(unsafe pairs(options), uniquingKeysWith: { first, _ in first })
    }

    /// Every keyword that libpq knows.
    static let keywords: Set<String> = {
        guard PQLibrary.isThere, let options = unsafe PQconndefaults() else { return [] }
        defer { unsafe PQconninfoFree(options) }
        var names: Set<String> = []
        var next = unsafe options
        while let name = unsafe next.pointee.keyword {
            unsafe names.insert(String(cString: name))
            unsafe next += 1
        }
        return names
    }()

    @unsafe private static func pairs(_ options: UnsafeMutablePointer<PQconninfoOption>) -> [(String, String)] {
        var found: [(String, String)] = []
        var next = unsafe options
        while let name = unsafe next.pointee.keyword {
            if let value = unsafe next.pointee.val {
                unsafe found.append((String(cString: name), String(cString: value)))
            }
            unsafe next += 1
        }
        return found
    }
}
