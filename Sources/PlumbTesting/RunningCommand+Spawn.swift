import Glibc

extension RunningCommand {
    /// A pipe to or from a child; the own end does not block.
    struct Pipe {
        let ownEnd: Int32
        let childEnd: Int32

        /// Opens a pipe whose child end is for reading or for writing.
        init(childReads: Bool) throws(SystemError) {
            let (read, write) = try Descriptor.pipe()
            ownEnd = childReads ? write : read
            childEnd = childReads ? read : write
            Descriptor.setNonblocking(ownEnd)
        }
    }

    /// A write to a child that has closed its input must be an error, not the end of the tests.
    private static let ignoresBrokenPipes: Void = { _ = Glibc.signal(SIGPIPE, SIG_IGN) }()

    /// Starts a process with the three child ends as its standard streams, in a group of its own.
    static func spawn(
        _ program: String, _ arguments: [String], _ environment: [String: String], _ folder: String?,
        _ streams: [Int32]
    ) throws(SystemError) -> pid_t {
        ignoresBrokenPipes
        guard access(program, X_OK) == 0 else { throw SystemError("access '\(program)'", errno) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (target, stream) in streams.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, stream, Int32(target))
        }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var all = sigset_t()
        sigfillset(&all)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

        // Glibc's module hides the file action that changes the folder; `env` does it and becomes the program.
        let command = (folder.map { ["/usr/bin/env", "-C", $0] } ?? []) + [program] + arguments
        var words = command.map { strdup($0) } + [nil]
        var variables = environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var pid: pid_t = 0
        let status = Descriptor.exclusively {
            posix_spawn(&pid, command[0], &actions, &attributes, &words, &variables)
        }
        guard status == 0 else { throw SystemError("posix_spawn '\(program)'", status) }
        return pid
    }
}
