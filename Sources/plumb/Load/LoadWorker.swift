import CLinux
import EventLoop
import Expressions
import Glibc
import ScenarioModel
import ScenarioRuntime

extension Worker {
    /// Runs a load in this process and ends it.
    static func main(_ order: LoadOrder, events: Int32, control: Int32, blackBox: BlackBox) -> Never {
        prepareProcess()
        var order = order
        // The loops tell each other times by their distance from this one.
        order.plan.options.began = Instant.now.sinceStart
        let processes = LoopProcesses(order, closing: [events, control])
        guard let loop = try? EventLoop() else { _exit(71) }
        let box = Confined(blackBox)
        let confined = Confined(order)
        loop.run { await runLoad(confined, on: loop, events: events, control: control, box, processes) }
    }

    private static func runLoad(
        _ order: Confined<LoadOrder>, on loop: EventLoop, events: Int32, control: Int32, _ box: Confined<BlackBox>,
        _ processes: LoopProcesses
    ) async -> Never {
        let order = order.value
        let mask = SecretMask(order.plan.configuration.secrets.values.compactMap { $0 })
        let stream = EventStream(events, mask: mask, loop: loop)
        var surroundings = LoadSurroundings()
        surroundings.sink = { stream.send($0) }
        surroundings.processTime = { ProcessFigures.time }
        surroundings.memory = { ProcessFigures.memory }
        surroundings.others = processes.others
        if let problem = processes.problem { surroundings.sink(.note(problem)) }
        let interpreter = make(
            order.plan, on: loop, mask: mask, box: box, load: surroundings, beforeForeign: { stream.write() },
            sink: { [sink = surroundings.sink] event in
                if case .note(let text) = event { sink(.note(text)) }
            })
        watch(control, on: loop) {
            Task(executorPreference: loop) { await interpreter.stopLoad() }
        }
        processes.follow(on: loop, interpreter)
        await interpreter.runLoad(order.repetition, order.options, baseline: order.baseline)
        stream.write()
        _exit(0)
    }

    /// Runs another loop of a load in this process and ends it; `leader` is the process that it was forked from.
    static func main(
        following leader: pid_t, _ order: LoadOrder, events: Int32, control: Int32, blackBox: BlackBox
    ) -> Never {
        prepareProcess()
        // One that went before that was asked for tells nobody.
        guard getppid() == leader, let loop = try? EventLoop() else { _exit(71) }
        let box = Confined(blackBox)
        let confined = Confined(order)
        loop.run { await followLoad(confined, on: loop, events: events, control: control, box) }
    }

    private static func followLoad(
        _ order: Confined<LoadOrder>, on loop: EventLoop, events: Int32, control: Int32, _ box: Confined<BlackBox>
    ) async -> Never {
        var plan = order.value.plan
        // The leading loop carries what goes through links: services are pointed at ports that it listens on.
        plan.configuration.links = [:]
        let order = order.value
        let sending = Sending()
        var surroundings = LoadSurroundings()
        surroundings.processTime = { ProcessFigures.time }
        surroundings.memory = { ProcessFigures.memory }
        surroundings.toLeader = { sending.link?.send($0) }
        // What becomes known as a secret goes to the leading loop, which masks whatever leaves.
        let interpreter = make(plan, on: loop, mask: SecretMask(), box: box, load: surroundings, sink: { _ in })
        sending.link = LineLink(
            reading: control, writing: events, on: loop,
            onLine: { line in if !interpreter.assumeIsolated({ $0.hear(order: line) }) { _exit(65) } },
            onEnd: { _exit(70) })
        await interpreter.followLoad(order.repetition, order.options, baseline: order.baseline)
        sending.link?.flush()
        _exit(0)
    }

    /// The way to the leading loop, which is there once the interpreter is.
    ///
    /// `@unchecked Sendable`: only the loop's thread touches it.
    private final class Sending: @unchecked Sendable {
        var link: LineLink?
    }
}

/// What the process takes of the machine.
enum ProcessFigures {
    /// The processor time of all its threads.
    static var time: Duration {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// The memory that is in use, in bytes; 0 where the system does not say.
    static var memory: Int {
        let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return 0 }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 128)
        let count = read(descriptor, &bytes, bytes.count)
        guard count > 0 else { return 0 }
        let fields = String(decoding: bytes[..<count], as: UTF8.self).split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
    }
}
