/// What a `vector` step does, with every value decided; how it is sent is its driver's own.
enum VectorOperation {
    case search(Search)
    case upsert(Upsert)
    case fetch(ids: [PointID], Selection)
    case count(filter: [UInt8]?, exact: Bool?)
    case scroll(Scroll)
    case delete(Points)
    case create(Creation)
    case drop
    case describe
    case list
    case alias([(name: String, collection: String?)])
    case index(IndexChange)

    /// What a search asks for.
    struct Search {
        var queries: Queries
        var isBatch: Bool
        var using: String?
        var limit: Int
        var offset: Int?
        /// JSON.
        var filter: [UInt8]?
        var scoreThreshold: Double?
        var exact: Bool?
        var selection: Selection
        /// JSON of an object.
        var params: [UInt8]?
        /// How many of the nearest are compared with the exact ones.
        var recallAt: Int?
    }

    /// The vectors that are searched for.
    enum Queries {
        case vectors([Query])
        /// The rows of a file, read while they are sent.
        case file(VectorFile)
    }

    /// One vector that is searched for, or a point whose vector is.
    enum Query {
        case vector(VectorData)
        case point(PointID)
    }

    /// What comes back of each point, as JSON: `true`, `false`, or a list of names.
    struct Selection {
        var payload: [UInt8]?
        var vectors: [UInt8]?
    }

    /// Points to write.
    struct Upsert {
        var points: Points
        var batch: Int
        /// The dimension that each dense vector must have.
        var size: Int?

        enum Points {
            case known([Point])
            case file(VectorFile, firstID: UInt64)
        }
    }

    /// A point to write; the payload is the JSON of an object.
    struct Point {
        var id: PointID
        var vector: VectorData
        var payload: [UInt8]?
    }

    /// A page of points.
    struct Scroll {
        var filter: [UInt8]?
        var limit: Int
        var offset: PointID?
        var orderBy: String?
        var selection: Selection
    }

    /// Points of which something is done.
    enum Points {
        case ids([PointID])
        case filter([UInt8])
    }

    /// A collection to make.
    struct Creation {
        var vectors: [(name: String?, size: Int, distance: Distance)]
        var sparse: [String]
        /// JSON of an object whose members are sent along.
        var params: [UInt8]?
    }

    /// An index to build or to remove.
    struct IndexChange {
        /// The payload field; nil for the index of the vectors.
        var field: String?
        var type: String
        var params: [UInt8]?
        var removes: Bool
    }
}
