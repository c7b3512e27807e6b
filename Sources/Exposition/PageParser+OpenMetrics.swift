extension PageParser {
    /// Reads OpenMetrics 1.0: families one behind the other, groups of samples in one piece, `# EOF` at the end.
    mutating func parseOpenMetrics() throws(ExpositionError) {
        try checkText()
        var open = OpenFamily(isStrict: isStrict)
        var hasEnded = false
        while beginLine() {
            guard !hasEnded else { throw failure("text stands behind '# EOF'") }
            if byte == UInt8(ascii: "#") {
                hasEnded = try readMetadata(&open)
            } else if byte == 0x0A {
                throw failure("OpenMetrics has no empty lines")
            } else {
                try readSample(&open)
            }
            guard isAtLineEnd else { throw failure("expected the end of the line") }
            endLine()
        }
        try close(open)
        guard hasEnded else { throw failure("the page is cut: '# EOF' is missing at its end") }
    }

    /// Reads a line that begins with `#`; true for `# EOF`.
    private mutating func readMetadata(_ open: inout OpenFamily) throws(ExpositionError) -> Bool {
        at += 1
        guard byte == 0x20 else { throw failure("OpenMetrics has no comments") }
        at += 1
        let keyword = token()
        let word = shown(keyword)
        if word == "EOF", isAtLineEnd { return true }
        guard ["HELP", "TYPE", "UNIT"].contains(word), byte == 0x20 else {
            throw failure("expected '# HELP', '# TYPE', '# UNIT' or '# EOF'", at: keyword.lowerBound)
        }
        at += 1
        let nameStart = at
        let name = try metadataName()
        guard byte == 0x20 else { throw failure("expected a space behind the metric's name") }
        at += 1
        let rest = restOfLine()
        if name != open.name {
            try close(open)
            open.begin(name, seen: open.seenNames)
        } else if open.hasSamples {
            throw failure("metadata of '\(name)' stands behind its samples", at: nameStart)
        }
        switch word {
        case "HELP":
            guard open.help == nil else { throw failure("'\(name)' has a second HELP", at: nameStart) }
            open.help = Escapes.text(text[rest])
        case "UNIT":
            guard open.unit == nil else { throw failure("'\(name)' has a second UNIT", at: nameStart) }
            open.unit = String(decoding: text[rest], as: UTF8.self)
        default:
            guard !open.hasType else { throw failure("'\(name)' has a second TYPE", at: nameStart) }
            guard let kind = MetricFamily.Kind(rawValue: String(decoding: text[rest].prefix(40), as: UTF8.self)) else {
                throw failure("'\(shown(rest))' is no type of OpenMetrics", at: rest.lowerBound)
            }
            open.hasType = true
            open.kind = kind
        }
        return false
    }

    /// Checks a whole family, and keeps it where it has samples or metadata.
    private mutating func close(_ open: OpenFamily) throws(ExpositionError) {
        guard let name = open.name else { return }
        if let unit = open.unit, !unit.isEmpty {
            guard name.hasSuffix("_\(unit)") else {
                throw failure("the unit '\(unit)' does not end the name '\(name)'")
            }
            guard open.kind != .info, open.kind != .stateset else {
                throw failure("'\(name)' is of type \(open.kind.rawValue), which has no unit")
            }
        }
        for suffix in open.kind.suffixes + [""] where !open.seenNames.insert(name + suffix) {
            throw failure("'\(name + suffix)' is a name of two metrics")
        }
        if let reason = open.histogram.problem { try complain("\(reason): \(name)", at: at) }
        let family = MetricFamily(name: name, kind: open.kind, help: open.help, unit: open.unit)
        if open.hasSamples { families[open.number] = family } else { families.append(family) }
    }

    private mutating func readSample(_ open: inout OpenFamily) throws(ExpositionError) {
        let start = at
        var name = plainName()
        var brace = MetricsPage.Point.none
        scanner.labels.removeAll(keepingCapacity: true)
        scanner.hash = 0
        if byte == UInt8(ascii: "{") {
            brace = UInt32(at)
            try labels(isStrict: true)
            if let quoted = scanner.metric {
                guard name.isEmpty else { throw failure("the metric has two names", at: quoted.lowerBound) }
                name = quoted
            }
            for label in scanner.labels where text[label.name].elementsEqual("__name__".utf8) {
                throw failure("the metric's name stands before its labels", at: label.name.lowerBound)
            }
        }
        guard !name.isEmpty else { throw failure("expected a metric's name") }
        guard byte == 0x20 else { throw failure("expected one space before the value") }
        at += 1
        var suffix = open.suffix(of: text[name])
        if suffix == nil {
            try close(open)
            open.begin(Escapes.text(text[name]), seen: open.seenNames)
            suffix = .bare
        }
        if !open.hasSamples {
            open.number = families.count
            families.append(MetricFamily(name: open.name ?? "", kind: open.kind))
            open.hasSamples = true
        }
        var point = MetricsPage.Point(
            nameStart: UInt32(name.lowerBound), nameEnd: UInt32(name.upperBound), labels: brace,
            family: UInt32(open.number), value: .nan, time: .nan)
        if open.kind == .histogram, suffix == OpenFamily.Suffix.bare, byte == UInt8(ascii: "{") {
            histograms.append(try nativeHistogram())
            point.histogram = UInt32(histograms.count)
            points.append(point)
            return
        }
        if open.kind == .histogram, suffix == OpenFamily.Suffix.bare {
            throw failure("a histogram has no sample of its bare name", at: start)
        }
        let valueAt = at
        point.value = try number(spaced(), "value")
        let labels = scanner.labels
        let hash = scanner.hash
        if byte == 0x20, !isExemplarNext {
            at += 1
            point.time = try time()
        }
        let exemplarAt = at
        if byte == 0x20 {
            exemplars.append(try exemplar())
            point.exemplar = UInt32(exemplars.count)
        }
        let sample = OpenFamily.Sample(
            suffix: suffix ?? .bare, value: point.value, time: point.time, hash: hash,
            excluded: open.excludedLabel(suffix ?? .bare).flatMap { wanted in
                labels.first { text[$0.name].elementsEqual(wanted) }
            }, hasExemplar: point.exemplar > 0)
        let limit = sample.excluded.map { String(decoding: text[$0.value], as: UTF8.self) }
        switch open.take(sample, limit: limit) {
        case .keep: points.append(point)
        case .drop: break
        case .refuse(let reason, let place):
            let at =
                switch place {
                case .name: start
                case .value: valueAt
                case .exemplar: exemplarAt
                }
            throw failure(reason, at: at)
        case .complain(let reason):
            try complain(reason, at: valueAt)
            points.append(point)
        }
    }

    /// Takes note of a value that its metric cannot have, or refuses the page for it.
    private mutating func complain(_ reason: String, at place: Int) throws(ExpositionError) {
        let complaint = failure(reason, at: place)
        if isStrict { throw complaint }
        if complaints.count < MetricsPage.complaintLimit { complaints.append(complaint) }
    }

    /// The bytes up to the next space or the end of the line.
    private mutating func spaced() -> Range<Int> {
        let start = at
        while at < text.count, text[at] != 0x20, text[at] != 0x0A { at += 1 }
        return start..<at
    }

    private var isExemplarNext: Bool {
        at + 1 < text.count && text[at + 1] == UInt8(ascii: "#")
    }

    private mutating func time() throws(ExpositionError) -> Double {
        let range = spaced()
        let time = try number(range, "time in seconds")
        guard time.isFinite else { throw failure("'\(shown(range))' is no time", at: range.lowerBound) }
        return time
    }

    /// Reads ` # {labels} value time`.
    private mutating func exemplar() throws(ExpositionError) -> MetricsPage.ExemplarPoint {
        at += 1
        guard byte == UInt8(ascii: "#") else { throw failure("expected the end of the line, or ' # ' and an exemplar") }
        at += 1
        guard byte == 0x20 else { throw failure("expected a space behind '#'") }
        at += 1
        guard byte == UInt8(ascii: "{") else { throw failure("an exemplar begins with its labels") }
        let brace = at
        try labels(isStrict: true)
        let length = scanner.labels.reduce(0) { length, label in
            length + Escapes.text(text[label.name]).unicodeScalars.count
                + Escapes.text(text[label.value]).unicodeScalars.count
        }
        guard length <= 128 else { throw failure("an exemplar's labels have over 128 characters", at: brace) }
        guard byte == 0x20 else { throw failure("expected one space before the exemplar's value") }
        at += 1
        let value = try number(spaced(), "value of an exemplar")
        var time = Double.nan
        if byte == 0x20 {
            at += 1
            time = try self.time()
        }
        return MetricsPage.ExemplarPoint(labels: UInt32(brace), value: value, time: time)
    }
}
