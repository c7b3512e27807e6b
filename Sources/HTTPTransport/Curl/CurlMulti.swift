internal import CLibCurl
internal import EventLoop

/// A multi handle, its connections, and its place on the loop.
///
/// It lives on the loop's thread.
@safe final class CurlMulti {
    /// Connections that stay open for later requests.
    private static let idleConnections = 64

    private let handle: UnsafeMutableRawPointer
    private let loop: EventLoop
    let sockets: CurlSockets
    /// When libcurl wants to be called; nil for never.
    private var deadline: Instant?
    private var timer: (token: TimerToken, time: Instant)?
    private var isCallPending = false

    /// Called for each transfer that libcurl has ended, by its number and `CURLcode`; the transfer is out by then.
    var onEnd: (Int, UInt32) -> Void = { _, _ in }
    private(set) var transferCount = 0

    /// Nil when the process is out of memory.
    ///
    /// The corresponding C function is `curl_multi_init`.
    init?(loop: EventLoop, maxConnections: Int?) {
        guard let handle = unsafe curl_multi_init() else { return nil }
        unsafe self.handle = handle
        self.loop = loop
        sockets = CurlSockets(on: loop)
        sockets.onReady = { [unowned self] socket, ready in act(on: socket, ready) }
        unsafe lcurl_multi_set_callbacks(handle, Unmanaged.passUnretained(self).toOpaque(), curlWatches, curlWaits)
        _ = unsafe lcurl_multi_setopt_long(handle, CURLMOPT_MAXCONNECTS, Self.idleConnections)
        if let maxConnections {
            _ = unsafe lcurl_multi_setopt_long(handle, CURLMOPT_MAX_HOST_CONNECTIONS, max(1, maxConnections))
        }
    }

    deinit {
        // Without callbacks, for the owner may be gone from the loop.
        unsafe lcurl_multi_set_callbacks(handle, nil, nil, nil)
        sockets.abandon()
        unsafe curl_multi_cleanup(handle)
    }

    /// Starts a transfer; false when libcurl does not take it.
    ///
    /// The caller keeps it alive until it has ended or is removed.
    ///
    /// The corresponding C function is `curl_multi_add_handle`.
    func add(_ transfer: CurlTransfer) -> Bool {
        guard unsafe curl_multi_add_handle(handle, transfer.handle) == CURLM_OK else { return false }
        transferCount += 1
        return true
    }

    /// Takes a transfer out; one that is under way loses its connection.
    ///
    /// The corresponding C function is `curl_multi_remove_handle`.
    func remove(_ transfer: CurlTransfer) {
        unsafe curl_multi_remove_handle(handle, transfer.handle)
        transferCount -= 1
    }

    /// Leaves the loop.
    ///
    /// Only without transfers, on the loop's thread.
    func close() {
        sockets.leave()
        if let timer { loop.cancel(timer.token) }
        timer = nil
        deadline = nil
    }

    /// libcurl asks to watch a socket.
    func watch(_ socket: Int32, _ what: Int32) { sockets.watch(socket, what) }

    /// libcurl asks to be called after a while; -1 takes it back.
    func wait(milliseconds: Int) {
        switch milliseconds {
        case ..<0:
            deadline = nil
        case 0:
            deadline = nil
            guard !isCallPending else { return }
            isCallPending = true
            loop.later { [weak self] in
                self?.isCallPending = false
                self?.act(on: -1, [])
            }
        default:
            let time = Instant.now + .milliseconds(milliseconds)
            deadline = time
            // A timer that fires too early costs less than one for each change.
            if let timer, timer.time <= time { return }
            if let timer { loop.cancel(timer.token) }
            arm(at: time)
        }
    }

    private func arm(at time: Instant) {
        let token = loop.schedule(at: time) { [weak self] in self?.timerFired() }
        timer = (token, time)
    }

    private func timerFired() {
        timer = nil
        guard let deadline else { return }
        if deadline <= .now {
            self.deadline = nil
            act(on: -1, [])
        } else {
            arm(at: deadline)
        }
    }

    /// The corresponding C function is `curl_multi_socket_action`.
    private func act(on socket: Int32, _ ready: Readiness) {
        var mask: Int32 = 0
        if ready.contains(.readable) { mask |= CURL_CSELECT_IN }
        if ready.contains(.writable) { mask |= CURL_CSELECT_OUT }
        if ready.contains(.failed) { mask |= CURL_CSELECT_ERR }
        var running: Int32 = 0
        unsafe curl_multi_socket_action(handle, socket, mask, &running)
        if Int(running) < transferCount { collect() }
    }

    /// The corresponding C function is `curl_multi_info_read`.
    private func collect() {
        var remaining: Int32 = 0
        while let message = unsafe curl_multi_info_read(handle, &remaining) {
            guard unsafe message.pointee.msg == CURLMSG_DONE else { continue }
            // The message is gone once its handle is removed.
            let code = unsafe lcurl_message_result(message).rawValue
            guard let owner = unsafe lcurl_getinfo_private(message.pointee.easy_handle) else { continue }
            let transfer = unsafe Unmanaged<CurlTransfer>.fromOpaque(owner).takeUnretainedValue()
            if code == CURLE_OK.rawValue { transfer.keepSocket() }
            remove(transfer)
            onEnd(transfer.id, code)
        }
    }
}
