internal import Glibc

/// A decompressor's shared library, found by name at run time.
///
/// libcurl itself brings these libraries into the process. Asking for them by name spares the build
/// their headers, and a system without one of them merely does not offer that coding.
@safe final class CodingLibrary: Sendable {
    // A handle of dlopen is never closed and may be used from any thread.
    private nonisolated(unsafe) let handle: UnsafeMutableRawPointer

    /// The corresponding C function is `dlopen`.
    init?(_ name: String) {
        guard let handle = unsafe dlopen(name, RTLD_NOW) else { return nil }
        unsafe self.handle = handle
    }

    /// The function of that name, as the C function type that the library documents.
    ///
    /// The corresponding C function is `dlsym`.
    func function<Function>(_ name: String, as type: Function.Type) -> Function? {
        guard let address = unsafe dlsym(handle, name) else { return nil }
        return unsafe unsafeBitCast(address, to: type)
    }
}
