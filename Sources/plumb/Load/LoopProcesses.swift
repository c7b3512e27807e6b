import CLinux
import EventLoop
import Glibc
import ScenarioModel
import ScenarioRuntime

/// The processes of a load's other loops, in the one that leads; lives on the loop's thread once that runs.
///
/// They are processes and not threads: threads that share the scenarios would spend their time on the reference counts
/// of these. They are forked before the event loop is made, go when the leading process does, and are always waited for.
///
/// `@unchecked Sendable`: made before the loop runs, and touched by its thread only from then on.
final class LoopProcesses: @unchecked Sendable {
    private struct Peer {
        let process: WorkerProcess
        let box: BlackBox
        var link: LineLink?
    }

    private var peers: [Peer] = []
    /// Why there are fewer than there should be.
    private(set) var problem: String?

    /// Forks the loops beside this one; `inherited` are descriptors of this process that they close.
    init(_ order: LoadOrder, closing inherited: [Int32]) {
        for number in 1..<max(1, order.loops) {
            let open = inherited + peers.flatMap(\.process.ends)
            guard let box = BlackBox(), let process = WorkerProcess.start(order, blackBox: box, closing: open) else {
                problem =
                    "\(number) of \(order.loops) loops could be started: "
                    + String(cString: strerror(errno)).lowercased()
                return
            }
            peers.append(Peer(process: process, box: box))
        }
    }

    /// The loops as the interpreter has them; nil where there are none.
    var others: OtherLoops? {
        guard !peers.isEmpty else { return nil }
        // Who holds whom is no matter: all of it lives as long as the process.
        return OtherLoops(
            count: peers.count, send: { self.peers[$0].link?.send($1) },
            end: { if self.peers[$0].link != nil { self.peers[$0].process.kill() } })
    }

    /// Begins to hand what the loops say to the interpreter that leads them.
    func follow(on loop: EventLoop, _ interpreter: Interpreter) {
        for number in peers.indices {
            let process = peers[number].process
            peers[number].link = LineLink(
                reading: process.events, writing: process.control, on: loop,
                onLine: { line in interpreter.assumeIsolated { $0.hear(line, from: number) } },
                onEnd: {
                    let failure = self.reap(number)
                    interpreter.assumeIsolated { $0.lost(number, failure) }
                })
        }
    }

    /// Waits for a process that has closed its events, or sends what is no line; says how it went.
    private func reap(_ number: Int) -> FailureReport {
        let peer = peers[number]
        peers[number].link = nil
        // One that closed its end is about to go; one that sends without an end is not.
        if !peer.process.isGone(within: .seconds(2)) { peer.process.kill() }
        let (ending, words) = peer.process.reap()
        let cause = RunSession.describe(ending, evaluating: peer.box.content?.expression)
        return FailureReport(
            code: "run.crash", verdict: .error, message: "the worker process of loop \(number + 2) \(cause)",
            notes: words.map { ["it said: \($0)"] } ?? [])
    }
}
