import Expressions
import Glibc
import PlumbTesting
import ScenarioModel
import Synchronization
import Testing

@testable import StepDrivers

struct VectorFileTests {
    /// A NumPy file of 32-bit floats.
    private func npy(
        _ rows: [[Float]], type: String = "<f4", order: String = "False", shape: String? = nil
    ) -> [UInt8] {
        let shape = shape ?? "(\(rows.count), \(rows.first?.count ?? 0))"
        var head = "{'descr': '\(type)', 'fortran_order': \(order), 'shape': \(shape), }"
        while (10 + head.utf8.count + 1) % 64 != 0 { head += " " }
        head += "\n"
        var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
        bytes += [UInt8(head.utf8.count & 255), UInt8(head.utf8.count >> 8)] + Array(head.utf8)
        for number in rows.joined() {
            if type.hasSuffix("8") {
                let bits = Double(number).bitPattern
                withUnsafeBytes(of: type.hasPrefix(">") ? bits.bigEndian : bits.littleEndian) { bytes += $0 }
            } else {
                withUnsafeBytes(of: type.hasPrefix(">") ? number.bitPattern.bigEndian : number.bitPattern) {
                    bytes += $0
                }
            }
        }
        return bytes
    }

    private func upserted(_ name: String, _ bytes: [UInt8], _ more: String = "") async throws -> (Outcome, [String]) {
        let folder = try TemporaryFolder()
        let path = try folder.write(bytes, to: name)
        let server = try SimpleHTTPServer { _ in .json(#"{"status":"ok","result":{"status":"completed"}}"#) }
        let url = server.url
        let outcome = try await drive { driving in
            driving.scope.files[name] = path
            return try await driving.run(
                "{ upsert: c, points: { file: \(name) }, batch: 2 \(more) }", target: "{ url: '\(url)' }",
                by: VectorStep())
        }
        withExtendedLifetime(folder) {}
        return (outcome, server.requests.map(\.text).sorted())
    }

    @Test(arguments: ["<f4", ">f4", "<f8", ">f8"])
    func `rows of a NumPy file are sent in batches`(_ type: String) async throws {
        let (outcome, bodies) = try await upserted(
            "v.npy", npy([[1, 0.5], [0.1, -2], [3, 4]], type: type), ", first_id: 9007199254740993")
        #expect(outcome.error == nil)
        #expect(outcome["affected"] == 3)
        #expect(
            bodies == [
                #"{"points":[{"id":9007199254740993,"vector":[1.0,0.5]},{"id":9007199254740994,"vector":[0.1,-2.0]}]}"#,
                #"{"points":[{"id":9007199254740995,"vector":[3.0,4.0]}]}"#,
            ])
    }

    @Test func `a payload of a file keeps every digit of its numbers`() async throws {
        let payloads = [
            #"{"n":18446744073709551615,"deep":[{"x":-9007199254740993}],"pi":3.14159265358979323846,"t":"1\\\"}, {"}"#,
            #"{ "payload" : 12345678901234567890 }"#,
        ]
        let lines = payloads.enumerated().map { place, payload in
            #"{"other": {"payload": 1}, "payload" : \#(payload) , "id": \#(place), "vector": [1]}"#
        }
        let (outcome, bodies) = try await upserted("p.jsonl", Array(lines.joined(separator: "\n").utf8))
        #expect(outcome.error == nil)
        #expect(
            bodies == [
                #"{"points":[{"id":0,"vector":[1.0],"payload":\#(payloads[0])},{"id":1,"vector":[1.0],"payload":\#(payloads[1])}]}"#
            ])
    }

