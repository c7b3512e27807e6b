internal import ScenarioModel

/// The rows of a file of vectors, opened when the first of them are wanted.
struct VectorFileRows {
    let file: VectorFile
    private var reader: VectorFileReader?

    init(_ file: VectorFile) { self.file = file }

    /// At most so many of the next rows, and how many were read with them; none at the end.
    mutating func next(_ most: Int) throws(StepError) -> (rows: [VectorFileReader.Row], read: Int) {
        do throws(VectorFile.Fault) {
            var open: VectorFileReader
            if let reader { open = reader } else { open = try VectorFileReader(file) }
            // Held once only, so that what it has read ahead is not copied.
            reader = nil
            let rows = try open.next(most)
            let read = open.rowsRead
            reader = open
            return (rows, read)
        } catch {
            throw refused(error)
        }
    }

    /// What is told of the step where the file is not what it should be.
    func refused(_ fault: VectorFile.Fault) -> StepError {
        StepError(.protocol, "'\(file.name)' \(fault.message)", phase: "request", hint: "look into the file")
    }
}
