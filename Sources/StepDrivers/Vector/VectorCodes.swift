public import Diagnostics
internal import ScenarioModel

extension Diagnostic.Code {
    static let vectorOperation = Diagnostic.Code(
        "vector.operation",
        "A 'vector' step has one operation: a key such as 'search: COLLECTION', 'upsert: COLLECTION' or 'list: true'.")
    static let vectorKey = Diagnostic.Code(
        "vector.key", "The key has no meaning with this operation, or the operation lacks one that it needs.")
    static let vectorName = Diagnostic.Code(
        "vector.name", "A collection's name has 1 to 255 characters and none of / \\ < > : \" | ? *.")
    static let vectorValue = Diagnostic.Code(
        "vector.value",
        "A vector is a list of numbers, '{indices, values}', or an answer with an embedding; every number is finite as a "
            + "32-bit float.")
    static let vectorSize = Diagnostic.Code(
        "vector.size", "Vectors of one request have the same dimension, and the one that 'size' says.")
    static let vectorID = Diagnostic.Code(
        "vector.id", "An id is an integer from 0 to 18446744073709551615, or a UUID.")
    static let vectorFilter = Diagnostic.Code(
        "vector.filter",
        "A filter has must, should, must_not or min_should; each holds conditions such as "
            + "'{ key: city, match: { value: Rome } }'.")
    static let vectorFile = Diagnostic.Code(
        "vector.file",
        "A file of vectors is a .npy array of 32- or 64-bit floats with rows, or a .jsonl file with a vector or point a line."
    )
    static let vectorSetting = Diagnostic.Code(
        "vector.setting", "A setting of the step or of its target does not have the form that its key takes.")

    /// The codes of `vector` steps, with those of what can happen on the way to the service and back.
    public static let allVectorCodes: [Diagnostic.Code] =
        [
            vectorOperation, vectorKey, vectorName, vectorValue, vectorSize, vectorID, vectorFilter, vectorFile,
            vectorSetting,
        ] + errorCodes(of: "vector")
}
