extension PageParser {
    /// What a page in Prometheus's text has told so far.
    private struct Known {
        /// Families by name.
        var families: [String: Int] = [:]
        /// Which have samples, a type and an explanation already, by number.
        var hasSamples: [Bool] = []
        var hasType: [Bool] = []
        /// The name of the last sample, and the family that it belongs to.
        var lastName = 0..<0
        var lastFamily = 0
        var series = SeriesSet()
    }

    /// Reads Prometheus's text format 0.0.4.
    mutating func parsePrometheusText() throws(ExpositionError) {
        try checkText()
        var known = Known()
        while beginLine() {
            skipBlanks()
            if byte == UInt8(ascii: "#") {
                try readComment(&known)
            } else if !isAtLineEnd, byte != 0x0D {
                try readSample(&known)
            }
            if byte == 0x0D { at += 1 }
            guard at < text.count else { throw failure("the last line is cut: no line feed ends it") }
            guard byte == 0x0A else { throw failure("expected the end of the line behind value and time") }
            endLine()
        }
    }

    private mutating func readComment(_ known: inout Known) throws(ExpositionError) {
        at += 1
        skipBlanks()
        let keyword = token()
        let isType = text[keyword].elementsEqual("TYPE".utf8)
        guard isType || text[keyword].elementsEqual("HELP".utf8) else {
            _ = restOfLine()
            return
        }
        skipBlanks()
        if !isType, isAtLineEnd { return }
        let name = try metadataName()
        skipBlanks()
        let rest = trimmed(restOfLine())
        let family = number(of: name, &known)
        guard isType else {
            // Without a text it explains nothing, and may stand anywhere.
            if rest.isEmpty { return }
            guard families[family].help == nil else {
                throw failure("'\(name)' has a second HELP", at: rest.lowerBound)
            }
            families[family].help = Escapes.text(text[rest])
            return
        }
        let word = String(decoding: text[rest].prefix(40), as: UTF8.self).lowercased()
        guard let kind = word == "untyped" ? .unknown : MetricFamily.Kind(rawValue: word) else {
            throw failure("'\(word)' is no type of metric", at: rest.lowerBound)
        }
        guard !known.hasType[family] else { throw failure("'\(name)' has a second TYPE", at: rest.lowerBound) }
        guard !known.hasSamples[family] else {
            throw failure("the TYPE of '\(name)' stands behind its samples", at: rest.lowerBound)
        }
        known.hasType[family] = true
        families[family].kind = kind
        // A name that was resolved to a family of its own may now be a part of this one.
        known.lastName = 0..<0
    }