    @Test(arguments: [("p.jsonl", nil), ("p.npy", 5)] as [(String, Int?)])
    func `an upsert tells how many points are written, and of how many where that is known`(
        _ name: String, _ total: Int?
    ) async throws {
        let folder = try TemporaryFolder()
        let lines = (0..<5).map { #"{"id": \#($0), "vector": [1]}"# }.joined(separator: "\n")
        let path = try folder.write(total == nil ? Array(lines.utf8) : npy([[1], [2], [3], [4], [5]]), to: name)
        let server = try SimpleHTTPServer { _ in .json(#"{"status":"ok","result":{"status":"completed"}}"#) }
        let url = server.url
        let told = Mutex<[StepProgress]>([])
        try await drive { driving in
            driving.scope.files[name] = path
            driving.onProgress = { progress in told.withLock { $0.append(progress) } }
            _ = try await driving.run(
                "{ upsert: c, points: { file: \(name) }, batch: 2 }", target: "{ url: '\(url)' }", by: VectorStep())
        }
        let all = told.withLock { $0 }
        // Batches are answered in any order; the last of all completes the number.
        #expect(all.count == 3 && all.last == StepProgress(done: 5, of: total, unit: "points"))
        #expect(all.map(\.done) == all.map(\.done).sorted())
        withExtendedLifetime(folder) {}
    }

    @Test func `lines of JSON are points`() async throws {
        let lines = """
            {"id": 1, "payload": {"a": "b"}, "vector": [1, 2]}

            {"id": "18446744073709551615", "vector": {"t": [1]}}
            {"id": "550e8400-e29b-41d4-a716-446655440000", "vector": [0]}
            """
        let (outcome, bodies) = try await upserted("p.jsonl", Array(lines.utf8))
        #expect(outcome.error == nil)
        #expect(
            bodies
                == [
                    #"{"points":[{"id":"550e8400-e29b-41d4-a716-446655440000","vector":[0.0]}]}"#,
                    #"{"points":[{"id":1,"vector":[1.0,2.0],"payload":{"a": "b"}},{"id":18446744073709551615,"vector":{"t":[1.0]}}]}"#,
                ].sorted())
    }

    @Test(arguments: [
        ("{\"id\": 1, \"vector\": [1]}\n{\"id\": 2}", "has a bad line 2"), ("{\"id\": 1,", "is not JSON in line 1"),
        ("[1, 2]", "has no 'id' near line 1"), ("{\"id\": -4, \"vector\": [1]}", "'-4' is no id"),
    ]) func `a bad line is told with its number`(_ lines: String, _ words: String) async throws {
        let (outcome, _) = try await upserted("p.jsonl", Array(lines.utf8))
        #expect(outcome.error?.message.contains(words) == true, "\(outcome.error?.message ?? "")")
    }

    @Test func `a number of a file that is not finite is told with its row`() async throws {
        let (outcome, bodies) = try await upserted("v.npy", npy([[1, 2], [3, 4], [5, .nan]]))
        #expect(outcome.error?.message.contains("has a number in row 2 that is no finite 32-bit float") == true)
        #expect(bodies.count <= 1)
    }

    @Test func `what is no NumPy file is refused before anything is sent`() throws {
        let whole = npy([[1, 2], [3, 4]])
        let cases: [([UInt8], String)] = [
            ([], "is no .npy file"), (Array("hello world".utf8), "is no .npy file"),
            (Array(whole.dropLast()), "is shorter than that"),
            (npy([[1]], type: "<i8"), "holds '<i8', not float32 or float64"),
            (npy([[1]], order: "True"), "is in Fortran order"), (npy([[1]], shape: "(1,)"), "has the shape [1]"),
            (npy([[1]], shape: "(9223372036854775807, 60000)"), "is shorter than that"),
            (npy([[1]], shape: "(-1, 2)"), "without 'descr' or 'shape'"),
            (Array(whole.prefix(20)), "that it does not hold"),
        ]
        for (bytes, words) in cases {
            do throws(VectorFile.Fault) {
                _ = try NPYHeader(bytes, fileSize: bytes.count)
                Issue.record("\(words) was not found")
            } catch {
                #expect(error.message.contains(words), "\(error.message)")
            }
        }
        #expect(try NPYHeader(whole, fileSize: whole.count).rows == 2)
    }

    @Test func `a long file is read row by row`() throws {
        let folder = try TemporaryFolder()
        let row = [Float](repeating: 0.25, count: 256)
        let path = try folder.write(npy([[Float]](repeating: row, count: 20_000)), to: "v.npy")
        let file = try VectorFile("v.npy", at: path, try writtenTarget("{ url: x }").settings.span)
        var reader = try VectorFileReader(file)
        var rows = 0
        while case let some = try reader.next(100), !some.isEmpty { rows += some.count }
        #expect(rows == 20_000)
        withExtendedLifetime(folder) {}
    }
}

struct VectorValueTests {
    @Test func `a number is written in the fewest digits that name its float`() {
        var chance = FixedChance(state: 42)
        var numbers: [Float] = [
            0, -0.0, 1, -1, 0.1, -0.5, 0.25, 1e-4, 9.999e-5, 0.001, 0.01, 0.3, 1.1, 9.999999, 99.99999, 123456.7,
            999_999.9, 1e6, 16_777_216, 3.4e38, .leastNonzeroMagnitude, 0.099_999_994, 0.999_999_94, 1.000_000_1, 12.5,
            100, 65_504.5,
            0.000_123_456_79, 8.000_001, 2.000_000_2,
        ]
        for _ in 0..<100_000 {
            numbers.append(Float.random(in: -1...1, using: &chance))
            numbers.append(Float.random(in: 0...2_000_000, using: &chance))
            numbers.append(Float(Int.random(in: -99_999...99_999, using: &chance)) / 1000)
            numbers.append(Float(Int.random(in: 0...9, using: &chance)) / 10)
            let any = Float(bitPattern: .random(in: 0...UInt32.max, using: &chance))
            if any.isFinite { numbers.append(any) }
        }
        let written = String(decoding: FloatText.list(numbers), as: UTF8.self).dropFirst().dropLast()
        let texts = written.split(separator: ",")
        #expect(texts.count == numbers.count)
        // Between two that are as near as each other it may choose otherwise than the description.
        let wrong = zip(numbers, texts).first { number, text in
            Float(text) != number || text.utf8.count != number.description.utf8.count
        }
        #expect(wrong == nil, "\(wrong.map { "\($0.0) is written \($0.1)" } ?? "")")
    }

    @Test(arguments: [
        ("0", "0"), ("18446744073709551615", "18446744073709551615"), ("9007199254740993", "9007199254740993"),
    ]) func `an id keeps every digit`(_ text: String, _ json: String) {
        #expect(PointID(.string(text))?.json == json)
        #expect(PointID(.string(text))?.value.tostring == json)
    }

    @Test func `a UUID is read in each of its forms`() {
        let plain = "550e8400-e29b-41d4-a716-446655440000"
        for text in [plain, plain.uppercased(), "550e8400e29b41d4a716446655440000", "urn:uuid:" + plain] {
            #expect(PointID(.string(text)) == .uuid(plain))
        }
        for text in ["", "550e8400", plain + "0", "550e8400e-29b-41d4-a716-446655440000", "18446744073709551616"] {
            #expect(PointID(.string(text)) == nil, "\(text)")
        }
    }

    @Test func `answers of models are vectors`() throws {
        let answer: Value = ["data": [["index": 1, "embedding": [3]], ["index": 0, "embedding": [1]]]]
        #expect(answer.embeddings == [[1], [3]])
        #expect((["embeddings": [[1], [2]]] as Value).embeddings == [[1], [2]])
        #expect((["data": [["index": 1]]] as Value).embeddings == nil)
    }

    @Test func `hits as near as the last exact one count for recall`() throws {
        func hits(_ pairs: [(Int, Double)]) -> [Value] { pairs.map { ["id": Value($0.0), "score": .number($0.1)] } }
        let exact = hits([(1, 0.9), (2, 0.8), (3, 0.5)])
        let judge = Recall(at: 3)
        #expect(try judge.of(hits([(1, 0.9), (2, 0.8), (9, 0.5)]), exact: exact) == 1)
        #expect(try judge.of(hits([(1, 0.9), (9, 0.4), (8, 0.3)]), exact: exact) == 1.0 / 3)
        #expect(try judge.of(hits([(1, 0.9), (1, 0.9), (1, 0.9)]), exact: exact) == 1.0 / 3)
        #expect(try judge.of([], exact: exact) == 0)
        #expect(try Recall(at: 2).of(hits([(7, 0.1), (6, 0.2)]), exact: hits([(7, 0.1), (6, 0.2)])) == 1)
        #expect(throws: StepError.self) { try judge.of(exact, exact: []) }
    }
}

/// Numbers that are the same in every run: SplitMix64.
private struct FixedChance: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
