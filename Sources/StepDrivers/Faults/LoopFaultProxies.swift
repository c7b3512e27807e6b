internal import EventLoop
internal import FaultProxy
internal import ScenarioModel

/// Proxies of the event loop as the runtime asks for them.
///
/// Lives on its loop's thread.
final class LoopFaultProxies: FaultProxies {
    private let loop: EventLoop
    /// The proxies of each declared link, or why they are not there.
    private var links: [String: Result<LinkFaultPoint, StepFailure>] = [:]

    /// Puts proxies on every link of the configuration: the services are pointed at them as long as the run lasts.
    init(on loop: EventLoop, _ configuration: Configuration) {
        self.loop = loop
        for (name, link) in configuration.links where !link.isPending {
            do throws(StepFailure) {
                let proxies = try Self.proxies(on: link, named: name, loop)
                links[name] = .success(LinkFaultPoint(proxies, isShared: true))
            } catch {
                links[name] = .failure(error)
            }
        }
    }

    func stand(before target: ResolvedTarget) throws(StepFailure) -> any FaultPoint {
        let address = try TargetAddress.of(target)
        do throws(ProxyError) {
            let proxy = try FaultProxy(try ProxyListener(), to: address, on: loop)
            target.detour = proxy.port
            return LinkFaultPoint([proxy], isShared: false)
        } catch {
            throw StepFailure.refused(
                .faultProxy, "no proxy could be put before target '\(target.name)': \(error)", at: nil,
                hint: "look at the number of open files, 'ulimit -n'")
        }
    }

    func link(_ name: String) throws(StepFailure) -> (any FaultPoint)? {
        try links[name]?.get()
    }

    func close() {
        for case .success(let point) in links.values { point.close() }
        links = [:]
    }

    private static func proxies(
        on link: Configuration.Link, named name: String, _ loop: EventLoop
    ) throws(StepFailure) -> [FaultProxy] {
        do throws(ProxyError) {
            if !link.ways.isEmpty {
                var proxies: [FaultProxy] = []
                for way in link.ways {
                    if let proxy = try proxy(way, loop) { proxies.append(proxy) }
                }
                return proxies
            }
            if let listen = ServiceAddress(link.listen), case .network(let host, let port) = listen,
                let to = ServiceAddress(link.to)
            {
                return [try FaultProxy(try ProxyListener(host: host, port: port), to: to, on: loop)]
            }
        } catch {
            throw StepFailure.refused(
                .faultProxy, "link '\(name)' is not there: \(error)", at: nil,
                hint: "end what uses the port, another run of plumb perhaps, or give the link another 'listen'")
        }
        throw StepFailure.refused(
            .faultProxy, "link '\(name)' goes from '\(link.listen)' to '\(link.to)', which are no addresses", at: nil,
            hint: "write HOST:PORT for both")
    }

    private static func proxy(
        _ way: Configuration.Link.Way, _ loop: EventLoop
    ) throws(ProxyError) -> FaultProxy? {
        guard let to = ServiceAddress(way.to) else { return nil }
        return try FaultProxy(ProxyListener(inherited: way.descriptor), to: to, on: loop)
    }
}

/// Proxies that are struck together: one before a target, or those of a link to several replicas.
///
/// Where runs of a load put the same trouble on a link at the same time, it is in force once, until the last of them
/// lifts it: a delay would be as long as there are users else, and the end of one run's fault would cut off the others.
private final class LinkFaultPoint: FaultPoint {
    private struct Strike {
        var settings: [FaultSettings]
        /// What lifts it, for each proxy.
        var numbers: [Int]
        var holders = 1
    }

    private let proxies: [FaultProxy]
    private let isShared: Bool
    private var strikes: [Int: Strike] = [:]
    private var lastStrike = 0

    init(_ proxies: [FaultProxy], isShared: Bool) {
        self.proxies = proxies
        self.isShared = isShared
    }

    func strike(_ settings: [FaultSettings], seed: String) -> Int {
        if isShared, let known = strikes.first(where: { $0.value.settings == settings })?.key {
            strikes[known]?.holders += 1
            return known
        }
        lastStrike += 1
        let troubles = settings.map { Trouble($0) }
        // Equal texts give equal chance in every process.
        let number = TextHash.of(seed)
        let numbers = proxies.enumerated().map { index, proxy in
            proxy.strike(troubles, seed: number &+ UInt64(index))
        }
        strikes[lastStrike] = Strike(settings: settings, numbers: numbers)
        return lastStrike
    }

    func lift(_ strike: Int) {
        strikes[strike]?.holders -= 1
        guard let ended = strikes[strike], ended.holders == 0 else { return }
        strikes[strike] = nil
        for (proxy, number) in zip(proxies, ended.numbers) { proxy.lift(number) }
    }

    var complaint: String? { proxies.lazy.compactMap(\.complaint).first }

    func close() { for proxy in proxies { proxy.close() } }
}

extension Trouble {
    /// The trouble that a fault's settings mean.
    fileprivate init(_ settings: FaultSettings) {
        self.init()
        directions =
            switch settings.direction {
            case .request: [.request]
            case .response: [.response]
            case .both: [.request, .response]
            }
        latency = settings.latency
        jitter = settings.jitter ?? .zero
        bandwidth = settings.bandwidth
        hangs = settings.hangs
        refuses = settings.refuses
        resetAfter = settings.resetAfter
        truncateAfter = settings.truncateAfter
        slice = settings.slice
        slowClose = settings.slowClose
        corrupt = settings.corrupt
        respond = settings.respond?.bytes
        cutEventsAfter = settings.cutEventsAfter
        first = settings.first
        chance = settings.chance
    }
}
