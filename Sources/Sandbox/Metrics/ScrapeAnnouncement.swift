internal import Glibc

/// A file that tells a Prometheus what of the stack to scrape, in the form of its `file_sd_configs`.
///
/// Ports are chosen when the sandbox starts, so a Prometheus that outlives it can know them from such a file only. Each
/// job is a service, each of its targets a replica with a page of its own.
struct ScrapeAnnouncement: Sendable {
    let path: String
    private let text: [UInt8]
    /// Of the file once it is in its place; it holds the lock.
    private var descriptor: Int32 = -1

    init(path: String, host: String, jobs: [(name: String, ports: [UInt16])]) {
        self.path = path
        let groups: [JSON] = jobs.map { job in
            [
                "targets": .array(job.ports.map { .string("\(host):\($0)") }),
                "labels": ["job": .string(job.name)],
            ]
        }
        text = JSON.array(groups).encoded
    }

    /// Puts the file in its place, whole.
    ///
    /// A sandbox has its file locked as long as it runs, so that no other one takes its place; what a sandbox left that
    /// was killed has no lock any more.
    ///
    /// - Throws: Why it cannot be written, or that another sandbox has announced itself there.
    mutating func write() throws(SandboxError) {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        // Whoever looks at the file and replaces it has the folder to itself meanwhile.
        let door = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard door >= 0 else { throw refused(errno) }
        defer { close(door) }
        guard Self.lock(door, within: .seconds(5)) else { throw refused(errno) }
        let earlier = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        defer { if earlier >= 0 { close(earlier) } }
        if earlier >= 0, !Self.lock(earlier, within: .zero) { throw taken }
        descriptor = try place()
    }

    /// Writes the file beside its place and moves it there; returns its descriptor, which holds the lock.
    private func place() throws(SandboxError) -> Int32 {
        let new = "\(path).\(getpid())"
        let file = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw refused(errno) }
        let written = text.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
        guard written == text.count, Self.lock(file, within: .zero), rename(new, path) == 0 else {
            let code = written >= 0 && written < text.count ? ENOSPC : errno
            close(file)
            unlink(new)
            throw refused(code)
        }
        return file
    }

    private static func lock(_ descriptor: Int32, within patience: Duration) -> Bool {
        let deadline = ContinuousClock.now + patience
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR, .now < deadline else { return false }
            usleep(10_000)
        }
        return true
    }

    /// Takes the file away, unless somebody else has put another there since.
    mutating func withdraw() {
        guard descriptor >= 0 else { return }
        var own = stat()
        var there = stat()
        let areKnown = fstat(descriptor, &own) == 0 && stat(path, &there) == 0
        if areKnown, own.st_ino == there.st_ino, own.st_dev == there.st_dev { unlink(path) }
        close(descriptor)
        descriptor = -1
    }

    private var taken: SandboxError {
        SandboxError(
            message: "another sandbox has announced itself in '\(path)'",
            hint: "wait for the run that started it, or give this one a file and a Prometheus of its own")
    }

    private func refused(_ code: Int32) -> SandboxError {
        SandboxError(
            message: "'\(path)' cannot be written: \(String(cString: strerror(code)))",
            hint: "name a file in a folder that is there and yours, or leave out 'announce'")
    }
}
