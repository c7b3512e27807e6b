extension SandboxBreak {
    /// What is wrong with the store of vectors, and who must notice; nil for breaks of other parts.
    var vectorsFacts: Facts? {
        let vectors = "cross_service/model_to_vector_database/"
        let connectivity = "external_apis/vector_database_connectivity/"
        let monitored = "monitoring_tests/vector_database_connectivity"
        let watched = "monitoring_tests/model_to_vector_database"
        return switch self {
        case .vectorKeyIgnored:
            ("the vector store takes any key", [Proof(connectivity + "connection_establishment", "wrong_key")])
        case .createdTwice:
            (
                "a collection that is there can be created again",
                [
                    Proof(connectivity + "collection_management", "created_twice")
                ]
            )
        case .dropMissingAccepted:
            (
                "dropping a collection that is not there succeeds",
                [
                    Proof(connectivity + "collection_management", "dropped_twice")
                ]
            )
        case .collectionKept:
            ("a dropped collection is still there", [Proof(connectivity + "collection_management", "gone")])
        case .aliasIgnored:
            ("an alias is taken and not kept", [Proof(connectivity + "collection_management", "alias")])
        case .countStale:
            (
                "a count leaves out the point that came last",
                [
                    Proof(connectivity + "vector_operations", "counted"),
                    Proof("error_tests/vector_database_connectivity", "counted"),
                    Proof("error_tests/model_to_vector_database", "counted"),
                ]
            )
        case .pointsKept:
            ("deleted points are still there", [Proof(connectivity + "vector_operations", "counted_again")])
        case .filterIgnored:
            ("filters let every point pass", [Proof(connectivity + "vector_operations", "filtered")])
        case .payloadLost: ("points come back without their payload", [Proof(vectors + "vector_storage", "fetched")])
        case .vectorRounded:
            ("vectors are stored with three bits of a fraction", [Proof(vectors + "vector_storage", "fetched")])
        case .neighboursMissed:
            (
                "a search that is not exact misses one neighbour of three",
                [
                    Proof(vectors + "similarity_search", "recall")
                ]
            )
        case .hitsUnordered:
            ("the first and the last hit change places", [Proof(vectors + "similarity_search", "nearest")])
        case .indexForgotten:
            ("a payload index is taken and not built", [Proof(vectors + "index_management", "field_index")])
        case .indexNeverReady:
            ("the index of the vectors is never ready", [Proof(vectors + "index_management", "vector_index")])
        case .indexKept:
            ("a payload index cannot be removed", [Proof(vectors + "index_management", "field_index_removed")])
        case .vectorsSlow:
            (
                "the vector store takes 700 ms more",
                [
                    Proof(vectors + "performance_validation", "searches"),
                    Proof(connectivity + "performance_validation", "upserts"),
                    Proof("performance_tests/vector_database_connectivity", "searches"),
                    Proof("load_tests/vector_database_connectivity", "searches"),
                    Proof("performance_tests/model_to_vector_database", "questions"),
                    Proof("load_tests/model_to_vector_database", "texts"),
                ]
            )
        case .vectorRequestsDoubled:
            (
                "the vector store counts each request twice",
                [Proof(monitored, "counted"), Proof(watched, "stored_counted")]
            )
        case .vectorErrorsHidden:
            (
                "the vector store counts what it refuses as answered",
                [Proof(monitored, "refused_counted"), Proof(watched, "refusals_counted")]
            )
        case .vectorBatchesMerged:
            ("the vector store counts batches of searches as searches", [Proof(monitored, "counted")])
        case .vectorTotalsStale:
            (
                "the vector store's totals stay as they were first told",
                [Proof(monitored, "one_more"), Proof(watched, "grown")]
            )
        case .vectorVersionWrong:
            ("the vector store's metrics name another version than its own", [Proof(monitored, "identified")])
        default: nil
        }
    }
}
