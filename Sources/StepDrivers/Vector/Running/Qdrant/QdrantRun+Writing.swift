internal import Diagnostics
internal import EventLoop
internal import Expressions
internal import ScenarioModel
internal import Synchronization

extension QdrantRun {
    /// Writes points batch after batch, a few of them on their way at once; files are read as they are sent.
    ///
    /// - Returns: How many points were written.
    mutating func upsert(_ upsert: VectorOperation.Upsert) async throws(StepError) -> Int {
        var source = PointSource(upsert)
        let endpoint = endpoint
        let collection = collection
        var written = 0
        var batches = 0
        var failure: StepError?
        let answers = AnswerBox()
        let finished = Finished()
        await withTaskGroup(of: (Int, QdrantAnswer).self) { group in
            var ready: [UpsertBody] = []
            var hasMore = true
            var inFlight = 0
            var answered = 0
            while true {
                if failure != nil { ready = [] }
                while inFlight < Self.batchesInFlight, !ready.isEmpty {
                    let body = ready.removeFirst()
                    let count = body.count
                    let request = QdrantRequest.upsert(body.finish(), in: collection)
                    inFlight += 1
                    group.addTask {
                        let answer = await endpoint.send(request)
                        finished.count.add(1, ordering: .relaxed)
                        return (count, answer)
                    }
                }
                // While the server is at work the next batches are written, unless an answer waits.
                if failure == nil, hasMore, ready.count < Self.batchesAhead,
                    finished.count.load(ordering: .relaxed) == answered
                {
                    var body = UpsertBody()
                    do throws(StepError) {
                        try await body.write(from: &source, on: endpoint.loop)
                    } catch {
                        failure = error
                        continue
                    }
                    hasMore = body.count > 0
                    if hasMore { ready.append(body) }
                    continue
                }
                guard let (count, answer) = await group.next() else { return }
                inFlight -= 1
                answered += 1
                answers.all.append(answer)
                do throws(StepError) {
                    if let error = answer.error { throw error }
                    try Self.checkCompleted(answer.result)
                    written += count
                    batches += 1
                    onProgress?(StepProgress(done: written, of: source.total, unit: "points"))
                } catch {
                    failure = failure ?? error
                }
                // Only the last one is shown; the others are counted.
                if answers.all.count > 1 {
                    answers.count(answers.all.removeFirst())
                }
            }
        }
        requests += answers.counted
        if answers.counted > 0 { serverMilliseconds = (serverMilliseconds ?? 0) + answers.serverMilliseconds }
        if let answer = answers.all.last {
            last = answer
            requests += 1
            if let time = answer.serverMilliseconds { serverMilliseconds = (serverMilliseconds ?? 0) + time }
        }
        if batches > 1 { notes.append("\(written) points in \(batches) batches") }
        guard var failure else { return written }
        if written > 0 {
            failure.message += "; \(written) points were written before"
        }
        fieldsSoFar = [("affected", Value(written))]
        throw failure
    }

    /// How many answers have come.
    private final class Finished: Sendable {
        let count = Atomic(0)
    }

    /// Answers of batches: the last is kept, of the others what they add up to.
    private final class AnswerBox {
        var all: [QdrantAnswer] = []
        private(set) var counted = 0
        private(set) var serverMilliseconds = 0.0

        func count(_ answer: QdrantAnswer) {
            counted += 1
            serverMilliseconds += answer.serverMilliseconds ?? 0
        }
    }

    /// Builds or removes an index and waits until the server is done with it.
    mutating func index(_ change: VectorOperation.IndexChange) async throws(StepError) -> Value {
        if change.removes, let field = change.field {
            // Qdrant takes the removal of an index that is not there for done.
            guard CollectionDescription(try await ask(.describe(collection))).indexed(field: field) != nil else {
                throw QdrantAnswer.rejected(404, "no index of '\(field)' to remove")
            }
        }
        let result = try await ask(.index(change, in: collection))
        if change.field != nil { try Self.checkCompleted(result) }
        while true {
            let state = CollectionDescription(try await ask(.describe(collection)))
            if let field = change.field {
                let indexed = state.indexed(field: field)
                if change.removes ? indexed == nil : indexed != nil { return indexed ?? 0 }
            } else if state.status == "green" {
                let isEmpty = state.points.number == 0
                let isIndexed = (state.indexed.number ?? 0) > 0
                if change.removes ? !isIndexed : isIndexed || isEmpty { return state.indexed }
            }
            do {
                try await endpoint.loop.sleep(for: .milliseconds(20))
            } catch {
                throw StepError(.reset, "cancelled while the index was built", phase: "body")
            }
            guard Instant.now < endpoint.deadline else {
                throw StepError(
                    .timeout, "the index was not ready within the time-out; the collection is '\(state.status)'",
                    phase: "body", hint: "raise 'timeout' of the step if it may take so long")
            }
        }
    }
}

/// The points of an upsert, batch by batch.
struct PointSource {
    /// How many points go into one request.
    let batch: Int
    private let size: Int?
    private var known: ArraySlice<VectorOperation.Point> = []
    private var file: VectorFileRows?
    private var nextID: UInt64 = 0
    /// How many points there are, where that is known beforehand.
    let total: Int?

    init(_ upsert: VectorOperation.Upsert) {
        batch = upsert.batch
        size = upsert.size
        switch upsert.points {
        case .known(let points):
            known = points[...]
            total = points.count
        case .file(let file, let firstID):
            total = file.rowCount
            self.file = VectorFileRows(file)
            nextID = firstID
        }
    }

    /// The points of the next batch; none at the end.
    mutating func next() throws(StepError) -> [VectorOperation.Point] { try next(batch) }

    /// At most so many of the next points; none at the end.
    mutating func next(_ most: Int) throws(StepError) -> [VectorOperation.Point] {
        guard let (rows, read) = try file?.next(most) else {
            let points = Array(known.prefix(most))
            known = known.dropFirst(most)
            return points
        }
        var points: [VectorOperation.Point] = []
        do throws(VectorFile.Fault) {
            for row in rows { points.append(try point(row, read)) }
        } catch {
            throw file?.refused(error) ?? StepError(.protocol, error.message)
        }
        return points
    }

    private mutating func point(
        _ row: VectorFileReader.Row, _ line: Int
    ) throws(VectorFile.Fault) -> VectorOperation.Point {
        if let size, let found = row.vector.size, found != size {
            throw VectorFile.Fault(message: "has a vector of \(found) dimensions, not \(size)")
        }
        let id: PointID
        if let own = row.id {
            id = own
        } else if case .npy? = file?.file.form {
            id = .number(nextID)
            nextID += 1
        } else {
            throw VectorFile.Fault(message: "has no 'id' near line \(line)")
        }
        return VectorOperation.Point(id: id, vector: row.vector, payload: row.payload)
    }
}
