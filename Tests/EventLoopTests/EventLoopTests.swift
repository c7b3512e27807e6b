import EventLoop
import Glibc
import Synchronization
import Testing

@Suite struct EventLoopTests {
    /// An actor whose executor is a loop.
    actor Counter {
        private let loop: EventLoop
        private(set) var count = 0

        init(loop: EventLoop) { self.loop = loop }

        nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

        func increase() -> Bool {
            count += 1
            return loop.isOnLoop
        }
    }

    @Test func `the body runs on the calling thread and its value comes back`() throws {
        let loop = try EventLoop()
        let caller = UInt(pthread_self())
        let value = loop.run { (UInt(pthread_self()), loop.isOnLoop) }
        #expect(value == (caller, true))
        #expect(!loop.isOnLoop)
    }

    @Test func `a loop can run again after it has ended`() throws {
        let loop = try EventLoop()
        #expect(loop.run { 1 } == 1)
        #expect(loop.run { 2 } == 2)
    }

    @Test func `an actor on the loop and a task on the loop share a thread`() async throws {
        let loop = try EventLoop()
        let counter = Counter(loop: loop)
        let (wereOnLoop, count) = try await running(loop) {
            let wereOnLoop = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<1000 { group.addTask { await counter.increase() && loop.isOnLoop } }
                return await group.reduce(true) { $0 && $1 }
            }
            return (wereOnLoop, await counter.count)
        }
        #expect(wereOnLoop)
        #expect(count == 1000)
    }

    @Test func `a task comes back to the loop from another executor`() async throws {
        let loop = try EventLoop()
        let places = try await running(loop) {
            let elsewhere = await Task.detached { loop.isOnLoop }.value
            return (elsewhere, loop.isOnLoop)
        }
        #expect(places == (false, true))
    }

    @Test func `an action from another thread wakes a waiting loop`() async throws {
        let loop = try EventLoop()
        loop.start()
        defer { loop.stop() }
        for _ in 0..<100 {
            let isOnLoop = await withCheckedContinuation { continuation in
                loop.execute { continuation.resume(returning: loop.isOnLoop) }
            }
            #expect(isOnLoop)
        }
    }

    @Test func `timers fire in the order of their deadlines and those of one instant as they came`() async throws {
        let loop = try EventLoop()
        let order = Mutex<[Int]>([])
        try await running(loop) {
            let start = Instant.now
            for (number, delay) in [(3, 30), (1, 10), (4, 30), (2, 20)] {
                loop.schedule(at: start + .milliseconds(delay)) { order.withLock { $0.append(number) } }
            }
            try? await loop.sleep(for: .milliseconds(60))
        }
        #expect(order.withLock { $0 } == [1, 2, 3, 4])
    }

    @Test func `a cancelled timer does not fire, however many there are`() async throws {
        let loop = try EventLoop()
        let fired = Mutex<Int>(0)
        try await running(loop) {
            for number in 0..<1000 {
                let token = loop.schedule(after: .milliseconds(5)) { fired.withLock { $0 += 1 } }
                if number % 10 != 0 { loop.cancel(token) }
            }
            try? await loop.sleep(for: .milliseconds(20))
        }
        #expect(fired.withLock { $0 } == 100)
    }

    @Test func `sleeping takes its time`() async throws {
        let loop = try EventLoop()
        let elapsed = try await running(loop) {
            await ContinuousClock().measure { try? await loop.sleep(for: .milliseconds(50)) }
        }
        #expect(elapsed >= .milliseconds(50))
        #expect(elapsed < .seconds(5))
    }

    @Test func `sleeping works from outside the loop`() async throws {
        let loop = try EventLoop()
        loop.start()
        defer { loop.stop() }
        let elapsed = await ContinuousClock().measure { try? await loop.sleep(for: .milliseconds(20)) }
        #expect(elapsed >= .milliseconds(20))
    }

    @Test(arguments: [true, false])
    func `a cancelled sleep ends at once`(isCancelledBefore: Bool) async throws {
        let loop = try EventLoop()
        let (elapsed, wasCancelled) = try await running(loop) {
            let start = Instant.now
            let task = Task(executorPreference: loop) {
                if isCancelledBefore { withUnsafeCurrentTask { $0?.cancel() } }
                do {
                    try await loop.sleep(for: .seconds(60))
                    return false
                } catch {
                    return true
                }
            }
            try? await loop.sleep(for: .milliseconds(10))
            task.cancel()
            let wasCancelled = await task.value
            return (Instant.now - start, wasCancelled)
        }
        #expect(wasCancelled)
        #expect(elapsed < .seconds(10))
    }

    @Test func `a deadline cancels the operation and its value still comes back`() async throws {
        let loop = try EventLoop()
        let result = try await running(loop) {
            await loop.withDeadline(.now + .milliseconds(20)) {
                do {
                    try await loop.sleep(for: .seconds(60))
                    return "finished"
                } catch {
                    return "cancelled"
                }
            }
        }
        #expect(result == ("cancelled", true))
    }

    @Test func `an operation that is done before its deadline is left alone`() async throws {
        let loop = try EventLoop()
        let (result, elapsed) = try await running(loop) {
            let start = Instant.now
            let result = await loop.withDeadline(.now + .seconds(60)) { Task.isCancelled }
            return (result, Instant.now - start)
        }
        #expect(result == (false, false))
        #expect(elapsed < .seconds(10))
    }

    @Test func `cancelling the surrounding task reaches an operation under a deadline`() async throws {
        let loop = try EventLoop()
        let result = try await running(loop) {
            let task = Task(executorPreference: loop) {
                await loop.withDeadline(.now + .seconds(60)) {
                    (try? await loop.sleep(for: .seconds(60))) == nil
                }
            }
            try? await loop.sleep(for: .milliseconds(10))
            task.cancel()
            return await task.value
        }
        #expect(result == (true, false))
    }

    @Test func `an uncancelled scope does not see the cancellation around it`() async throws {
        let loop = try EventLoop()
        let isCancelled = try await running(loop) {
            let task = Task(executorPreference: loop) {
                withUnsafeCurrentTask { $0?.cancel() }
                return await loop.withoutCancellation { Task.isCancelled }
            }
            return await task.value
        }
        #expect(!isCancelled)
    }

    @Test func `a watcher is called when its descriptor becomes ready`() async throws {
        let loop = try EventLoop()
        let (reader, writer) = try makePipe()
        defer {
            close(reader)
            close(writer)
        }
        let readiness = try await running(loop) {
            await withCheckedContinuation { continuation in
                try? loop.watch(reader, for: .read) { ready in
                    loop.unwatch(reader)
                    continuation.resume(returning: ready)
                }
                loop.schedule(after: .milliseconds(10)) { write(writer, "x", 1) }
            }
        }
        #expect(readiness == .readable)
    }

    @Test func `a busy task does not starve the descriptors`() async throws {
        let loop = try EventLoop()
        let (reader, writer) = try makePipe()
        defer {
            close(reader)
            close(writer)
        }
        write(writer, "x", 1)
        let wasCalled = Atomic<Bool>(false)
        let yields = try await running(loop) {
            try? loop.watch(reader, for: .read) { _ in
                loop.unwatch(reader)
                wasCalled.store(true, ordering: .relaxed)
            }
            var yields = 0
            while !wasCalled.load(ordering: .relaxed) && yields < 1_000_000 {
                await Task.yield()
                yields += 1
            }
            return yields
        }
        #expect(yields < 1_000_000)
    }

    @Test func `a plain file cannot be watched and says so`() async throws {
        let loop = try EventLoop()
        let file = open("/dev/null", O_RDONLY)
        defer { close(file) }
        let call = try await running(loop) { () -> String? in
            do {
                try loop.watch(file, for: .read) { _ in }
                return nil
            } catch {
                return (error as? EventLoopError)?.call
            }
        }
        #expect(call == "epoll_ctl")
    }

    @Test func `touching the loop from another thread traps`() async {
        await #expect(processExitsWith: .failure) {
            let loop = try EventLoop()
            loop.schedule(after: .seconds(1)) {}
        }
    }

    /// Runs a body on a loop that has a thread of its own: a test that blocked one of the few threads
    /// which all tests share could wait for itself.
    private func running<Value: Sendable>(
        _ loop: EventLoop, _ body: @escaping @Sendable () async -> Value
    ) async throws -> Value {
        loop.start()
        defer { loop.stop() }
        return await Task(executorPreference: loop, operation: body).value
    }

    private func makePipe() throws -> (reader: Int32, writer: Int32) {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        return (ends[0], ends[1])
    }
}
