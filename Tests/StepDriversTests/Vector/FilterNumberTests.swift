import Testing

@testable import StepDrivers

/// Numbers of which a double would lose digits are carried as text, and go on the wire as numbers where only such can stand.
@Suite struct FilterNumberTests {
    @Test(
        arguments: [
            (
                #"{"must":[{"has_id":["9007199254740993",7,"550e8400-e29b-41d4-a716-446655440000"]}]}"#,
                #"{"must":[{"has_id":[9007199254740993,7,"550e8400-e29b-41d4-a716-446655440000"]}]}"#
            ),
            (
                #"{"must":[{"key":"n","range":{"gte":"-9007199254740993","lt":"2024-01-01T00:00:00Z"}}]}"#,
                #"{"must":[{"key":"n","range":{"gte":-9007199254740993,"lt":"2024-01-01T00:00:00Z"}}]}"#
            ),
            (
                #"{"must":[{"key":"range","match":{"value":"9007199254740993"}},{"key":"has_id","match":{"any":["1"]}}]}"#,
                nil
            ),
            (
                #"{"must": [ {"key": "a\"]", "match": {"value": "has_id"}}, {"nested": {"filter": {"has_id" : [ "12" ]}}} ]}"#,
                #"{"must": [ {"key": "a\"]", "match": {"value": "has_id"}}, {"nested": {"filter": {"has_id" : [ 12 ]}}} ]}"#
            ),
            ("null", nil), ("{}", nil),
        ] as [(String, String?)])
    func `only ids and bounds become numbers`(filter: String, restored: String?) {
        let found = String(decoding: FilterNumbers.restored(Array(filter.utf8)), as: UTF8.self)
        #expect(found == restored ?? filter)
    }
}
