import Glibc

/// A page of memory that a worker writes and the command reads when the worker has died: what it was doing.
///
/// The page is mapped shared before the worker is forked. A worker that dies by a signal cannot tell more.
final class BlackBox {
    private let page: UnsafeMutableRawPointer
    private static let size = 4096
    private static let textLimit = 1800
    // Layout: evaluating test + 1 (Int64), length of the expression, the expression, length of the trail, the trail.
    private static let expressionAt = 24
    private static let trailAt = 24 + textLimit

    /// Maps the page; nil where the system refuses.
    init?() {
        guard
            let page = mmap(nil, Self.size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0),
            page != MAP_FAILED
        else { return nil }
        self.page = page
    }

    deinit { munmap(page, Self.size) }

    /// Notes the step that begins.
    func note(test: Int, trail: String) {
        page.storeBytes(of: Int64(test + 1), toByteOffset: 0, as: Int64.self)
        store(trail, at: Self.trailAt, length: 16)
    }

    /// Notes the expression that libjq is about to evaluate.
    func note(expression: String) { store(expression, at: Self.expressionAt, length: 8) }

    /// Notes that libjq has returned.
    func noteEnd() { page.storeBytes(of: 0, toByteOffset: 8, as: Int64.self) }

    /// Forgets everything, for the next worker.
    func clear() { memset(page, 0, Self.size) }

    /// What the worker was doing: the test, its step, and the expression if libjq was evaluating one.
    var content: (test: Int, trail: String, expression: String?)? {
        let test = page.load(as: Int64.self)
        guard test > 0 else { return nil }
        let expression = text(at: Self.expressionAt, length: 8)
        return (Int(test) - 1, text(at: Self.trailAt, length: 16), expression.isEmpty ? nil : expression)
    }

    private func store(_ text: String, at offset: Int, length: Int) {
        let bytes = Array(text.utf8.prefix(Self.textLimit))
        bytes.withUnsafeBytes { if let base = $0.baseAddress { memcpy(page + offset, base, bytes.count) } }
        page.storeBytes(of: Int64(bytes.count), toByteOffset: length, as: Int64.self)
    }

    private func text(at offset: Int, length: Int) -> String {
        let count = min(max(Int(page.load(fromByteOffset: length, as: Int64.self)), 0), Self.textLimit)
        return String(decoding: UnsafeRawBufferPointer(start: page + offset, count: count), as: UTF8.self)
    }
}
