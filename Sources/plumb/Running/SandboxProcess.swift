import ArgumentParser
import CLinux
import EventLoop
import Expressions
import Glibc

/// The embedded services, run as a process of their own that ends when the command does.
final class SandboxProcess {
    private let pid: pid_t
    /// Closing it ends the sandbox, however the command comes to its end.
    private let lifeline: Int32
    let endpoints: [String: String]
    let apiKey: String
    /// The settings of the targets that have more than an address, by service.
    let settings: [String: Value.Object]

    /// Why the sandbox is not there.
    struct Failure: Error {
        var message: String
        var hint: String?
        /// What the command ends with.
        var status = ExitCode(3)
        /// The words for people.
        var text: String { "error: \(message)\n" + (hint.map { "  = hint: \($0)\n" } ?? "") }
    }

    private static let patience: Duration = .seconds(15)

    /// Starts `plumb sandbox` with the arguments and waits until it says where it listens.
    ///
    /// `database` says how to reach the database that it stores in, nil for one of its own; it is told by the
    /// environment, which other users cannot read.
    static func start(_ arguments: [String], database: String?) throws(Failure) -> SandboxProcess {
        if let database {
            setenv(SandboxCommand.databaseVariable, database, 1)
        } else {
            unsetenv(SandboxCommand.databaseVariable)
        }
        defer { unsetenv(SandboxCommand.databaseVariable) }
        var input: [Int32] = [0, 0]
        var output: [Int32] = [0, 0]
        guard plumb_pipe(&input) == 0, plumb_pipe(&output) == 0 else {
            throw Failure(message: "no pipe could be opened")
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input[0], STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A group of its own, so that the terminal's interrupt leaves it alone while cleanups still need it.
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        posix_spawnattr_setpgroup(&attributes, 0)
        var words: [UnsafeMutablePointer<CChar>?] = (["plumb", "sandbox", "--until-stdin-closes"] + arguments).map {
            strdup($0)
        }
        words.append(nil)
        defer { for word in words { free(word) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, "/proc/self/exe", &actions, &attributes, words, environ)
        close(input[0])
        close(output[1])
        guard code == 0 else {
            close(input[1])
            close(output[0])
            throw Failure(message: "the sandbox could not be started: \(String(cString: strerror(code)))")
        }
        let line = firstLine(output[0])
        close(output[0])
        guard let line, let value = try? JSON.parse(Array(line.utf8)).value,
            let endpoints = value["endpoints"]?.object
        else {
            close(input[1])
            throw Failure(message: "the sandbox \(ending(of: pid)) before it said where it listens")
        }
        let urls = endpoints.compactMap { name, url in url.string.map { (name, $0) } }
        return SandboxProcess(
            pid: pid, lifeline: input[1], endpoints: Dictionary(urls, uniquingKeysWith: { _, last in last }),
            apiKey: value["api_key"]?.string ?? "", settings: settings(in: value))
    }

    /// What a target says of the database; its kind is known.
    private static func settings(in value: Value) -> [String: Value.Object] {
        guard var database = value["database"]?.object else { return [:] }
        database["kind"] = nil
        return ["database": database]
    }

    private init(
        pid: pid_t, lifeline: Int32, endpoints: [String: String], apiKey: String, settings: [String: Value.Object]
    ) {
        self.pid = pid
        self.lifeline = lifeline
        self.endpoints = endpoints
        self.apiKey = apiKey
        self.settings = settings
    }

    /// Ends the sandbox and waits until it is gone.
    func stop() {
        close(lifeline)
        kill(pid, SIGTERM)
        for _ in 0..<200 {
            if waitpid(pid, nil, WNOHANG) != 0 { return }
            usleep(10_000)
        }
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
    }

    /// How a sandbox ended by itself; one that has not is ended.
    private static func ending(of pid: pid_t) -> String {
        var status: Int32 = 0
        for _ in 0..<100 {
            guard waitpid(pid, &status, WNOHANG) == pid else {
                usleep(10_000)
                continue
            }
            let signal = plumb_term_signal(status)
            return signal == 0
                ? "ended with status \(plumb_exit_status(status))"
                : "died by signal \(signal) (\(String(cString: strsignal(signal))))"
        }
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
        return "was given up"
    }

    private static func firstLine(_ descriptor: Int32) -> String? {
        var bytes: [UInt8] = []
        let deadline = Instant.now + patience
        while Instant.now < deadline {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, 100) > 0 else { continue }
            var chunk = [UInt8](repeating: 0, count: 4096)
            let count = read(descriptor, &chunk, chunk.count)
            guard count > 0 else { return nil }
            bytes += chunk[..<count]
            if let end = bytes.firstIndex(of: 0x0A) { return String(decoding: bytes[..<end], as: UTF8.self) }
            guard bytes.count < 1 << 16 else { return nil }
        }
        return nil
    }
}
