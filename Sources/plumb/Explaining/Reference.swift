import Diagnostics
import Expressions
import ScenarioCompiler
import ScenarioModel
import ScenarioSyntax
import StepDrivers

/// All that `plumb explain` can explain, from the tables by which scenarios are read.
struct Reference {
    /// The key tables, each behind the one that names it first.
    let tables: [KeyTable]
    let kinds: [any StepKind]
    /// Every diagnostic code, by name.
    let codes: [Diagnostic.Code]
    let variables = LanguageName.variables
    let functions = LanguageName.functions

    init(kinds: [any StepKind] = StepKinds.all) {
        self.kinds = kinds
        var collector = TableCollector()
        collector.add(ScenarioKeys(kinds: kinds).scenario)
        collector.add(ConfigurationKeys.root(kinds))
        for kind in kinds.flatMap(\.targetKinds) { collector.add(ConfigurationKeys.target(of: kind)) }
        collector.add(ConfigurationKeys.suite)
        tables = collector.tables
        codes = Self.allCodes(kinds)
    }

    private static func allCodes(_ kinds: [any StepKind]) -> [Diagnostic.Code] {
        var codes: [String: Diagnostic.Code] = [:]
        let listed: [[Diagnostic.Code]] = [
            Diagnostic.Code.allSyntaxCodes, Diagnostic.Code.allFormatCodes, Diagnostic.Code.allExpressionCodes,
            Diagnostic.Code.allEvaluationCodes,
            Diagnostic.Code.allTemplateCodes, Diagnostic.Code.allScenarioCodes, Diagnostic.Code.allFaultProxyCodes,
            Diagnostic.Code.allConfigurationCodes,
            Diagnostic.Code.allHTTPCodes, Diagnostic.Code.allSQLCodes, Diagnostic.Code.allVectorCodes,
            Diagnostic.Code.allExecCodes, Diagnostic.Code.allFailureCodes, Diagnostic.Code.allMetricCodes,
            Diagnostic.Code.allLoadCodes, Diagnostic.Code.allWritingCodes, Diagnostic.Code.allDraftingCodes,
            [.nothingSelected, .noHistory, .undeclaredVariable],
        ]
        for code in listed.joined() where codes[code.id] == nil { codes[code.id] = code }
        for kind in kinds {
            for code in Diagnostic.Code.errorCodes(of: kind.name) where codes[code.id] == nil { codes[code.id] = code }
        }
        return codes.values.sorted { $0.id < $1.id }
    }

    /// What a name means; several where it is ambiguous, none where it is unknown.
    func entries(for name: String) -> [Entry] {
        if let code = codes.first(where: { $0.id == name }) { return [.code(code)] }
        let bare = name.prefix { $0 != "(" }
        var entries: [Entry] = tables.filter { $0.name == name }.map { .table($0) }
        entries += keys(along: name.split(separator: ".").map(String.init)).map { .key($0.table, $0.key) }
        for kind in kinds {
            for field in kind.resultFields where field.name == name || "\(kind.name).\(field.name)" == name {
                entries.append(.field(kind.name, field))
            }
        }
        entries += (variables + functions).filter { $0.name == bare || $0.name == "$" + bare }.map { .name($0) }
        return entries
    }

    /// The keys at the end of a path such as `step.retry.max`, from any table that begins it.
    private func keys(along path: [String]) -> [(table: KeyTable, key: Key)] {
        guard let last = path.last else { return [] }
        var holders = tables
        for (depth, name) in path.dropLast().enumerated() {
            var next = depth == 0 ? tables.filter { $0.name == name } : []
            for table in holders { if let key = table[name] { next += key.shape.tables } }
            holders = next
        }
        var seen: Set<String> = []
        return holders.compactMap { table in
            guard let key = table[last], seen.insert("\(table.name) \(key.doc)").inserted else { return nil }
            return (table, key)
        }
    }

    /// The known name that an unknown one most likely means.
    func nearest(to name: String) -> String? {
        var names = codes.map(\.id) + tables.map(\.name) + (variables + functions).map(\.name)
        for table in tables { names += table.keys.flatMap { [$0.name, "\(table.name).\($0.name)"] } }
        for kind in kinds { names += kind.resultFields.map { "\(kind.name).\($0.name)" } }
        return NearestName.of(name, in: names)
    }

    /// One meaning of a name.
    enum Entry {
        case table(KeyTable)
        case key(KeyTable, Key)
        /// A member of the result of a kind of step.
        case field(String, ResultField)
        case name(LanguageName)
        case code(Diagnostic.Code)
    }
}

/// Walks tables along the shapes of their keys.
private struct TableCollector {
    private(set) var tables: [KeyTable] = []

    mutating func add(_ table: KeyTable) {
        let keys = table.keys.map(\.name)
        guard !tables.contains(where: { $0.name == table.name && $0.keys.map(\.name) == keys }) else { return }
        tables.append(table)
        for key in table.keys { for inner in key.shape.tables { add(inner) } }
    }
}

extension Shape {
    /// The tables of the mappings that the shape allows.
    var tables: [KeyTable] {
        switch self {
        case .table(let table): [table()]
        case .list(let inner), .map(let inner), .template(let inner): inner.tables
        case .oneOf(let shapes): shapes.flatMap(\.tables)
        case .any, .null, .text, .identifier, .integer, .number, .boolean, .duration, .size, .rate, .expression,
            .choice:
            []
        }
    }
}
