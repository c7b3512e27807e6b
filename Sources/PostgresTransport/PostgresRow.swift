internal import CLibPQ

/// A column of an answer.
public struct PostgresColumn: Sendable, Hashable {
    public var name: String
    /// The object identifier of its type.
    public var type: UInt32
    /// The type's modifier, such as a length; below 0 where there is none.
    public var modifier: Int32

    /// Creates a column.
    public init(name: String, type: UInt32, modifier: Int32 = -1) {
        self.name = name
        self.type = type
        self.modifier = modifier
    }
}

/// The cells of one row, as the server wrote them; they are lent for the time of a call.
@safe public struct PostgresRow: ~Copyable {
    private let result: OpaquePointer

    @unsafe init(_ result: OpaquePointer) { unsafe self.result = unsafe result }

    /// Calls a body with the bytes of a cell, nil for NULL; they are gone when it returns.
    ///
    /// The corresponding C function is `PQgetvalue`.
    public func withCell<Result>(_ column: Int, _ body: (UnsafeBufferPointer<UInt8>?) -> Result) -> Result {
        let column = Int32(column)
        guard unsafe PQgetisnull(result, 0, column) == 0, let text = unsafe PQgetvalue(result, 0, column) else {
            return body(nil)
        }
        let length = unsafe Int(PQgetlength(result, 0, column))
        return unsafe text.withMemoryRebound(to: UInt8.self, capacity: length) { bytes in
            unsafe body(UnsafeBufferPointer(start: bytes, count: length))
        }
    }

    /// The text of a cell, nil for NULL.
    public func text(_ column: Int) -> String? {
        unsafe withCell(column) { bytes in unsafe bytes.map { unsafe String(decoding: $0, as: UTF8.self) } }
    }
}
