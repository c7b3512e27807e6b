import CLinux
import Glibc

/// The signals that end a run, read from a descriptor instead of interrupting whatever is under way.
struct Signals {
    let descriptor: Int32

    /// Blocks the signals for this process and those it starts, and opens their descriptor.
    init?() {
        signal(SIGPIPE, SIG_IGN)
        var set = sigset_t()
        sigemptyset(&set)
        for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&set, number) }
        sigprocmask(SIG_BLOCK, &set, nil)
        descriptor = signalfd(-1, &set, Int32(SFD_NONBLOCK | SFD_CLOEXEC))
        guard descriptor >= 0 else { return nil }
    }

    /// The signals that have come since the last call.
    func read() -> [Int32] {
        var signals: [Int32] = []
        var info = signalfd_siginfo()
        while Glibc.read(descriptor, &info, MemoryLayout<signalfd_siginfo>.size) > 0 {
            signals.append(Int32(info.ssi_signo))
        }
        return signals
    }
}
