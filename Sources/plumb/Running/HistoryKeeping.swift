import Diagnostics
import Expressions
import Glibc
import Reporting
import RunHistory
import ScenarioCompiler
import ScenarioModel
import StepDrivers

/// The history that is to keep a run or a load: where it is, what it says of earlier ones, and adding this one.
struct HistoryKeeping {
    private let place: HistoryPlace
    /// How many runs, or loads, the history keeps.
    private let most: Int
    private let profile: String?
    /// How far back it is looked for what did not pass, and for the page.
    private static let lookBack = 20

    /// Finds the place that was named, before anything runs: a URL of PostgreSQL, a target, or a file.
    ///
    /// Without a name it is what `PLUMB_HISTORY` names, or the project's own file.
    init(_ request: KeepingRequest, _ configuration: Configuration, _ project: Project) throws(HistoryProblem) {
        most = request.most
        profile = configuration.profile
        guard let name = request.place ?? HistoryFile.fromEnvironment else {
            place = .file(FilePath.join(configuration.root, HistoryFile.name))
            return
        }
        if HistoryPlace.isServer(name) {
            place = .server(name)
        } else if let target = configuration.targets.first(where: { $0.name == name }) {
            guard target.kind == "postgres", target.sandboxService == nil else {
                throw HistoryProblem(
                    "--history-in: target '\(name)' is no PostgreSQL that outlives the run",
                    hint: "name a target of kind 'postgres', a URL, or a file")
            }
            do throws(SandboxProcess.Failure) {
                place = .server(try SandboxDatabase.conninfo(of: target, configuration, project))
            } catch {
                throw HistoryProblem("--history-in: \(error.message)")
            }
        } else if name.contains("/") || name.contains(".") {
            place = .file(FilePath.absolute(name, in: Streams.workingFolder))
        } else {
            let known = configuration.targets.filter { $0.kind == "postgres" }.map(\.name)
            throw HistoryProblem(
                "--history-in: the profile has no target '\(name)'",
                hint: NearestName.of(name, in: known).map { "did you mean '\($0)'?" }
                    ?? "write a file as './\(name)', or a URL: postgres://user@host/database")
        }
    }

    /// What `--failed` runs: the tests that did not pass in the last run of which they were a part.
    ///
    /// A process of its own reads them, since a worker is still to be forked.
    func unpassed() throws(HistoryProblem) -> Set<String> {
        let answer = try ask("--failed") { history, answer throws(RunHistoryError) in
            let past = try history.last(Self.lookBack, profile: profile)
            answer["runs"] = Value(past.runs.count)
            answer["unpassed"] = .array(past.unpassed.map { .string($0) })
        }
        guard answer["runs"]?.number != 0 else {
            throw HistoryProblem("--failed: the history holds no run of this profile", hint: "run once without it")
        }
        return Set((answer["unpassed"]?.array ?? []).compactMap(\.string).map(LastRun.plain))
    }

    /// What `--baseline last` compares with: the last load of an identity that passed; nil where there is none.
    ///
    /// A process of its own reads it, as above.
    func baseline(of identity: String) throws(HistoryProblem) -> LoadResult? {
        do throws(HistoryProblem) {
            let answer = try ask("--baseline") { history, answer throws(RunHistoryError) in
                answer["record"] = try history.load(.lastHeld(identity)).map { .string($0.record) }
            }
            return answer["record"]?.string.flatMap { LoadResult(record: $0) }
        } catch {
            if error.isEmpty { return nil }
            throw error
        }
    }

    /// Asks the history in another process, which gives what it learns for an option as members of an object.
    private func ask(
        _ option: String, _ work: @escaping (any RunHistory, inout Value.Object) throws(RunHistoryError) -> Void
    ) throws(HistoryProblem) -> Value {
        let bytes = ForkedAnswer.bytes(within: .seconds(40), most: 64 << 20) { descriptor in
            var answer = Value.Object()
            do throws(RunHistoryError) {
                try work(try place.open(isWritable: false), &answer)
            } catch {
                answer["message"] = .string("\(error)")
                answer["hint"] = error.hint.map { .string($0) } ?? .null
                answer["empty"] = .bool(error.isEmpty)
            }
            ForkedAnswer.write(Array(Value.object(answer).json().utf8), to: descriptor)
        }
        guard let bytes, let answer = try? JSON.parse(bytes).value else {
            throw HistoryProblem("\(option): the history did not answer in time")
        }
        if let message = answer["message"]?.string {
            throw HistoryProblem(message, hint: answer["hint"]?.string, isEmpty: answer["empty"]?.bool ?? false)
        }
        return answer
    }

    /// The runs before this one, for reports; nil where none are kept, or they cannot be read.
    ///
    /// That they cannot be read is told when this run cannot be kept.
    func past() -> KeptHistory? { try? place.open(isWritable: false).last(Self.lookBack, profile: profile) }

    /// Adds the run; tells where it cannot.
    func keep(_ result: RunResult) -> Bool {
        add { history throws(RunHistoryError) in try history.add(result, keeping: most) }
    }

    /// Adds the load; tells where it cannot.
    func keep(_ load: LoadResult) -> Bool {
        add { history throws(RunHistoryError) in try history.add(load, keeping: most) }
    }

    private func add(_ add: (any RunHistory) throws(RunHistoryError) -> Void) -> Bool {
        if case .file(let path) = place { mkdir(FilePath.parent(path), 0o755) }
        do throws(RunHistoryError) {
            try add(try place.open(isWritable: true))
            return true
        } catch {
            Streams.err("error: \(error)\n" + (error.hint.map { "  = hint: \($0)\n" } ?? ""))
            return false
        }
    }
}

/// Why a history cannot be found or asked.
struct HistoryProblem: Error {
    var message: String
    var hint: String?
    /// Whether it is only that nothing has been kept there yet.
    var isEmpty = false

    init(_ message: String, hint: String? = nil, isEmpty: Bool = false) {
        self.message = message
        self.hint = hint
        self.isEmpty = isEmpty
    }

    /// The problem as people are told of it.
    var diagnostic: Diagnostic { Diagnostic(.noHistory, at: nil, "\(message)", hint: hint.map { .init($0) }) }
}
