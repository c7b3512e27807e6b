extension Gateway {
    private static let probeLimit = Duration.milliseconds(500)

    /// Asks every replica whether it is well, now, and says so.
    ///
    /// The status is that of the gateway itself; a model without a replica that answers is `unavailable`.
    func health() async -> Outgoing {
        var available: [String: Int] = [:]
        await withTaskGroup(of: String?.self) { group in
            for route in routes.values {
                for replica in route.replicas {
                    group.addTask { await self.isWell(replica) ? route.model : nil }
                }
            }
            for await model in group {
                if let model { available[model, default: 0] += 1 }
            }
        }
        if breaks.contains(.healthLies) { available = routes.mapValues(\.replicas.count) }
        let models = modelNames.map { name in
            let count = available[name] ?? 0
            return JSON.Member(
                key: name,
                value: [
                    "status": count > 0 ? "available" : "unavailable", "available": .integer(count),
                    "replicas": .integer(routes[name]?.replicas.count ?? 0),
                ])
        }
        return .json(["status": "ok", "models": .object(models)])
    }

    private func isWell(_ replica: ModelRoute.Replica) async -> Bool {
        do {
            let answer = try await client.send(
                method: "GET", path: "/health", headers: [], body: [], to: replica.port, within: Self.probeLimit)
            _ = try await answer.readBody(atMost: 1 << 16, within: Self.probeLimit)
            return answer.head.status == 200
        } catch {
            return false
        }
    }
}
