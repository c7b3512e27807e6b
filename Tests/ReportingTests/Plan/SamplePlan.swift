import ScenarioModel

/// A plan with something of everything, names that would break a careless writer among it.
enum SamplePlan {
    static var graph: RunGraph {
        var run = RunGraph(profile: "hxp", configuration: "plumb.yaml")
        run.needed = [login]
        run.scenarios = [orders, disabled]
        run.locks = [.init(name: "database", exclusive: ["shop/orders"], shared: ["shop/old"])]
        return run
    }

    private static var login: Graph {
        var graph = Graph(name: "_login.yaml[user: bob]", file: "_login.yaml")
        graph.facts = [.init("scenario", "5m", origin: "default")]
        graph.outputs = [.init("token", "$steps.login.token")]
        var node = Graph.Node(id: "login", kind: "http", place: "_login.yaml:4")
        node.request = ["POST http://127.0.0.1:8000/login", "Content-Type: application/json", "", "{}"]
        graph.nodes = [node]
        return graph
    }

    private static var orders: Graph {
        var graph = Graph(name: "shop/orders", file: "scenarios/shop/orders.yaml")
        graph.description = "An order is \"stored\"\nand can be <read>."
        graph.tags = ["smoke", "database"]
        graph.tests = [
            .init(name: "shop/orders[a]", row: "a", skip: nil),
            .init(name: "shop/orders[b]]>", row: "b]]>", skip: "target 'metrics' is missing"),
        ]
        graph.needs = [.init(name: "session", graph: "_login.yaml[user: bob]", place: "scenarios/shop/orders.yaml:3")]
        graph.locks = ["database"]
        graph.targets = [.init("target", "gateway (http)", origin: "plumb.yaml:9")]
        graph.facts = [.init("scenario", "1m", origin: "scenarios/shop/orders.yaml:5")]
        graph.nodes = [make, group]
        var undo = Graph.Node(id: "s5", kind: "http", place: "scenarios/shop/orders.yaml:20")
        undo.undoes = "make"
        undo.request = ["DELETE http://127.0.0.1:8000/orders/${{ $steps.make.id }}"]
        graph.cleanup = [undo]
        graph.edges = [
            .init(from: "make", to: "both", reason: .chain),
            .init(from: "make", to: "both", reason: .reference, place: "scenarios/shop/orders.yaml:14"),
            .init(from: "read", to: "login/again", reason: .needs, place: "scenarios/shop/orders.yaml:16"),
            .init(from: "make", to: "s5", reason: .cleanup, place: "scenarios/shop/orders.yaml:8"),
        ]
        return graph
    }

    private static var make: Graph.Node {
        var node = Graph.Node(id: "make", kind: "http", place: "scenarios/shop/orders.yaml:8")
        node.title = "Make \"an\" order | <b>`x`; #1\\"
        node.target = .init("target", "gateway http://127.0.0.1:8000", origin: "the default; plumb.yaml:9")
        node.request = [
            "POST http://127.0.0.1:8000/orders", "Content-Type: application/json", "", "{", "  \"n\": 1", "}",
        ]
        node.flow = [.init("until", ".status == 200"), .init("within", "30s", origin: "default")]
        node.judgement = [
            .init("expect", "status is 2xx", origin: "implied"), .init("assert", ".body.id > 0"),
            .init("assert", "fast: .ms < 200"), .init("capture", "id: .body.id"),
        ]
        node.settings = [
            .init("timeout", "30s", origin: "plumb.yaml:4"), .init("retry", "3", origin: "--retries"),
            .init("retry.on", "connect", origin: "default"), .init("retry.backoff", "200ms", origin: "default"),
        ]
        return node
    }

    private static var group: Graph.Node {
        var node = Graph.Node(id: "both", kind: "group", place: "scenarios/shop/orders.yaml:12")
        node.isParallel = true
        node.flow = [
            .init("repeat", "10 times", origin: "scenarios/shop/orders.yaml:13"), .init("repeat.assert", ".ms.p95 < 9"),
        ]
        node.children = [
            Graph.Node(id: "read", kind: "http", place: "scenarios/shop/orders.yaml:14"),
            Graph.Node(id: "login/again", kind: "check", place: "_login.yaml:4"),
        ]
        return node
    }

    private static var disabled: Graph {
        var graph = Graph(name: "shop/old", file: "scenarios/shop/old.yaml")
        graph.tests = [.init(name: "shop/old", row: nil, skip: "suite shop is disabled (integration_tests.yaml:3)")]
        return graph
    }
}
