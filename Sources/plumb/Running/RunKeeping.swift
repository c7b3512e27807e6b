import Diagnostics
import Expressions
import Glibc
import Reporting
import RunHistory
import ScenarioCompiler
import ScenarioModel
import StepDrivers

/// The history of a run that is to be kept: where it is, what it says of earlier runs, and adding this one.
struct RunKeeping {
    private let place: HistoryPlace
    /// How many runs the history keeps.
    private let most: Int
    private let profile: String?
    /// How far back it is looked for what did not pass, and for the page.
    private static let lookBack = 20

    /// Finds the place that was named, before anything runs: a URL of PostgreSQL, a target, or a file.
    ///
    /// Without a name it is what `PLUMB_HISTORY` names, or the project's own file.
    init(_ name: String?, keeping most: Int, _ configuration: Configuration, _ project: Project) throws(HistoryProblem)
    {
        self.most = most
        profile = configuration.profile
        guard let name = name ?? HistoryFile.fromEnvironment else {
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
        let bytes = ForkedAnswer.bytes(within: .seconds(40), most: 64 << 20) { descriptor in
            var answer = Value.Object()
            do throws(RunHistoryError) {
                let history = try place.open(isWritable: false).last(Self.lookBack, profile: profile)
                answer["runs"] = Value(history.runs.count)
                answer["unpassed"] = .array(history.unpassed.map { .string($0) })
            } catch {
                answer["message"] = .string("\(error)")
                answer["hint"] = error.hint.map { .string($0) } ?? .null
            }
            ForkedAnswer.write(Array(Value.object(answer).json().utf8), to: descriptor)
        }
        guard let bytes, let answer = try? JSON.parse(bytes).value else {
            throw HistoryProblem("--failed: the history did not answer in time")
        }
        if let message = answer["message"]?.string { throw HistoryProblem(message, hint: answer["hint"]?.string) }
        guard answer["runs"]?.number != 0 else {
            throw HistoryProblem("--failed: the history holds no run of this profile", hint: "run once without it")
        }
        return Set((answer["unpassed"]?.array ?? []).compactMap(\.string).map(LastRun.plain))
    }

    /// The runs before this one, for reports; nil where none are kept, or they cannot be read.
    ///
    /// That they cannot be read is told when this run cannot be kept.
    func past() -> KeptHistory? { try? place.open(isWritable: false).last(Self.lookBack, profile: profile) }

    /// Adds the run; tells where it cannot.
    func keep(_ result: RunResult) -> Bool {
        if case .file(let path) = place { mkdir(FilePath.parent(path), 0o755) }
        do throws(RunHistoryError) {
            try place.open(isWritable: true).add(result, keeping: most)
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

    init(_ message: String, hint: String? = nil) {
        self.message = message
        self.hint = hint
    }
}
