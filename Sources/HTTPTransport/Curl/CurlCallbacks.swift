internal import CLibCurl
internal import Glibc

// libcurl calls these inside `curl_multi_socket_action`, on the loop's thread. Each finds its owner, which
// lives until the handle is taken out, and calls one method.

// https://curl.se/libcurl/c/CURLOPT_HEADERFUNCTION.html
func curlTookHeader(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ owner: UnsafeMutableRawPointer?
) -> Int {
    guard let exchange = unsafe exchange(of: owner) else { return 0 }
    let line = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
    return unsafe exchange.take(headerLine: line) ? line.count : 0
}

// https://curl.se/libcurl/c/CURLOPT_WRITEFUNCTION.html
func curlTookBody(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ owner: UnsafeMutableRawPointer?
) -> Int {
    guard let exchange = unsafe exchange(of: owner) else { return 0 }
    let piece = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
    // Any other count ends the transfer; an empty piece cannot.
    return unsafe exchange.take(body: piece) ? piece.count : -1
}

// https://curl.se/libcurl/c/CURLOPT_READFUNCTION.html
func curlReadsUpload(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ owner: UnsafeMutableRawPointer?
) -> Int {
    guard let exchange = unsafe exchange(of: owner), let upload = exchange.upload else { return 0 }
    guard let read = unsafe upload.read(into: UnsafeMutableRawBufferPointer(start: bytes, count: size * count)) else {
        exchange.failForChangedFile()
        return Int(CURL_READFUNC_ABORT)
    }
    return read
}

// https://curl.se/libcurl/c/CURLOPT_SEEKFUNCTION.html
func curlSeeksUpload(_ owner: UnsafeMutableRawPointer?, _ offset: curl_off_t, _ origin: Int32) -> Int32 {
    guard offset == 0, let upload = unsafe exchange(of: owner)?.upload else { return CURL_SEEKFUNC_CANTSEEK }
    upload.rewind()
    return CURL_SEEKFUNC_OK
}

// https://curl.se/libcurl/c/CURLOPT_PREREQFUNCTION.html
func curlIsReady(
    _ owner: UnsafeMutableRawPointer?, _ peer: UnsafeMutablePointer<CChar>?, _: UnsafeMutablePointer<CChar>?,
    _ peerPort: Int32, _ ownPort: Int32
) -> Int32 {
    guard let exchange = unsafe exchange(of: owner) else { return CURL_PREREQFUNC_ABORT }
    var connection: Exchange.Connection?
    if exchange.isSecure {
        connection = Exchange.Connection(
            peer: unsafe peer.map { unsafe String(cString: $0) } ?? "", peerPort: peerPort, ownPort: ownPort)
    }
    return exchange.willSend(on: connection) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
}

// https://curl.se/libcurl/c/CURLOPT_SOCKOPTFUNCTION.html
func curlOpenedSocket(
    _ owner: UnsafeMutableRawPointer?, _ socket: curl_socket_t, _: curlsocktype
) -> Int32 {
    if let owner = unsafe owner { unsafe Unmanaged<CurlSockets>.fromOpaque(owner).takeUnretainedValue().opened(socket) }
    return Int32(CURL_SOCKOPT_OK)
}

// https://curl.se/libcurl/c/CURLOPT_CLOSESOCKETFUNCTION.html
func curlCloses(_ owner: UnsafeMutableRawPointer?, _ socket: curl_socket_t) -> Int32 {
    guard let owner = unsafe owner else { return close(socket) }
    let isOurs = unsafe Unmanaged<CurlSockets>.fromOpaque(owner).takeUnretainedValue().closes(socket)
    return isOurs ? 0 : close(socket)
}

// https://curl.se/libcurl/c/CURLMOPT_SOCKETFUNCTION.html
func curlWatches(
    _: UnsafeMutableRawPointer?, _ socket: curl_socket_t, _ what: Int32, _ owner: UnsafeMutableRawPointer?,
    _: UnsafeMutableRawPointer?
) -> Int32 {
    guard let owner = unsafe owner else { return 0 }
    unsafe Unmanaged<CurlMulti>.fromOpaque(owner).takeUnretainedValue().watch(socket, what)
    return 0
}

// https://curl.se/libcurl/c/CURLMOPT_TIMERFUNCTION.html
func curlWaits(_: UnsafeMutableRawPointer?, _ milliseconds: Int, _ owner: UnsafeMutableRawPointer?) -> Int32 {
    guard let owner = unsafe owner else { return 0 }
    unsafe Unmanaged<CurlMulti>.fromOpaque(owner).takeUnretainedValue().wait(milliseconds: milliseconds)
    return 0
}

private func exchange(of owner: UnsafeMutableRawPointer?) -> Exchange? {
    guard let owner = unsafe owner else { return nil }
    return unsafe Unmanaged<CurlTransfer>.fromOpaque(owner).takeUnretainedValue().exchange
}
