/// A source of values that look random and are the same in each run with the same seed.
struct Seed {
    private let text: String

    /// A seed of the evaluation's, the place of a call in its file, and the number of the input there.
    init(_ evaluation: String, _ place: Int, _ input: Int) {
        text = "\(evaluation)\u{0}\(place)\u{0}\(input)"
    }

    /// The bytes of block `number`, of any number of blocks.
    private func block(_ number: Int) -> [UInt8] { Digest.sha256(Array("\(text)\u{0}\(number)".utf8)) }

    /// A UUID of version 4 (RFC 9562).
    var uuid: String {
        var bytes = Array(block(0).prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for (position, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(position) { text.append(UInt8(ascii: "-")) }
            text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// An integer between the bounds, both included.
    func integer(from low: Value, to high: Value) throws(HostFunction.Failure) -> Int {
        guard let low = Self.integer(low), let high = Self.integer(high), low <= high else {
            throw HostFunction.Failure(
                message: "rand_int: the bounds are \(low.described) and \(high.described)",
                hint: "write two integers, the smaller first")
        }
        let bits = block(0).prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        // The span is at most 2^54, so the remainder favours no value noticeably.
        return low + Int(bits % UInt64(high - low + 1))
    }

    /// A text of lower-case letters and digits.
    func text(length: Value) throws(HostFunction.Failure) -> String {
        guard let length = Self.integer(length), (0...1 << 20).contains(length) else {
            throw HostFunction.Failure(
                message: "rand_str: the length is \(length.described)", hint: "write an integer from 0 to 1048576")
        }
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8)
        var letters: [UInt8] = []
        var number = 0
        while letters.count < length {
            // Bytes from 252 on would favour the first letters.
            letters += block(number).filter { $0 < 252 }.map { alphabet[Int($0) % alphabet.count] }
            number += 1
        }
        return String(decoding: letters.prefix(length), as: UTF8.self)
    }

    private static func integer(_ value: Value) -> Int? {
        guard let number = value.number, number.rounded() == number, abs(number) <= 9_007_199_254_740_992 else {
            return nil
        }
        return Int(number)
    }
}
