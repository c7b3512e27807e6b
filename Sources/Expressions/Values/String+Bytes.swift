internal import Glibc

extension String {
    /// Whether both texts are the same bytes; `==` also finds other spellings of a character equal, which JSON does not.
    func hasSameBytes(as other: String) -> Bool {
        let count = utf8.count
        guard count == other.utf8.count else { return false }
        let known = unsafe utf8.withContiguousStorageIfAvailable { mine in
            unsafe other.utf8.withContiguousStorageIfAvailable { theirs in
                guard let mine = mine.baseAddress, let theirs = theirs.baseAddress else { return count == 0 }
                return unsafe memcmp(mine, theirs, count) == 0
            }
        }
        return (known ?? nil) ?? utf8.elementsEqual(other.utf8)
    }

    /// Orders by UTF-8 bytes, as jq does: negative, zero or positive.
    func compareBytes(_ other: String) -> Int {
        var mine = utf8.makeIterator()
        var theirs = other.utf8.makeIterator()
        while true {
            switch (mine.next(), theirs.next()) {
            case (nil, nil): return 0
            case (nil, _): return -1
            case (_, nil): return 1
            case (let a?, let b?): if a != b { return a < b ? -1 : 1 }
            }
        }
    }
}

/// A text that equals another only byte by byte, for use as a dictionary's key.
struct ExactText: Hashable {
    var text: String

    static func == (a: Self, b: Self) -> Bool { a.text.hasSameBytes(as: b.text) }
    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
