import Testing

@testable import Sandbox

@Suite struct EmbeddingTests {
    private func cosine(_ first: [Float], _ second: [Float]) -> Float {
        zip(first, second).reduce(0) { $0 + $1.0 * $1.1 }
    }

    @Test func `vectors have length one, and the same text has the same vector`() {
        for text in ["hello", "", "!?", "ein Text mit Umläuten: äöü", String(repeating: "word ", count: 500)] {
            let vector = Embedding.vector(of: text, model: "mixtral")
            #expect(vector.count == 384)
            #expect(abs(cosine(vector, vector) - 1) < 1e-4)
            #expect(vector == Embedding.vector(of: text, model: "mixtral"))
        }
    }

    @Test func `similar texts are nearer than others`() {
        let cat = Embedding.vector(of: "The cat sat on the mat", model: "m")
        let kitten = Embedding.vector(of: "A cat was sitting on a mat", model: "m")
        let money = Embedding.vector(of: "Quarterly revenue exceeded the forecast", model: "m")
        #expect(cosine(cat, kitten) > cosine(cat, money) + 0.2)
    }

    @Test func `the gateway returns one vector for each text, in order`() async throws {
        try await withSandbox { client in
            let both = try await client.send(
                "POST", "/v1/embeddings", body: #"{"model":"mixtral","input":["one fish","two fish"]}"#)
            #expect(both.status == 200)
            let data = try #require(both.json["data"]?.array)
            #expect(data.compactMap { $0["index"]?.integer } == [0, 1])
            #expect(data.allSatisfy { $0["embedding"]?.array?.count == 384 })
            #expect(both.json["usage"] == ["prompt_tokens": 4, "total_tokens": 4])
            let one = try await client.send("POST", "/v1/embeddings", body: #"{"model":"mixtral","input":"two fish"}"#)
            #expect(one.json["data"]?.array?.first?["embedding"] == data[1]["embedding"])
        }
    }
}
