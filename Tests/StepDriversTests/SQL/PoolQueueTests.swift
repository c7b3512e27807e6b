import Testing

@testable import StepDrivers

struct PoolQueueTests {
    /// A queue whose connections open at once, and what it did.
    private struct Played {
        var queue: PoolQueue
        /// Which connection each waiter has.
        var held: [Int: Int] = [:]
        var closed: [Int] = []
        var most = 0

        init(size: Int, overflow: Int) { queue = PoolQueue(size: size, overflow: overflow) }

        mutating func request(_ waiter: Int) { play(queue.request(waiter)) }

        mutating func giveBack(_ waiter: Int, isUsable: Bool = true) {
            guard let connection = held.removeValue(forKey: waiter) else { return }
            play(queue.returned(connection, isUsable: isUsable))
        }

        mutating func play(_ actions: [PoolQueue.Action]) {
            most = max(most, queue.total)
            for action in actions {
                switch action {
                case .lend(let connection, let waiter): held[waiter] = connection
                case .open(let waiter): held[waiter] = queue.opened(for: waiter)
                case .close(let connection):
                    closed.append(connection)
                    play(queue.closed())
                }
            }
        }
    }

    @Test func `an idle connection is had at once, unless somebody waits`() {
        var queue = PoolQueue(size: 1, overflow: 0)
        #expect(queue.takeIdle(for: 1) == nil)
        #expect(queue.request(1) == [.open(for: 1)])
        let connection = queue.opened(for: 1)
        #expect(queue.takeIdle(for: 2) == nil)
        #expect(queue.returned(connection, isUsable: true) == [])
        #expect(queue.nextIdle == connection)
        #expect(queue.takeIdle(for: 2) == connection)
        #expect(queue.lent == [connection: 2] && queue.total == 1)
        #expect(queue.request(3) == [] && queue.nextIdle == nil)
        #expect(queue.returned(connection, isUsable: true) == [.lend(connection, to: 3)])
    }

    @Test func `connections are opened when they are needed, and used again`() {
        var pool = Played(size: 2, overflow: 0)
        #expect(pool.queue.total == 0)
        pool.request(1)
        pool.giveBack(1)
        pool.request(2)
        #expect(pool.held == [2: 1] && pool.queue.total == 1)
    }

    @Test func `waiters are served in the order they came`() {
        var pool = Played(size: 1, overflow: 0)
        for waiter in 1...4 { pool.request(waiter) }
        #expect(pool.queue.waiting == [2, 3, 4])
        var order: [Int] = []
        while let waiter = pool.held.keys.first {
            order.append(waiter)
            pool.giveBack(waiter)
        }
        #expect(order == [1, 2, 3, 4] && pool.queue.total == 1)
    }

    @Test func `beyond its size the pool closes what comes back, unless somebody waits`() {
        var pool = Played(size: 1, overflow: 1)
        for waiter in 1...3 { pool.request(waiter) }
        #expect(pool.held.count == 2 && pool.queue.waiting == [3])
        pool.giveBack(1)
        #expect(pool.held[3] == 1 && pool.closed.isEmpty)
        pool.giveBack(2)
        #expect(pool.closed == [2])
        pool.giveBack(3)
        #expect(pool.queue.idle == [1])
    }

    @Test func `one in doubt is closed, and its room given to who waits`() {
        var pool = Played(size: 1, overflow: 0)
        pool.request(1)
        pool.request(2)
        pool.giveBack(1, isUsable: false)
        #expect(pool.closed == [1] && pool.held == [2: 2])
    }

    @Test func `the room of one that is being closed is not used before it is closed`() {
        var queue = PoolQueue(size: 1, overflow: 0)
        #expect(queue.request(1) == [.open(for: 1)])
        let connection = queue.opened(for: 1)
        #expect(queue.request(2) == [])
        #expect(queue.returned(connection, isUsable: false) == [.close(connection)])
        #expect(queue.total == 1)
        #expect(queue.closed() == [.open(for: 2)])
    }

    @Test func `a failure to open lets the next one try`() {
        var queue = PoolQueue(size: 1, overflow: 0)
        #expect(queue.request(1) == [.open(for: 1)])
        #expect(queue.request(2) == [])
        #expect(queue.failedToOpen() == [.open(for: 2)])
    }

    @Test func `a broken idle one is replaced before anybody else is served`() {
        var queue = PoolQueue(size: 1, overflow: 0)
        _ = queue.request(1)
        let connection = queue.opened(for: 1)
        _ = queue.returned(connection, isUsable: true)
        #expect(queue.request(2) == [.lend(connection, to: 2)])
        #expect(queue.request(3) == [])
        #expect(queue.broken(connection) == [.close(connection), .open(for: 2)])
        #expect(queue.closed() == [])
    }

    @Test func `who goes away is forgotten`() {
        var pool = Played(size: 1, overflow: 0)
        for waiter in 1...3 { pool.request(waiter) }
        pool.queue.cancel(2)
        pool.giveBack(1)
        #expect(pool.held == [3: 1])
    }

    @Test func `a drained pool keeps nothing`() {
        var pool = Played(size: 2, overflow: 0)
        pool.request(1)
        pool.request(2)
        pool.giveBack(1)
        pool.play(pool.queue.drain())
        #expect(pool.closed == [1])
        pool.giveBack(2)
        #expect(pool.closed == [1, 2] && pool.queue.total == 0)
    }

    @Test func `no more than size and overflow exist, whatever happens`() {
        var random = SystemRandomNumberGenerator()
        var pool = Played(size: 3, overflow: 2)
        var requested = 0
        for _ in 0..<5000 {
            if Bool.random(using: &random) {
                requested += 1
                pool.request(requested)
            } else if let waiter = pool.held.keys.randomElement(using: &random) {
                pool.giveBack(waiter, isUsable: Int.random(in: 0..<4, using: &random) > 0)
            }
            #expect(pool.queue.lent.count == pool.held.count)
        }
        #expect(pool.most <= 5)
        while let waiter = pool.held.keys.min() { pool.giveBack(waiter) }
        #expect(pool.queue.waiting.isEmpty && pool.queue.idle.count <= 3)
    }
}
