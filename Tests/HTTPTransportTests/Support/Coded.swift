import Foundation

/// One text under each content coding.
enum Coded {
    static let text =
        #"{"name": "plumb", "values": [1, 2, 3, 4, 5, 6, 7, 8, 9], "name2": "plumb", "more": "plumb plumb plumb"}"#
        + "\n"

    /// gzip.
    static let gzip = bytes(
        "H4sIAAAAAAACA6tWykvMTVWyUlAqyCnNTVLSUVAqS8wpTS0GCkUb6igY6SgY6yiY6CiY6iiY6SiY6yhY6ChYxgKV"
            + "gfQZoWjMzS9CmKSARCrVcgEAR8Hnn2gAAAA=")

    /// deflate, which is the zlib format.
    static let zlib = bytes(
        "eNqrVspLzE1VslJQKsgpzU1S0lFQKkvMKU0tBgpFG+ooGOkoGOsomOgomOoomOkomOsoWOgoWMYClYH0GaFozM0v"
            + "QpikgEQq1XIBAKscHLc=")

    /// Raw deflate, as some servers send it.
    static let raw = bytes(
        "q1bKS8xNVbJSUCrIKc1NUtJRUCpLzClNLQYKRRvqKBjpKBjrKJjoKJjqKJjpKJjrKFjoKFjGApWB9BmhaMzNL0KY"
            + "pIBEKtVyAQA=")

    /// br.
    static let brotli = bytes(
        "G2cAAAQ+5vZ9JT0uX9nPz1IVg4LNiSAm0TEOHL4FRnrnZfCQvQjFjJAtn66tH2roPt++y6j3Pmos0SSTTTHVDGY0"
            + "k5lXsO0knkwoTJz1Bw==")

    /// zstd, with a checksum.
    static let zstandard = bytes(
        "KLUv/QRYdQIAEgQPGIDVhQO7J4kU+4/pCCZEebzvLzCTSjqEE8KAR49Ll1FucpF7XOMWl7jpDsuKAPbaCvCyca9B"
            + "XJG55VAQBQCpgSnubcI2XN3NfSkoL2GhGQ==")

    /// gzip of 65 536 zeros.
    static let zeros = bytes(
        "H4sIAAAAAAACA+3BAQEAAACAkP6v7ggKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
            + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAauuOl9cAAAEA")

    /// gzip of gzip.
    static let twice = bytes(
        "H4sIAAAAAAACA5Pv5mAAASbm1WGnvM/4hm4KCtA6oXnWN+hSYICW9xlNX102LlfpVxoSLzUkXmvMeKEx45XGjJca"
            + "M15rRLzQiDjGNLXxi+TCjDNn9Z1mLGlw0bpaxMjgfvD5/AygmQCE9c2AXAAAAA==")

    private static func bytes(_ base64: String) -> [UInt8] { Data(base64Encoded: base64).map(Array.init) ?? [] }
}
