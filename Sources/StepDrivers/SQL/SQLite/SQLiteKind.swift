internal import EventLoop
internal import ScenarioModel

extension DatabaseKind {
    static let sqlite = DatabaseKind(
        target: SQLiteTargetKind.kind, dialect: .sqlite,
        database: { target, loop throws(StepFailure) in try SQLiteDatabase(target, on: loop) })
}
