import Expressions
import FoundationEssentials
import Glibc

/// The `jq` program of the machine, as the judge of what an expression means.
enum JQCommand {
    static let isJQ16 = run("jq --version") == "jq-1.6\n"

    /// What jq makes of each program with each input: its outputs, or nil where it raises an error.
    static func outputs(_ programs: [String], _ inputs: [Value]) throws -> [[[Value]?]] {
        var text = strictOrderings + "["
        for (position, program) in programs.enumerated() {
            text += position == 0 ? "" : ",\n"
            text += "(try [(\(program)\n)] catch null)"
        }
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "plumb-jq-\(getpid())-\(programs.hashValue)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data((text + "]").utf8).write(to: folder.appending(path: "program"))
        try Data(inputs.map { $0.json + "\n" }.joined().utf8).write(to: folder.appending(path: "input"))
        let answer = run("cd '\(folder.path)' && jq -c -f program input")
        return try answer.split(separator: "\n").map { line in
            try JSON.parse(String(line)).value.array?.map(\.array) ?? []
        }
    }

    /// Orderings between different types are errors, as in every expression of Plumb.
    private static let strictOrderings = """
        def __lt(a; b): a < b; def __le(a; b): a <= b; def __gt(a; b): a > b; def __ge(a; b): a >= b;
        def __same($a; $b): if ($a|type) == ($b|type) then . else error("unordered") end;
        def _less(a; b): b as $b | a as $a | __same($a; $b) | __lt($a; $b);
        def _lesseq(a; b): b as $b | a as $a | __same($a; $b) | __le($a; $b);
        def _greater(a; b): b as $b | a as $a | __same($a; $b) | __gt($a; $b);
        def _greatereq(a; b): b as $b | a as $a | __same($a; $b) | __ge($a; $b);

        """

    private static func run(_ command: String) -> String {
        guard let stream = popen(command, "r") else { return "" }
        defer { pclose(stream) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = fread(&buffer, 1, buffer.count, stream)
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }
}
