/// The names that the credentials of one request are read by: a name has one value, and a value that comes again under
/// the same name keeps it.
struct SecretNames {
    /// What stands behind each name; nil where that is not known here.
    private var values: [String: String?] = [:]

    /// Keeps a name that was written by its author, such as a variable of the shell, for what it stands for.
    mutating func reserve(_ name: String, for value: String?) { values[name] = .some(value) }

    /// The name for a credential: the one that is wanted, or with a number where that stands for another one.
    mutating func name(_ wanted: String, for value: String) -> String {
        var name = wanted
        var number = 2
        while let known = values[name], known != value {
            name = "\(wanted)_\(number)"
            number += 1
        }
        values[name] = .some(value)
        return name
    }
}
