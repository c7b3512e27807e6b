import Testing

@testable import PostgresTransport

struct QueryProgressTests {
    private let error = ServerComplaint(sqlstate: "22012", message: "division by zero")

    @Test func `rows and ends are delivered until something fails`() {
        var progress = QueryProgress()
        #expect(progress.took(.row) == .deliver)
        #expect(progress.wants(.more) == .ignore)
        #expect(progress.took(.failed(error)) == .ignore)
        #expect(progress.took(.row) == .ignore)
        #expect(progress.took(.done) == .ignore)
        #expect(progress.failure?.complaint == error)
        #expect(progress.failure?.kind == .rejected)
        #expect(progress.failure?.mayHaveHappened == false)
    }

    @Test func `rows that nobody wants are thrown away, the end is delivered`() {
        var progress = QueryProgress()
        #expect(progress.wants(.discard) == .ignore)
        #expect(progress.took(.row) == .ignore)
        #expect(progress.took(.done) == .deliver)
        #expect(progress.failure == nil)
    }

    @Test func `a time-out cancels once, and is undone when the server says so`() {
        var progress = QueryProgress()
        #expect(progress.interrupted(.expired) == .cancel)
        #expect(progress.interrupted(.cancelled) == .ignore)
        #expect(progress.failure?.mayHaveHappened == true)
        #expect(!progress.wasCancelled)
        _ = progress.took(.failed(ServerComplaint(sqlstate: "57014", message: "canceling statement")))
        #expect(progress.wasCancelled)
        progress.isUndone()
        #expect(progress.failure?.kind == .timeout)
        #expect(progress.failure?.mayHaveHappened == false)
    }

    @Test func `a server's own time-out is its refusal`() {
        var progress = QueryProgress()
        _ = progress.took(.failed(ServerComplaint(sqlstate: "57014", message: "due to statement timeout")))
        #expect(!progress.wasCancelled)
        #expect(progress.failure?.kind == .rejected)
    }

    @Test func `a farewell is a reset, since nobody knows how far the statement came`() {
        var progress = QueryProgress()
        let farewell = ServerComplaint(sqlstate: "57P01", message: "terminating connection", severity: "FATAL")
        _ = progress.took(.failed(farewell))
        progress.broke("server closed the connection unexpectedly")
        #expect(progress.failure?.kind == .reset)
        #expect(progress.failure?.complaint == farewell)
        #expect(progress.failure?.mayHaveHappened == true)
    }

    @Test func `a refusal stays one although the connection breaks behind it`() {
        var progress = QueryProgress()
        _ = progress.took(.failed(error))
        progress.broke("server closed the connection unexpectedly")
        #expect(progress.failure?.kind == .rejected)
    }

    @Test func `COPY has no place`() {
        var into = QueryProgress()
        #expect(into.took(.copyIn) == .refuseCopyIn)
        #expect(into.took(.failed(ServerComplaint(sqlstate: "57014", message: "COPY failed"))) == .ignore)
        #expect(into.failure?.message.contains("FROM STDIN") == true)
        var out = QueryProgress()
        #expect(out.took(.copyOut) == .cancel)
        #expect(out.took(.copyOut) == .ignore)
        var both = QueryProgress()
        #expect(both.took(.copyBoth) == .drop)
    }
}

struct StatementCacheTests {
    @Test func `the least used statement gives way`() {
        var cache = StatementCache(limit: 2)
        func add(_ text: String) -> String? {
            guard case .prepare(let name, let forgotten) = cache.use(text) else { return "known" }
            cache.prepared(text, as: name)
            return forgotten
        }
        #expect(add("a") == nil)
        #expect(add("b") == nil)
        #expect(cache.use("a") == .ready("plumb_1"))
        #expect(add("c") == "plumb_2")
        #expect(add("a") == "known")
        #expect(cache.count == 2)
    }

    @Test func `a statement that could not be prepared is not kept`() {
        var cache = StatementCache()
        #expect(cache.use("a") == .prepare("plumb_1", forgetting: nil))
        #expect(cache.use("a") == .prepare("plumb_2", forgetting: nil))
        #expect(cache.count == 0)
    }
}
