import ArgumentParser
import Glibc
import Reporting

/// The process's own streams and environment.
enum Streams {
    /// Opens the standard streams that the process was started without.
    ///
    /// Otherwise the next file that is opened takes the place of one, and what people are told is written into it.
    static func openMissing() {
        while true {
            let descriptor = open("/dev/null", O_RDWR)
            guard (0...STDERR_FILENO).contains(descriptor) else {
                if descriptor >= 0 { close(descriptor) }
                return
            }
        }
    }

    /// Writes all of a text; a reader that went away is no concern of the run.
    static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { _ = write(UnsafeRawBufferPointer($0), to: descriptor) }
    }

    /// Writes all bytes; false where nobody reads them any more.
    static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
        var written = 0
        while written < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if count < 0 {
                if errno == EINTR { continue }
                if errno == EAGAIN {
                    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    if poll(&waiting, 1, 1000) > 0 { continue }
                }
                return false
            }
            written += count
        }
        return true
    }

    /// Ends the process when everything is written; what it holds is not taken apart first.
    static func leave(_ status: ExitCode) -> Never { _exit(status.rawValue) }

    /// Writes to standard output.
    static func out(_ text: String) { write(text, to: STDOUT_FILENO) }
    /// Writes to standard error.
    static func err(_ text: String) { write(text, to: STDERR_FILENO) }

    /// The environment that the process was started with; names and values that are no UTF-8 are repaired.
    static let environment: [String: String] = {
        var result: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            if let equals = strchr(text, 0x3D) {
                let name = UnsafeRawBufferPointer(start: text, count: equals - text)
                result[String(decoding: name, as: UTF8.self)] = String(cString: equals + 1)
            }
            entry += 1
        }
        return result
    }()

    /// The working folder, absolute.
    static var workingFolder: String {
        guard let path = getcwd(nil, 0) else { return "/" }
        defer { free(path) }
        return String(cString: path)
    }

    /// How to write to a stream: its width, colours and letters.
    static func style(_ descriptor: Int32, _ color: ColorChoice) -> TerminalStyle {
        var size = winsize()
        let isTerminal = isatty(descriptor) == 1
        let columns = isTerminal && ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 ? Int(size.ws_col) : nil
        return TerminalStyle(
            isTerminal: isTerminal, columns: columns, environment: environment, color: color.forTerminal)
    }
}
