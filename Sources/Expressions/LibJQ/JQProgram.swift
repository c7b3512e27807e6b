internal import CLibJQ

/// A compiled jq program and the interpreter that runs it.
///
/// It may be compiled on one thread and run on another, one after the other. The corresponding C type
/// is `jq_state`.
@safe final class JQProgram {
    /// Nil once the program is torn down.
    private var state: OpaquePointer?

    /// A compiler message, with the line of the program's text it is about.
    struct Message: Sendable, Hashable {
        var text: String
        /// From 1; nil where libjq names none.
        var line: Int?
    }

    /// What a run yields; several expressions share one, each announced before its outputs.
    enum Event {
        case begins(Int)
        case output(Value)
        /// The expression ended with this error value; the next one follows.
        case failed(Value)
    }

    /// How a run ended.
    enum Ending {
        case complete
        /// The receiver wanted no more.
        case stopped
        case halted
        case beyond(ForeignReader.Excess)
        /// An error that no expression's own handler caught.
        case uncaught(String)
    }

    /// Compiles a program; the corresponding C function is `jq_compile`.
    init(_ text: String) throws(CompileFailure) {
        guard let state = unsafe jq_init() else {
            throw CompileFailure(messages: [Message(text: "libjq cannot be started: out of memory", line: nil)])
        }
        let log = Log()
        unsafe jq_set_error_cb(
            state,
            { context, message in
                guard let context = unsafe context else { return unsafe jv_free(message) }
                unsafe Unmanaged<Log>.fromOpaque(context).takeUnretainedValue().append(message)
            }, Unmanaged.passUnretained(log).toOpaque())
        let compiled = unsafe text.withCString { unsafe jq_compile(state, $0) }
        // Errors of a run reach the caller as values; nothing may reach the process's own stderr.
        unsafe jq_set_error_cb(state, { _, message in unsafe jv_free(message) }, nil)
        unsafe self.state = unsafe state
        // The log outlives the last call of the callback that borrows it.
        let messages = withExtendedLifetime(log) { log.messages }
        guard compiled != 0 else { throw CompileFailure(messages: messages) }
    }

    deinit { unsafe jq_teardown(&state) }

    /// What libjq has against a program.
    struct CompileFailure: Error {
        var messages: [Message]
    }

    /// The address by which another thread may halt a run.
    var handle: Handle { Handle(address: UInt(bitPattern: unsafe state)) }

    /// Names an interpreter across threads.
    struct Handle: Sendable {
        fileprivate let address: UInt

        /// Ends the current run before its next instruction; must be called at most once a run, while it runs.
        ///
        /// The corresponding C function is `jq_halt`: it sets one integer that the interpreter reads
        /// before each instruction and two values that hold no references.
        func halt() {
            guard let state = unsafe OpaquePointer(bitPattern: address) else { return }
            unsafe jq_halt(state, jv_null(), jv_null())
        }
    }

    /// Runs the program on an input and hands over its events until the receiver returns false.
    func run(
        _ input: ForeignValue, reader: inout ForeignReader, _ receive: (Event) -> Bool
    ) -> Ending {
        unsafe jq_start(state, input.reference(), 0)
        while true {
            let next = unsafe jq_next(state)
            switch unsafe jv_get_kind(next) {
            case JV_KIND_INVALID:
                return unsafe ending(next)
            case JV_KIND_NUMBER:
                guard receive(.begins(Int(unsafe jv_number_value(next)))) else { return reset(.stopped) }
            case JV_KIND_ARRAY:
                guard let value = unsafe reader.take(jv_array_get(next, 0)) else { return excess(of: reader) }
                guard receive(.output(value)) else { return reset(.stopped) }
            default:
                guard let value = unsafe reader.take(jv_object_get(next, jv.text("e"))) else {
                    return excess(of: reader)
                }
                guard receive(.failed(value)) else { return reset(.stopped) }
            }
        }
    }

    private func excess(of reader: ForeignReader) -> Ending {
        reset(.beyond(reader.excess ?? .size))
    }

    /// Lets go of what an unfinished run holds.
    private func reset(_ ending: Ending) -> Ending {
        unsafe jq_start(state, jv_null(), 0)
        return ending
    }

    private func ending(_ last: jv) -> Ending {
        let hasMessage = unsafe jv_invalid_has_msg(jv_copy(last)) != 0
        if unsafe jq_halted(state) != 0 {
            unsafe jv_free(last)
            return reset(.halted)
        }
        guard hasMessage else {
            unsafe jv_free(last)
            return .complete
        }
        let message = unsafe jq_format_error(last)
        defer { unsafe jv_free(message) }
        guard unsafe jv_get_kind(message) == JV_KIND_STRING else { return reset(.uncaught("unknown error")) }
        return reset(.uncaught(unsafe String(cString: jv_string_value(message))))
    }
}

/// Gathers what the compiler reports.
private final class Log {
    private(set) var messages: [JQProgram.Message] = []

    /// Takes over the message.
    func append(_ message: jv) {
        defer { unsafe jv_free(message) }
        guard unsafe jv_get_kind(message) == JV_KIND_STRING, let text = unsafe jv_string_value(message) else { return }
        let lines = unsafe String(cString: text).split(separator: "\n", maxSplits: 1)
        guard let first = lines.first else { return }
        messages.append(JQProgram.Message(compilerLine: String(first)))
    }
}

extension JQProgram.Message {
    /// Takes a compiler message apart: `jq: error: TEXT at <top-level>, line 12:`, with a column in jq 1.8.
    init(compilerLine: String) {
        var text = Substring(compilerLine)
        if text.hasPrefix("jq: error: ") { text = text.dropFirst("jq: error: ".count) }
        line = nil
        if let place = text.lastRange(of: " at <top-level>, line ") {
            line = Int(text[place.upperBound...].prefix { $0.isNumber })
            text = text[..<place.lowerBound]
        }
        if let remark = text.lastRange(of: " (Unix shell quoting issues?)") { text.removeSubrange(remark) }
        self.text = String(text)
    }
}

extension Substring {
    /// The last place of a text, or nil.
    fileprivate func lastRange(of other: String) -> Range<Index>? {
        let wanted = Array(other.utf8)
        let own = Array(utf8)
        guard own.count >= wanted.count else { return nil }
        for start in stride(from: own.count - wanted.count, through: 0, by: -1)
        where own[start..<start + wanted.count].elementsEqual(wanted) {
            let lower = utf8.index(utf8.startIndex, offsetBy: start)
            return lower..<utf8.index(lower, offsetBy: wanted.count)
        }
        return nil
    }
}
