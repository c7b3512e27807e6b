import Expressions
import ScenarioCompiler
import ScenarioModel
import ScenarioSyntax
import Testing

@Suite struct ConfigurationKeysTests {
    @Test func `the defaults that the tables tell are those that hold`() throws {
        let rows = ConfigurationKeys.timeouts.keys
        #expect(Set(rows.map(\.name)) == Set(Configuration.builtInTimeouts.keys))
        for row in rows {
            let text = try #require(row.defaultText)
            #expect(DurationText.parse(text) == Configuration.builtInTimeouts[row.name]?.value, "\(row.name)")
        }
        let retry = ConfigurationKeys.retry
        let builtIn = RetryPart.builtIn
        #expect(retry["max"]?.defaultText == builtIn.max?.value.known.map { "\($0)" })
        #expect(retry["on"]?.defaultText == builtIn.on?.value.map(\.description).joined(separator: ","))
        #expect(retry["backoff"]?.defaultText.flatMap(DurationText.parse) == builtIn.backoff?.value)
        #expect(retry["jitter"]?.defaultText.flatMap(Double.init) == builtIn.jitter?.value)
    }

    @Test func `the tables give a schema in which every kind's keys stand`() throws {
        let schema = JSONSchemaWriter.write(ConfigurationKeys.root([WebKind()]))
        let definitions = try #require(try JSON.parse(schema).value["$defs"])
        let target = try #require(definitions["target"]?["properties"]?.object)
        #expect(["kind", "from", "rate_limit", "url", "tls"].allSatisfy(target.keys.contains))
        // Each kind's driver requires its own keys; a table of all kinds cannot.
        #expect(definitions["target"]?["required"] == nil)
        let names = try #require(definitions.object).keys
        #expect(["profile", "defaults", "retry", "load", "link"].allSatisfy(names.contains))
    }

    @Test func `every key is explained`() {
        let tables = [
            ConfigurationKeys.root([]), ConfigurationKeys.profile([]), ConfigurationKeys.target([WebKind()]),
            ConfigurationKeys.defaults, ConfigurationKeys.timeouts, ConfigurationKeys.retry, ConfigurationKeys.load,
            ConfigurationKeys.pool, ConfigurationKeys.link, ConfigurationKeys.sandbox, ConfigurationKeys.suite,
        ]
        for table in tables {
            #expect(Set(table.keys.map(\.name)).count == table.keys.count)
            for key in table.keys { #expect(key.doc.hasSuffix("."), "\(table.name).\(key.name)") }
            for (word, meaning) in table.foreign {
                #expect(table[word] == nil && table[meaning] != nil, "\(table.name): \(word) -> \(meaning)")
            }
        }
    }
}
