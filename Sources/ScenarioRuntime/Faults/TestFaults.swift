import Diagnostics
import ScenarioModel

/// The faults of one test: proxies before the targets that it faults, and what is in force on them.
///
/// A target that some step faults is reached through a proxy from the test's first connection, so that connections that
/// were opened before are struck as well. They are the test's own, and no other test meets them.
///
/// `@unchecked Sendable`: used on the interpreter's executor only.
final class TestFaults: @unchecked Sendable {
    /// Trouble with the place that it is put on.
    struct Blow {
        var place: String
        var settings: FaultSettings
    }

    private struct Strike {
        var place: String
        var settings: [FaultSettings]
        var seed: String
        /// What lifts it, at each point that it was put on.
        var points: [(point: any FaultPoint, number: Int)]
    }

    private let proxies: any FaultProxies
    /// The targets that the test's steps fault.
    private let faulted: Set<String>
    /// The test's proxies, with the targets that each serves: its own and those that it is derived from.
    private var points: [(names: Set<String>, point: any FaultPoint)] = []
    private var strikes: [Int: [Strike]] = [:]
    private var lastStrike = 0
    /// How many steps with faults are under way.
    private(set) var depth = 0

    init(_ proxies: any FaultProxies, faulted: Set<String>) {
        self.proxies = proxies
        self.faulted = faulted
    }

    /// Whether a target, or one that it is derived from, has faults in this test.
    func concerns(_ names: Set<String>) -> Bool { !faulted.isDisjoint(with: names) }

    /// Puts a proxy before a target that no connection has been made to.
    func stand(before target: ResolvedTarget, known names: Set<String>) throws(StepFailure) {
        let point = try proxies.stand(before: target)
        points.append((names, point))
        for number in strikes.keys {
            for index in strikes[number, default: []].indices
            where names.contains(strikes[number, default: []][index].place) {
                let strike = strikes[number, default: []][index]
                let lifts = point.strike(strike.settings, seed: strike.seed)
                strikes[number]?[index].points.append((point, lifts))
            }
        }
    }

    /// Puts trouble in force; returns what lifts it.
    func strike(_ blows: [Blow], seed: String) throws(StepFailure) -> Int {
        var made: [Strike] = []
        var places: [String] = []
        for blow in blows where !places.contains(blow.place) { places.append(blow.place) }
        for place in places {
            let settings = blows.filter { $0.place == place }.map(\.settings)
            var strike = Strike(place: place, settings: settings, seed: seed + "/" + place, points: [])
            if Fault.isLink(place) {
                do throws(StepFailure) {
                    guard let point = try proxies.link(place) else {
                        throw StepFailure(
                            FailureReport(
                                code: "fault.place", verdict: .error,
                                message: "there is no link '\(place)' in this run", place: nil))
                    }
                    strike.points = [(point, point.strike(settings, seed: strike.seed))]
                } catch {
                    for strike in made { Self.lift(strike) }
                    throw error
                }
            } else {
                for (names, point) in points where names.contains(place) {
                    strike.points.append((point, point.strike(settings, seed: strike.seed)))
                }
            }
            made.append(strike)
        }
        lastStrike += 1
        strikes[lastStrike] = made
        depth += 1
        return lastStrike
    }

    /// Ends trouble; returns why a service behind it could not be reached, a line for each.
    func lift(_ number: Int) -> [String] {
        guard let lifted = strikes.removeValue(forKey: number) else { return [] }
        depth -= 1
        var complaints: [String] = []
        for strike in lifted {
            for (point, _) in strike.points {
                if let complaint = point.complaint {
                    complaints.append("the proxy before '\(strike.place)' could not reach \(complaint)")
                }
            }
            Self.lift(strike)
        }
        return complaints
    }

    /// Ends everything.
    func close() {
        for number in strikes.keys.sorted() { _ = lift(number) }
        for (_, point) in points { point.close() }
        points = []
    }

    private static func lift(_ strike: Strike) {
        for (point, number) in strike.points { point.lift(number) }
    }
}
