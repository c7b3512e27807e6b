/// The head of a NumPy file: a two-dimensional array of floats, row by row.
///
/// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
struct NPYHeader: Equatable {
    let rows: Int
    let columns: Int
    /// 4 or 8.
    let width: Int
    let isBigEndian: Bool
    /// Where the numbers begin.
    let start: Int

    /// The longest head and the most columns that are taken.
    static let headLimit = 65_536
    static let columnLimit = 65_536

    init(_ file: OpenFile) throws(VectorFile.Fault) {
        let head = try file.read(Self.headLimit + 12, at: 0)
        try self.init(head, fileSize: file.size)
    }

    /// Reads the head out of a file's first bytes.
    init(_ bytes: [UInt8], fileSize: Int) throws(VectorFile.Fault) {
        guard bytes.count >= 10, bytes[0] == 0x93, bytes[1..<6].elementsEqual("NUMPY".utf8) else {
            throw VectorFile.Fault(message: "is no .npy file")
        }
        let isLong = bytes[6] >= 2
        guard (1...3).contains(bytes[6]), bytes.count >= 12 else {
            throw VectorFile.Fault(message: "has a .npy version that is not known: \(bytes[6])")
        }
        let first = isLong ? 12 : 10
        let length = (isLong ? 0..<4 : 0..<2).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
        guard length <= Self.headLimit, first + length <= bytes.count else {
            throw VectorFile.Fault(message: "has a head of \(length) bytes that it does not hold")
        }
        let text = String(decoding: bytes[first..<first + length], as: UTF8.self)
        guard let type = Self.quoted("descr", text), let shape = Self.shape(text) else {
            throw VectorFile.Fault(message: "has a head without 'descr' or 'shape'")
        }
        guard ["<f4", "<f8", ">f4", ">f8"].contains(type) else {
            throw VectorFile.Fault(message: "holds '\(type.prefix(20))', not float32 or float64")
        }
        guard text.contains("'fortran_order': False") else {
            throw VectorFile.Fault(message: "is in Fortran order; save it with numpy.ascontiguousarray")
        }
        guard shape.count == 2, shape[1] > 0, shape[1] <= Self.columnLimit else {
            throw VectorFile.Fault(message: "has the shape \(shape), not rows of 1 to \(Self.columnLimit) numbers")
        }
        width = type.hasSuffix("f4") ? 4 : 8
        isBigEndian = type.hasPrefix(">")
        rows = shape[0]
        columns = shape[1]
        start = first + length
        let (size, overflows) = rows.multipliedReportingOverflow(by: columns * width)
        guard !overflows, size <= fileSize - start else {
            throw VectorFile.Fault(message: "says \(rows) rows of \(columns) numbers, and is shorter than that")
        }
    }

    /// The numbers of rows as they stand in the file; NaN and infinities are told.
    func decode(_ bytes: [UInt8], firstRow: Int) throws(VectorFile.Fault) -> [[Float]] {
        let rowBytes = columns * width
        var rows: [[Float]] = []
        rows.reserveCapacity(bytes.count / rowBytes)
        for row in 0..<bytes.count / rowBytes {
            let numbers = bytes.withUnsafeBytes { raw in
                (0..<columns).map { column -> Float in
                    let at = row * rowBytes + column * width
                    if width == 4 {
                        let bits = raw.loadUnaligned(fromByteOffset: at, as: UInt32.self)
                        return Float(bitPattern: isBigEndian ? bits.byteSwapped : bits)
                    }
                    let bits = raw.loadUnaligned(fromByteOffset: at, as: UInt64.self)
                    return Float(Double(bitPattern: isBigEndian ? bits.byteSwapped : bits))
                }
            }
            guard numbers.allSatisfy(\.isFinite) else {
                throw VectorFile.Fault(message: "has a number in row \(firstRow + row) that is no finite 32-bit float")
            }
            rows.append(numbers)
        }
        return rows
    }

    private static func quoted(_ key: String, _ text: String) -> String? {
        guard let found = text.firstRange(of: "'\(key)':") else { return nil }
        let rest = text[found.upperBound...].drop { $0 == " " }
        guard rest.first == "'" else { return nil }
        return String(rest.dropFirst().prefix { $0 != "'" })
    }

    private static func shape(_ text: String) -> [Int]? {
        guard let found = text.firstRange(of: "'shape':") else { return nil }
        let rest = text[found.upperBound...].drop { $0 == " " }
        guard rest.first == "(", let end = rest.firstIndex(of: ")") else { return nil }
        let parts = rest[rest.index(after: rest.startIndex)..<end].split(separator: ",")
        var shape: [Int] = []
        for part in parts {
            guard let number = Int(part.filter { $0 != " " }), number >= 0 else { return nil }
            shape.append(number)
        }
        return shape
    }
}
