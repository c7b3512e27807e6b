import ScenarioModel

/// The loops around an expression, and the names that they give.
struct Loops {
    /// The names of the elements, outermost first; nil for a `repeat`, which has none.
    private var elements: [String?] = []

    /// The loops inside a step, its own among them.
    func adding(_ step: Step) -> Loops {
        var loops = self
        if let each = step.each { loops.elements.append(each.variable) }
        if step.repetition != nil { loops.elements.append(nil) }
        return loops
    }

    /// Why `$item` or `$index` means nothing here, and what to do; nil where it has a value.
    func problem(of variable: String) -> (message: String, advice: String)? {
        let advice = "give the step 'each: LIST', where LIST is jq that yields an array"
        guard !elements.isEmpty else {
            let loops = variable == "item" ? "'each'" : "'each' or 'repeat'"
            return ("'$\(variable)' has a meaning only inside \(loops)", advice)
        }
        guard variable == "item", !elements.contains("item") else { return nil }
        guard let name = elements.compactMap({ $0 }).last else {
            return ("a 'repeat' has no elements, so '$item' means nothing in it", "read '$index', or use 'each'")
        }
        return ("'$item' means nothing here: 'as' names the element '$\(name)'", "write '$\(name)', or leave out 'as'")
    }
}
