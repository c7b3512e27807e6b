internal import Expressions

/// What a trace tells of a request to a database.
enum DatabaseAttributes {
    /// The attributes that name the kind of database: by today's convention, and by the one that many tools still read.
    static func of(system: String) -> Value.Object {
        var attributes = Value.Object()
        attributes["db.system.name"] = .string(system)
        attributes["db.system"] = .string(system)
        return attributes
    }
}
