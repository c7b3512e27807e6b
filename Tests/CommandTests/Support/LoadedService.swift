import PlumbTesting

/// Tests that load a service with a scenario of one request.
protocol LoadedService {}

extension LoadedService {
    /// The scenario: an item is asked for, and is the right one.
    static var ask: String {
        """
        steps:
          - id: ask
            http: { get: /item }
            assert: [ .body.id == 7 ]
        """
    }

    func server() throws -> SimpleHTTPServer { try SimpleHTTPServer { _ in .json(#"{"id": 7}"#) } }
}
