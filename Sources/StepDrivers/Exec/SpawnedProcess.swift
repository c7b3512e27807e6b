internal import CLinux
internal import Glibc

/// A program that was started, with our ends of its pipes; they do not block.
struct SpawnedProcess {
    let process: pid_t
    let output: Int32
    let errors: Int32

    /// Why a program could not be started.
    struct Failure: Error {
        let reason: String
    }

    /// Starts a program in a process group of its own.
    ///
    /// The corresponding C function is `posix_spawn`.
    static func spawn(_ command: PreparedCommand) -> Result<SpawnedProcess, Failure> {
        var opened: [Int32] = []
        defer { for descriptor in opened { close(descriptor) } }
        guard let input = inputFile(command.input) else { return .failure(lastFailure()) }
        opened.append(input)
        guard let output = makePipe(), let errors = makePipe() else { return .failure(lastFailure()) }
        opened += [output.write, errors.write]

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_adddup2(&actions, output.write, 1)
        posix_spawn_file_actions_adddup2(&actions, errors.write, 2)
        // Connections of other steps are none of the program's business.
        plumb_spawn_close_from(&actions, 3)
        if let folder = command.folder { plumb_spawn_change_folder(&actions, folder) }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        posix_spawnattr_setflags(&attributes, Int16(flags))

        var process: pid_t = 0
        let code = withStrings(command.arguments) { arguments in
            withStrings(command.environment) { environment in
                posix_spawn(&process, command.program, &actions, &attributes, arguments, environment)
            }
        }
        guard code == 0 else {
            close(output.read)
            close(errors.read)
            return .failure(Failure(reason: String(cString: strerror(code)).lowercased()))
        }
        return .success(SpawnedProcess(process: process, output: output.read, errors: errors.read))
    }

    private static func lastFailure() -> Failure { Failure(reason: String(cString: strerror(errno)).lowercased()) }

    /// The input as a file in memory, so that nobody has to feed it.
    private static func inputFile(_ bytes: [UInt8]) -> Int32? {
        if bytes.isEmpty {
            let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
            return descriptor < 0 ? nil : descriptor
        }
        let descriptor = plumb_memory_file("stdin")
        guard descriptor >= 0 else { return nil }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                write(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written)
            }
            guard count > 0 else {
                close(descriptor)
                return nil
            }
            written += count
        }
        lseek(descriptor, 0, SEEK_SET)
        return descriptor
    }

    private static func makePipe() -> (read: Int32, write: Int32)? {
        var ends: [Int32] = [-1, -1]
        guard plumb_pipe(&ends) == 0 else { return nil }
        // Only our end: the program's own writes may block.
        _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        return (ends[0], ends[1])
    }

    private static func withStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = strings.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }
}
