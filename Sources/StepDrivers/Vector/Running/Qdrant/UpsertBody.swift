internal import EventLoop
internal import Expressions
internal import ScenarioModel

/// The body of a request that writes points, made a few points at a time.
///
/// Writing numbers takes longer than sending them, and the requests before are sent on the same thread: they get their
/// turn in between.
struct UpsertBody {
    /// How many numbers are written, about, before the loop goes on: a fraction of a millisecond.
    private static let numbersPerTurn = 8192

    /// Bytes for which room is made beforehand.
    private static let mostReserved = 16 << 20

    private var bytes = Array("{\"points\":[".utf8)
    /// How many points it has.
    private(set) var count = 0

    /// Writes the points of the next batch; none at the end of the source.
    ///
    /// - Throws: where the source cannot be read, or the task is cancelled.
    mutating func write(from source: inout PointSource, on loop: EventLoop) async throws(StepError) {
        var size = 1
        while count < source.batch {
            let most = min(source.batch - count, max(1, Self.numbersPerTurn / size))
            // The first one tells how large they are.
            let points = try source.next(count == 0 ? 1 : most)
            if points.isEmpty { return }
            for point in points { append(point) }
            if count == points.count {
                size = max(1, points[0].vector.size ?? bytes.count / 8)
                // Room for the usual numbers, so that a batch is written without moving it about.
                let expected = min(source.batch, source.total ?? .max, Self.mostReserved)
                bytes.reserveCapacity(min(expected * (min(size, Self.mostReserved) * 13 + 64), Self.mostReserved))
                continue
            }
            do {
                try await loop.sleep(for: .zero)
            } catch {
                throw StepError(.reset, "cancelled while points were written", phase: "request")
            }
        }
    }

    consuming func finish() -> [UInt8] {
        bytes += "]}".utf8
        return bytes
    }

    private mutating func append(_ point: VectorOperation.Point) {
        bytes += count == 0 ? "{\"id\":".utf8 : ",{\"id\":".utf8
        count += 1
        bytes += point.id.json.utf8
        bytes += ",\"vector\":".utf8
        point.vector.append(to: &bytes)
        if let payload = point.payload {
            bytes += ",\"payload\":".utf8
            bytes += payload
        }
        bytes.append(UInt8(ascii: "}"))
    }
}
