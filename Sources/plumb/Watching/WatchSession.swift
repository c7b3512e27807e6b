import ArgumentParser
import CLinux
import EventLoop
import Glibc
import ScenarioCompiler

/// `plumb run --watch`: runs all, then again what changes, until a signal comes.
///
/// Each run is a process of its own, `plumb run` with the same options, so that it is in no way another one than
/// without `--watch`. This process only waits: for changes, for the end of a run, for signals.
struct WatchSession {
    private let request: RunRequest
    private let signals: Signals
    private var watch: FolderWatch
    private var known: WatchedScenarios
    private var status: Int32 = 0
    private var isEnding = false

    /// How long it must be quiet before a run begins, and how long that is waited for at most, in milliseconds.
    private static let quiet: Int32 = 100
    private static let patience: Duration = .seconds(2)

    /// Stays until a signal comes; returns the status of the last run.
    static func run(_ request: RunRequest) -> ExitCode {
        guard let signals = Signals(), let watch = FolderWatch() else {
            Streams.err("error: files cannot be watched: \(String(cString: strerror(errno)).lowercased())\n")
            return ExitCode(3)
        }
        var session = WatchSession(
            request: request, signals: signals, watch: watch, known: WatchedScenarios(request))
        session.stay()
        return ExitCode(session.status)
    }

    private mutating func stay() {
        addFolders()
        carryOut(request.scenarios.paths)
        // Where there is nothing to run, the paths are wrong, which was told.
        if known.scenarios.isEmpty { return }
        while !isEnding {
            guard let changes = nextChanges() else { return }
            let before = known
            known = WatchedScenarios(request)
            addFolders()
            let paths = known.affected(by: changes, since: before)
            guard !paths.isEmpty else { continue }
            tell(changes, paths)
            carryOut(paths.count == known.scenarios.count ? request.scenarios.paths : paths)
        }
    }

    private mutating func addFolders() {
        if !watch.add(known.folders.sorted()) {
            Streams.err("note: there are more folders than the system lets be watched; changes in some are not seen\n")
        }
    }

    private func tell(_ changes: FolderWatch.Changes, _ paths: [String]) {
        // Editors and libraries write hidden files on the way to the one that is meant.
        let names = changes.paths.filter { !FilePath.lastName(of: $0).hasPrefix(".") }.sorted().map {
            FilePath.shown($0, from: Streams.workingFolder)
        }
        let shown = names.count > 3 ? names.prefix(3).joined(separator: ", ") + ", …" : names.joined(separator: ", ")
        Streams.err("\nchanged: \(shown.isEmpty ? "many files" : shown)\n")
        if paths.count < known.scenarios.count {
            Streams.err("running \(paths.count) of \(known.scenarios.count) scenarios\n")
        }
    }

    // MARK: Waiting

    /// What has changed once it is quiet again; nil where a signal came.
    private mutating func nextChanges() -> FolderWatch.Changes? {
        var changes = watch.read()
        var latest: Instant?
        while true {
            if !changes.isEmpty, latest == nil { latest = .now + Self.patience }
            let isHeard = wait(changes.isEmpty ? -1 : Self.quiet)
            if !signals.read().isEmpty { return nil }
            if !isHeard, !changes.isEmpty { return changes }
            let more = watch.read()
            changes.paths.formUnion(more.paths)
            changes.isIncomplete = changes.isIncomplete || more.isIncomplete
            if let latest, Instant.now > latest { return changes }
        }
    }

    /// Waits for a change or a signal; says whether one came.
    private func wait(_ milliseconds: Int32) -> Bool {
        var waiting = [
            pollfd(fd: watch.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        return poll(&waiting, 2, milliseconds) > 0
    }

    // MARK: Runs

    /// Runs the scenarios of the paths in a process of its own, to its end.
    private mutating func carryOut(_ paths: [String]) {
        let words = ["plumb", "run"] + request.words(paths: paths, configuration: known.configurationPath)
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        defer { for argument in arguments { free(argument) } }
        arguments.append(nil)
        var child: pid_t = 0
        let code = posix_spawn(&child, "/proc/self/exe", nil, nil, arguments, environ)
        guard code == 0 else {
            Streams.err("error: the run could not be started: \(String(cString: strerror(code)).lowercased())\n")
            status = 3
            isEnding = true
            return
        }
        status = follow(child)
        if !isEnding, !known.scenarios.isEmpty {
            Streams.err("\nwatching \(known.scenarios.count) scenarios; Ctrl-C ends\n")
        }
    }

    /// Waits for the end of a run.
    ///
    /// The terminal tells an interrupt to the run as well; other signals are passed on.
    private mutating func follow(_ child: pid_t) -> Int32 {
        var status: Int32 = 0
        while true {
            let ended = waitpid(child, &status, WNOHANG)
            if ended == child { break }
            if ended < 0, errno != EINTR { return 3 }
            var waiting = pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0)
            _ = poll(&waiting, 1, 20)
            for signal in signals.read() {
                isEnding = true
                if signal != SIGINT { kill(child, signal) }
            }
        }
        let signal = plumb_term_signal(status)
        return signal == 0 ? plumb_exit_status(status) : 3
    }
}
