internal import Exposition
internal import Expressions
internal import ScenarioModel

/// A look at counters that a server scrapes: whether all that it may see is later than a moment.
///
/// A counter is as old as the last scrape of its target, and a counter that is new is there only once its target has been
/// scraped. So a look is settled when every target that may have such counters was scraped since the moment, and
/// answered; series of no known target, such as those that were pushed, need a later sample of their own.
struct ScrapeLook {
    /// By the server's clock, in seconds since 1970.
    let moment: Double
    /// What an earlier look found; nil for the first.
    let earlier: Earlier?
    /// The times of scrapes that failed since the moment, by target.
    private var failures: [ScrapeTarget.Name: Set<Double>] = [:]

    /// What the first look found, for the last.
    struct Earlier {
        /// The last value and its time, by series.
        var counters: [Value: (value: Double, time: Double)]
        /// Targets that did not answer then either.
        var down: Set<ScrapeTarget.Name>
    }

    /// A series with its raw samples in the order of time.
    struct Series {
        var labels: Value
        var points: [(time: Double, value: Double)]
        var last: Double { points.last?.time ?? 0 }
        var target: ScrapeTarget.Name? { ScrapeTarget.Name(labels) }
    }

    /// Whether a look may be believed.
    enum Verdict {
        /// All is as of later than the moment; `down` are targets that do not answer, whatever they count.
        case settled([Series], down: Set<ScrapeTarget.Name>)
        /// Something is missing yet.
        case wait(Missing)
    }

    /// What a look waits for.
    enum Missing: Equatable {
        case scrape(of: ScrapeTarget.Name)
        case answer(of: ScrapeTarget.Name)
        case sample(of: Value)
        case anySample
    }

    /// A target that fails this often in a row does not answer; once may be by chance.
    private static let patience = 3

    init(after moment: Double, earlier: Earlier?) {
        self.moment = moment
        self.earlier = earlier
    }

    /// Judges what the server has: its targets, the label sets that are there now, and raw samples.
    mutating func judge(_ targets: [ScrapeTarget], living: Set<Value>, _ series: [Series]) -> Verdict {
        var down: Set<ScrapeTarget.Name> = []
        var counting = Set(series.compactMap(\.target))
        for labels in earlier?.counters.keys.map({ $0 }) ?? [] {
            if let name = ScrapeTarget.Name(labels) { counting.insert(name) }
        }
        for target in targets {
            if target.time <= moment { return .wait(.scrape(of: target.name)) }
            if target.isUp {
                failures[target.name] = nil
                continue
            }
            failures[target.name, default: []].insert(target.time)
            if mustAnswer(target.name, isCounting: counting.contains(target.name)) {
                return .wait(.answer(of: target.name))
            }
            down.insert(target.name)
        }
        let known = Set(targets.map(\.name))
        var present = series.filter { living.contains($0.labels) }
        // What the one question shows and the other does not yet comes with the next look.
        if present.count < living.count, let missing = living.subtracting(present.map(\.labels)).first {
            return .wait(.sample(of: missing))
        }
        for one in present where one.last <= moment {
            guard let target = one.target, known.contains(target) else { return .wait(.sample(of: one.labels)) }
        }
        if earlier != nil, present.isEmpty, known.isEmpty { return .wait(.anySample) }
        // What a target that is down told last is where it goes on from.
        if earlier == nil {
            present += series.filter { one in
                !living.contains(one.labels) && one.target.map { down.contains($0) } ?? false
            }
        }
        return .settled(present, down: down)
    }

    /// Whether a look waits for a target that does not answer.
    private func mustAnswer(_ name: ScrapeTarget.Name, isCounting: Bool) -> Bool {
        let isChance = (failures[name]?.count ?? 0) < Self.patience
        guard let earlier else { return isCounting && isChance }
        // What it counted since the first look is not known before it answers again.
        if isCounting { return !earlier.down.contains(name) || isChance }
        return !earlier.down.contains(name) && isChance
    }
}

/// A target that the server scrapes, as the series `up` tells of it.
struct ScrapeTarget: Equatable {
    /// What tells targets, and the series that come of them, apart.
    struct Name: Hashable {
        var job: String
        var instance: String

        init(job: String, instance: String) {
            self.job = job
            self.instance = instance
        }

        /// The target that a series with these labels comes of; nil where it does not say.
        init?(_ labels: Value) {
            guard let job = labels["job"]?.string, let instance = labels["instance"]?.string else { return nil }
            self.init(job: job, instance: instance)
        }

        var text: String { "'\(instance)' of job '\(job)'" }
    }

    var name: Name
    /// When it was scraped last, in seconds since 1970.
    var time: Double
    /// Whether it answered.
    var isUp: Bool

    /// The question whose answer tells of all targets when they were scraped, with a minus where one did not answer.
    ///
    /// `job` and `instance` are the labels that a server gives to whatever it scrapes; so the conditions of a selector
    /// on them hold for targets too.
    static func query(for selector: SampleSelector) -> String {
        let conditions = selector.matchers.filter { ["job", "instance"].contains($0.label) }.map(\.text)
        let up = "up{\(conditions.joined(separator: ","))}"
        return "timestamp(\(up)) * (2 * \(up) - 1)"
    }

    /// The targets of an answer, sorted by name; of several with one name the one that was scraped the longest ago.
    static func all(in data: Value) -> [ScrapeTarget] {
        var found: [Name: ScrapeTarget] = [:]
        for element in data["result"]?.array ?? [] {
            guard let labels = element["metric"], let name = Name(labels),
                let signed = element["value"]?.array?.last?.string.flatMap({ Double($0) }), !signed.isNaN
            else { continue }
            let target = ScrapeTarget(name: name, time: abs(signed), isUp: signed > 0)
            if let other = found[name], other.time <= target.time { continue }
            found[name] = target
        }
        return found.values.sorted { ($0.name.job, $0.name.instance) < ($1.name.job, $1.name.instance) }
    }
}

extension SampleSelector {
    /// The selector in PromQL, with one more condition.
    func text(and label: String, isNot value: String) -> String {
        let name = name.map { [LabelMatcher("__name__", .equal, $0)] } ?? []
        let conditions = name + matchers + [LabelMatcher(label, .notEqual, value)]
        return "{\(conditions.map(\.text).joined(separator: ","))}"
    }
}

extension LabelMatcher {
    /// The condition in PromQL, whose texts have JSON's escapes among theirs.
    fileprivate var text: String { "\(label)\(test.rawValue)\(Value.string(value).json())" }
}
