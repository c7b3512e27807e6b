/// Embeddings that were asked for, checked.
struct EmbeddingRequest: Sendable {
    var model: String
    var inputs: [String]

    /// Checks a request's body; the error names the member that is wrong.
    init(_ body: JSON) throws(APIError) {
        let fields = try FieldReader(body)
        model = try ChatRequest.model(fields)
        _ = try fields.required("input")
        inputs = try fields.strings("input", atMost: 256) ?? []
        guard !inputs.isEmpty else {
            throw .invalid("Invalid 'input': empty array.", param: "input", code: "empty_array")
        }
        if let format = try fields.string("encoding_format"), format != "float" {
            throw .invalid(
                "Invalid value for 'encoding_format': only 'float' is supported.", param: "encoding_format",
                code: "invalid_value")
        }
        _ = try fields.integer("dimensions", in: Embedding.dimensions...Embedding.dimensions)
    }
}
