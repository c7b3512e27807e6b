internal import Expressions

/// A part of a result that has a JSON form: an object with snake_case keys, absent where nil or empty.
protocol ResultRecord: ResultWritable {
    /// Reads what `write` wrote; unknown members are left alone.
    init(from reader: ResultReader) throws(ResultFormatError)
}

/// A part of a result that is written and never read back.
protocol ResultWritable {
    /// Writes the members in their stable order.
    func write(to writer: inout some ResultWriter)
}

/// Takes the members of a record: `JSONBytesWriter` makes bytes of them, `ValueWriter` a value.
///
/// One table of members a type serves both, and masking happens here, before anything is escaped: a secret
/// that is masked as text can break no document.
protocol ResultWriter {
    /// Writes a text from outside, masked.
    mutating func text(_ key: String, _ text: String)
    /// Writes a word of the format itself, never masked.
    mutating func symbol(_ key: String, _ symbol: String)
    mutating func integer(_ key: String, _ integer: Int)
    mutating func flag(_ key: String, _ flag: Bool)
    /// Writes milliseconds, rounded to microseconds.
    mutating func milliseconds(_ key: String, _ ms: Double)
    mutating func value(_ key: String, _ value: Value)
    mutating func texts(_ key: String, _ texts: [String])
    mutating func record(_ key: String, _ record: some ResultWritable)
    mutating func records(_ key: String, _ records: [some ResultWritable])
}

extension ResultWriter {
    /// Writes a text if there is one.
    mutating func text(_ key: String, ifPresent text: String?) {
        if let text { self.text(key, text) }
    }
    /// Writes a flag if it is set.
    mutating func flag(_ key: String, ifSet flag: Bool) {
        if flag { self.flag(key, true) }
    }
    /// Writes an integer if there is one.
    mutating func integer(_ key: String, ifPresent integer: Int?) {
        if let integer { self.integer(key, integer) }
    }
    /// Writes a value if there is one.
    mutating func value(_ key: String, ifPresent value: Value?) {
        if let value { self.value(key, value) }
    }
    /// Writes an object unless it is empty.
    mutating func object(_ key: String, unlessEmpty object: Value.Object) {
        if !object.isEmpty { value(key, .object(object)) }
    }
    /// Writes texts unless there are none.
    mutating func texts(_ key: String, unlessEmpty texts: [String]) {
        if !texts.isEmpty { self.texts(key, texts) }
    }
    /// Writes a record if there is one.
    mutating func record(_ key: String, ifPresent record: (some ResultWritable)?) {
        if let record { self.record(key, record) }
    }
    /// Writes records unless there are none.
    mutating func records(_ key: String, unlessEmpty records: [some ResultWritable]) {
        if !records.isEmpty { self.records(key, records) }
    }
}

/// Microsecond precision keeps lines short; a time that is not finite reads as 0.
func roundedMilliseconds(_ ms: Double) -> Double {
    ms.isFinite ? (ms * 1000).rounded() / 1000 : 0
}
