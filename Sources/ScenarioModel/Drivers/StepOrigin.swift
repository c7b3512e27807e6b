/// Which step of which run a request is sent for, as the services that get it are told.
///
/// Made once for a step of a test, however often it is sent.
public final class StepOrigin: Sendable {
    /// The value of `X-Plumb-Step`: `smoke/login[bob]/chat; run=k3jx8w`.
    public let header: String
    /// A comment for a log of SQL: `/* plumb: run=k3jx8w scenario=smoke/login step=chat */`.
    ///
    /// It is the same for all rows of `cases`, all elements and attempts, so that a statement is prepared once on a
    /// connection whoever runs it.
    public let comment: String

    /// The most bytes of a name that is sent along; servers bound their headers.
    private static let mostBytes = 400

    /// Creates an origin of names that hold no secret.
    public init(run: String, test: String, scenario: String, step: String) {
        let run = Self.encoded(run, besides: [])
        header = "\(Self.encoded(test, besides: Self.headerSigns))/\(Self.encoded(step, besides: [])); run=\(run)"
        let name = Self.encoded(scenario, besides: [])
        comment = "/* plumb: run=\(run) scenario=\(name) step=\(Self.encoded(step, besides: [])) */ "
    }

    /// Signs of a test's name that need no escape in a header.
    private static let headerSigns = Set("[]()@!$&'*+=,:#~".utf8)

    /// A name in letters, digits and signs that end neither header, parameter nor comment; all else as in a URL.
    private static func encoded(_ name: String, besides signs: Set<UInt8>) -> String {
        var text: [UInt8] = []
        for byte in name.utf8.prefix(mostBytes) {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "/"):
                text.append(byte)
            case _ where signs.contains(byte): text.append(byte)
            default:
                let digits = Array("0123456789ABCDEF".utf8)
                text += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
