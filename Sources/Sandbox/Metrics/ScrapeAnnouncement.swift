internal import Glibc

/// A file that tells a Prometheus what of the stack to scrape, in the form of its `file_sd_configs`.
///
/// Ports are chosen when the sandbox starts, so a Prometheus that outlives it can know them from such a file only. Each
/// job is a service, each of its targets a replica with a page of its own.
struct ScrapeAnnouncement: Sendable {
    let path: String
    private let text: [UInt8]

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

    /// Puts the file in its place, whole, whatever is there.
    func write() throws(SandboxError) {
        let new = "\(path).\(getpid())"
        guard let file = fopen(new, "w") else { throw refused(errno) }
        let written = fwrite(text, 1, text.count, file)
        let closed = fclose(file)
        guard written == text.count, closed == 0, rename(new, path) == 0 else {
            let code = errno
            unlink(new)
            throw refused(code)
        }
    }

    /// Takes the file away, unless another sandbox has announced itself there since.
    func withdraw() {
        guard let file = fopen(path, "r") else { return }
        var found = [UInt8](repeating: 0, count: text.count + 1)
        let count = fread(&found, 1, found.count, file)
        fclose(file)
        if found[..<count].elementsEqual(text) { unlink(path) }
    }

    private func refused(_ code: Int32) -> SandboxError {
        SandboxError(
            message: "'\(path)' cannot be written: \(String(cString: strerror(code)))",
            hint: "name a file in a folder that is there and yours, or leave out 'announce'")
    }
}
