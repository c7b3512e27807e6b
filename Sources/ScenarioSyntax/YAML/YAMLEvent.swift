/// What libyaml reports of a document, one piece after the other; offsets are bytes of the source.
struct YAMLEvent {
    enum Kind {
        case streamStart
        case streamEnd
        case documentStart(isImplicit: Bool)
        case documentEnd(isImplicit: Bool)
        case alias(String)
        case scalar(String, YAMLScalar.Style)
        case sequenceStart(isFlow: Bool)
        case sequenceEnd
        case mappingStart(isFlow: Bool)
        case mappingEnd
    }

    var kind: Kind
    var anchor: String?
    /// The tag in full; nil where none is given.
    var tag: String?
    /// From the first byte, of the anchor or tag where there is one, to behind the last.
    var range: Range<Int>
}

/// What libyaml found wrong, in its words and at its places.
struct YAMLProblem: Error {
    /// Such as `while parsing a flow sequence`; empty where there is none.
    var context: String
    /// The byte where the context began.
    var contextOffset: Int?
    /// Such as `did not find expected ',' or ']'`.
    var message: String
    /// The byte of the problem.
    var offset: Int
    /// The last text in quotes before it, quotes included.
    var quoted: Range<Int>?
}
