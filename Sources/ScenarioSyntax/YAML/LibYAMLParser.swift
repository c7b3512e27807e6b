internal import CLibYAML

/// libyaml's event parser over one text in memory.
///
/// It pulls one event at a time, so that whoever counts depth stops before libyaml's scanner,
/// which is quadratic in the nesting, has gone far. The text is UTF-8 without a byte order mark or
/// is refused by libyaml; marks count code points and are turned into bytes here.
@safe
struct LibYAMLParser: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    /// The text; libyaml keeps its address until it is deleted.
    private let input: UnsafeMutableBufferPointer<UInt8>
    private let offsets: CodePointOffsets
    /// The last text in quotes.
    private var quoted: Range<Int>?

    /// Creates a parser of the bytes from `start` on; offsets count from the first byte of all.
    ///
    /// The corresponding C functions are `yaml_parser_initialize` and `yaml_parser_set_input_string`.
    init?(_ bytes: [UInt8], from start: Int) {
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        guard unsafe yaml_parser_initialize(parser) == 1 else {
            unsafe parser.deallocate()
            return nil
        }
        let text = bytes[start...]
        let input = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(1, text.count))
        _ = unsafe input.initialize(from: text)
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        unsafe yaml_parser_set_input_string(parser, input.baseAddress, text.count)
        self.offsets = CodePointOffsets(bytes, from: start)
        unsafe self.input = unsafe input
        unsafe self.parser = unsafe parser
    }

    deinit {
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
        unsafe input.deallocate()
    }

    /// Returns the next event.
    ///
    /// The corresponding C function is `yaml_parser_parse`.
    mutating func next() throws(YAMLProblem) -> YAMLEvent {
        var event = unsafe yaml_event_t()
        guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw problem() }
        defer { unsafe yaml_event_delete(&event) }
        let start = unsafe offsets.byte(of: event.start_mark.index)
        let end = unsafe offsets.byte(of: event.end_mark.index)
        var result = YAMLEvent(kind: .streamStart, range: start..<max(start, end))
        switch unsafe event.type {
        case YAML_STREAM_END_EVENT:
            result.kind = .streamEnd
        case YAML_DOCUMENT_START_EVENT:
            result.kind = unsafe .documentStart(isImplicit: event.data.document_start.implicit != 0)
        case YAML_DOCUMENT_END_EVENT:
            result.kind = unsafe .documentEnd(isImplicit: event.data.document_end.implicit != 0)
        case YAML_ALIAS_EVENT:
            result.kind = unsafe .alias(text(event.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            let scalar = unsafe event.data.scalar
            let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            result.kind = unsafe .scalar(String(decoding: bytes, as: UTF8.self), style(scalar.style))
            result.anchor = unsafe text(scalar.anchor)
            result.tag = unsafe text(scalar.tag)
            if case .scalar(_, let style) = result.kind, style == .singleQuoted || style == .doubleQuoted {
                quoted = result.range
            }
        case YAML_SEQUENCE_START_EVENT:
            let start = unsafe event.data.sequence_start
            result.kind = unsafe .sequenceStart(isFlow: start.style == YAML_FLOW_SEQUENCE_STYLE)
            result.anchor = unsafe text(start.anchor)
            result.tag = unsafe text(start.tag)
        case YAML_SEQUENCE_END_EVENT:
            result.kind = .sequenceEnd
        case YAML_MAPPING_START_EVENT:
            let start = unsafe event.data.mapping_start
            result.kind = unsafe .mappingStart(isFlow: start.style == YAML_FLOW_MAPPING_STYLE)
            result.anchor = unsafe text(start.anchor)
            result.tag = unsafe text(start.tag)
        case YAML_MAPPING_END_EVENT:
            result.kind = .mappingEnd
        default:
            break
        }
        return result
    }

    private func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        unsafe pointer.map { unsafe String(cString: $0) }
    }

    private func style(_ style: yaml_scalar_style_t) -> YAMLScalar.Style {
        switch style {
        case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
        case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
        case YAML_LITERAL_SCALAR_STYLE: .literal
        case YAML_FOLDED_SCALAR_STYLE: .folded
        default: .plain
        }
    }

    private func problem() -> YAMLProblem {
        let state = unsafe parser.pointee
        let message = unsafe state.problem.map { unsafe String(cString: $0) }
        let context = unsafe state.context.map { unsafe String(cString: $0) }
        // The reader knows bytes and sets no mark; the scanner and the parser set marks.
        let isReaderError = unsafe state.error == YAML_READER_ERROR
        return unsafe YAMLProblem(
            context: context ?? "",
            contextOffset: context == nil ? nil : offsets.byte(of: state.context_mark.index),
            message: message ?? "out of memory",
            offset: isReaderError
                ? offsets.start + Int(state.problem_offset) : offsets.byte(of: state.problem_mark.index),
            quoted: quoted)
    }
}

/// Turns libyaml's counts of code points into byte offsets.
private struct CodePointOffsets {
    let start: Int
    private let count: Int
    /// The byte of every 64th code point; empty where all characters are one byte.
    private let sparse: [Int]
    private let bytes: [UInt8]

    init(_ bytes: [UInt8], from start: Int) {
        self.start = start
        self.bytes = bytes
        count = bytes.count
        guard !bytes[start...].allSatisfy({ $0 < 0x80 }) else {
            sparse = []
            return
        }
        var sparse: [Int] = []
        var points = 0
        for offset in start..<bytes.count where bytes[offset] & 0xC0 != 0x80 {
            if points % 64 == 0 { sparse.append(offset) }
            points += 1
        }
        self.sparse = sparse
    }

    func byte(of point: Int) -> Int {
        if sparse.isEmpty { return min(start + point, count) }
        guard point / 64 < sparse.count else { return count }
        var offset = sparse[point / 64]
        var left = point % 64
        while left > 0, offset < count {
            offset += 1
            while offset < count, bytes[offset] & 0xC0 == 0x80 { offset += 1 }
            left -= 1
        }
        return offset
    }
}
