public import Diagnostics

extension Diagnostic.Code {
    static let sqlSetting = Diagnostic.Code(
        "sql.setting", "A setting of a step or of its target has a value that it cannot have.")
}

extension Diagnostic.Code {
    /// The codes of `sql` steps.
    public static let allSQLCodes: [Diagnostic.Code] = [sqlSetting]
}
