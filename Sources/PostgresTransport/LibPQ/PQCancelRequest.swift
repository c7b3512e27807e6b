internal import CLibPQ

/// A request that ends what the server does for a connection, sent over a connection of its own.
///
/// `@unchecked Sendable`: libpq copied into it all that it needs, and one thread sends it.
@safe final class PQCancelRequest: @unchecked Sendable {
    private let cancel: OpaquePointer

    @unsafe init(_ cancel: OpaquePointer) { unsafe self.cancel = unsafe cancel }

    deinit { unsafe PQfreeCancel(cancel) }

    /// Sends the request and waits until the server has passed it on; blocks, so that it needs a thread.
    ///
    /// The corresponding C function is `PQcancel`.
    func send() -> Bool {
        var complaint = [CChar](repeating: 0, count: 256)
        return unsafe PQcancel(cancel, &complaint, Int32(complaint.count)) == 1
    }
}