    private mutating func number(of name: String, _ known: inout Known) -> Int {
        if let number = known.families[name] { return number }
        known.families[name] = families.count
        known.hasSamples.append(false)
        known.hasType.append(false)
        families.append(MetricFamily(name: name, kind: .unknown))
        return families.count - 1
    }

    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        var end = range.upperBound
        while end > range.lowerBound, [0x20, 0x09, 0x0D].contains(text[end - 1]) { end -= 1 }
        return range.lowerBound..<end
    }

    private mutating func readSample(_ known: inout Known) throws(ExpositionError) {
        var name = plainName()
        skipBlanks()
        var brace = MetricsPage.Point.none
        var hash = 0
        scanner.labels.removeAll(keepingCapacity: true)
        if byte == UInt8(ascii: "{") {
            brace = UInt32(at)
            try labels(isStrict: false)
            hash = scanner.hash
            if let quoted = scanner.metric {
                guard name.isEmpty else { throw failure("the metric has two names", at: quoted.lowerBound) }
                name = quoted
            }
            for label in scanner.labels {
                if text[label.name].elementsEqual("__name__".utf8) {
                    throw failure("the metric's name stands before its labels", at: label.name.lowerBound)
                }
                try checkTab(label)
            }
        }
        guard !name.isEmpty else { throw failure("expected a metric's name") }
        skipBlanks()
        let value = try number(trimmed(token()), "value")
        skipBlanks()
        var time = Double.nan
        if !isAtLineEnd, byte != 0x0D {
            let range = trimmed(token())
            guard let milliseconds = PageNumber.integer(text, range) else {
                throw failure("'\(shown(range))' is no time in whole milliseconds", at: range.lowerBound)
            }
            time = Double(milliseconds) / 1000
        }
        skipBlanks()
        let family = family(
            of: name, isQuoted: brace != MetricsPage.Point.none && UInt32(name.lowerBound) > brace, &known)
        try checkLimit(name, family)
        let point = MetricsPage.Point(
            nameStart: UInt32(name.lowerBound), nameEnd: UInt32(name.upperBound), labels: brace,
            family: UInt32(family), value: value, time: time)
        var hasher = Hasher()
        hasher.combine(hash)
        hasher.combine(time.isNaN ? 0 : time)
        text.withUnsafeBytes { hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: $0[name])) }
        let earlier = known.series.insert(hasher.finalize()) { other in isSame(points[other], point) }
        if earlier != nil { throw failure("the series stands twice: \(series(point))", at: name.lowerBound) }
        points.append(point)
    }

    /// The format has no escape for a tab, so that a writer who means one is not understood.
    private func checkTab(_ label: LabelScanner.Place) throws(ExpositionError) {
        var isEscaped = false
        for at in label.value {
            if isEscaped, text[at] == UInt8(ascii: "t") {
                throw failure("'\\t' is no escape: those are \\\\, \\\" and \\n", at: at - 1)
            }
            isEscaped = !isEscaped && text[at] == UInt8(ascii: "\\")
        }
    }

    private mutating func family(of name: Range<Int>, isQuoted: Bool, _ known: inout Known) -> Int {
        if name.count == known.lastName.count, text[name].elementsEqual(text[known.lastName]) {
            return known.lastFamily
        }
        let plain = Escapes.text(text[name])
        var family = known.families[plain]
        if family == nil {
            for (suffix, kinds) in Self.suffixes where plain.hasSuffix(suffix) {
                let base = known.families[String(plain.dropLast(suffix.count))]
                if let base, kinds.contains(families[base].kind) { family = base }
            }
        }
        let number = family ?? number(of: plain, &known)
        known.hasSamples[number] = true
        known.lastName = name
        known.lastFamily = number
        return number
    }

    private static let suffixes: [(String, Set<MetricFamily.Kind>)] = [
        ("_count", [.summary, .histogram]), ("_sum", [.summary, .histogram]), ("_bucket", [.histogram]),
    ]

    /// Checks that the bound of a bucket, or the quantile of a summary, is a number.
    private func checkLimit(_ name: Range<Int>, _ family: Int) throws(ExpositionError) {
        let wanted: StaticString
        switch families[family].kind {
        case .histogram: wanted = "le"
        case .summary: wanted = "quantile"
        default: return
        }
        for label in scanner.labels where label.name.count == wanted.utf8CodeUnitCount {
            guard wanted.withUTF8Buffer({ text[label.name].elementsEqual($0) }) else { continue }
            _ = try number(label.value, "number for '\(wanted)'")
        }
    }

    private func isSame(_ a: MetricsPage.Point, _ b: MetricsPage.Point) -> Bool {
        let page = MetricsPage(
            format: .prometheus, families: [], complaints: [], text: text, points: [], exemplars: [], histograms: [])
        guard a.time == b.time || a.time.isNaN && b.time.isNaN, page.name(of: a) == page.name(of: b) else {
            return false
        }
        func set(_ point: MetricsPage.Point) -> Set<MetricSample.Label> {
            Set(page.labels(at: point.labels).filter { !$0.value.isEmpty })
        }
        return set(a) == set(b)
    }

    private func series(_ point: MetricsPage.Point) -> String {
        let end = point.labels == MetricsPage.Point.none ? Int(point.nameEnd) : scanner.at
        return shown(Int(min(point.nameStart, point.labels))..<end)
    }
}
