// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "plumb",
    products: [.executable(name: "plumb", targets: ["plumb"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        // C libraries: a module map and a shim each, nothing else. libpq, libcrypto and what libcurl needs are not linked
        // but loaded when they are first needed, since that takes longer than all else of a start.
        .systemLibrary(name: "CLinux", path: "Sources/C/CLinux"),
        .systemLibrary(name: "CLibYAML", path: "Sources/C/CLibYAML", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CLibCrypto", path: "Sources/C/CLibCrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CLibJQ", path: "Sources/C/CLibJQ", providers: [.apt(["libjq-dev"])]),
        .target(
            name: "CLibCurl", path: "Sources/C/CLibCurl", publicHeadersPath: ".",
            // The archive: what libcurl itself needs is loaded late.
            linkerSettings: [.linkedLibrary(":libcurl.a")]),
        .target(name: "CLibPQ", path: "Sources/C/CLibPQ", publicHeadersPath: "."),

        // The language side: text, tree, graph. It knows no network.
        .target(name: "Diagnostics"),
        .target(name: "ScenarioSyntax", dependencies: ["Diagnostics", "CLibYAML"]),
        .target(name: "Expressions", dependencies: ["Diagnostics", "CLibJQ", "CLibCrypto", "CLinux"]),
        .target(name: "ScenarioModel", dependencies: ["Diagnostics", "ScenarioSyntax", "Expressions"]),
        .target(
            name: "ScenarioCompiler", dependencies: ["Diagnostics", "ScenarioSyntax", "Expressions", "ScenarioModel"]),

        // Pages of metrics as values. It knows neither scenarios nor network.
        .target(name: "Exposition"),

        // The event loop and the transports. They know no scenarios.
        .target(
            name: "EventLoop", dependencies: ["CLinux", .product(name: "HeapModule", package: "swift-collections")]),
        .target(name: "HTTPTransport", dependencies: ["EventLoop", "CLibCurl", "CLinux"]),
        .target(name: "PostgresTransport", dependencies: ["EventLoop", "CLibPQ", "CLinux"]),
        .target(
            name: "SQLiteTransport",
            dependencies: [
                "EventLoop", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]),

        .target(name: "FaultProxy", dependencies: ["EventLoop"]),

        // Where the two meet, and what runs them.
        .target(
            name: "StepDrivers",
            dependencies: [
                "Diagnostics", "ScenarioSyntax", "Expressions", "ScenarioModel", "EventLoop", "HTTPTransport",
                "PostgresTransport", "SQLiteTransport", "FaultProxy", "CLinux", "Exposition",
            ]),
        .target(
            name: "ScenarioRuntime",
            dependencies: [
                "Diagnostics", "ScenarioSyntax", "Expressions", "ScenarioModel", "EventLoop",
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ]),
        .target(
            name: "Reporting", dependencies: ["Diagnostics", "Expressions", "ScenarioModel", "CLinux"],
            // The style and script of the HTML report, built into the program.
            resources: [
                "report.css", "theme.js", "page.js", "difference.js", "drawing.js", "plots.js", "details.js", "list.js",
            ].map { .embedInCode("HTML/Assets/\($0)") }),
        // What runs came to, kept in a file.
        .target(
            name: "RunHistory",
            dependencies: [
                "Reporting", "ScenarioModel", "EventLoop", "PostgresTransport",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .target(
            name: "Sandbox",
            dependencies: [
                "EventLoop", "PostgresTransport", "CLinux", .product(name: "FlyingSocks", package: "FlyingFox"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .executableTarget(
            name: "plumb",
            dependencies: [
                "Diagnostics", "ScenarioSyntax", "Expressions", "ScenarioModel", "ScenarioCompiler", "EventLoop",
                "HTTPTransport", "StepDrivers", "ScenarioRuntime", "Reporting", "RunHistory", "Sandbox", "FaultProxy",
                "CLinux",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            // Links to schemas/, so that 'plumb schema' prints what stands there.
            resources: [
                .embedInCode("Schemas/report.json"), .embedInCode("Schemas/event.json"),
                .embedInCode("Schemas/load.json"),
            ],
            linkerSettings: [
                // Without position-independent code there is nothing to relocate at each start, which halves it.
                .unsafeFlags(["-Xclang-linker", "-no-pie"], .when(configuration: .release))
            ]),

        // Tests and what they share.
        .target(name: "PlumbTesting"),
        .testTarget(name: "PlumbTestingTests", dependencies: ["PlumbTesting"]),
        .testTarget(name: "DiagnosticsTests", dependencies: ["Diagnostics", "PlumbTesting"]),
        .testTarget(
            name: "ScenarioSyntaxTests", dependencies: ["ScenarioSyntax", "Diagnostics", "PlumbTesting"],
            exclude: ["Golden"]),
        .testTarget(name: "ExpressionsTests", dependencies: ["Expressions", "Diagnostics", "PlumbTesting"]),
        .testTarget(
            name: "ScenarioCompilerTests",
            dependencies: [
                "ScenarioCompiler", "ScenarioModel", "ScenarioSyntax", "Expressions", "Diagnostics", "StepDrivers",
                "PlumbTesting",
            ], exclude: ["Configuration/Golden", "Golden"]),
        .testTarget(name: "ExpositionTests", dependencies: ["Exposition", "Expressions", "PlumbTesting"]),
        .testTarget(name: "EventLoopTests", dependencies: ["EventLoop", "PlumbTesting"]),
        .testTarget(name: "HTTPTransportTests", dependencies: ["HTTPTransport", "EventLoop", "PlumbTesting"]),
        .testTarget(name: "PostgresTransportTests", dependencies: ["PostgresTransport", "EventLoop", "PlumbTesting"]),
        .testTarget(name: "SQLiteTransportTests", dependencies: ["SQLiteTransport", "EventLoop", "PlumbTesting"]),
        .testTarget(name: "FaultProxyTests", dependencies: ["FaultProxy", "EventLoop", "PlumbTesting"]),
        .testTarget(
            name: "StepDriversTests",
            dependencies: [
                "StepDrivers", "HTTPTransport", "PostgresTransport", "EventLoop", "ScenarioModel", "ScenarioSyntax",
                "Expressions", "Diagnostics", "PlumbTesting", "Sandbox",
            ], exclude: ["Vector/Python"]),
        .testTarget(
            name: "ScenarioRuntimeTests",
            dependencies: [
                "ScenarioRuntime", "ScenarioCompiler", "ScenarioModel", "ScenarioSyntax", "Expressions", "Diagnostics",
                "EventLoop", "PlumbTesting",
            ]),
        .testTarget(
            name: "ReportingTests",
            dependencies: [
                "Reporting", "ScenarioModel", "Expressions", "Diagnostics", "Exposition", "PlumbTesting",
            ], exclude: ["Golden"]),
        .testTarget(
            name: "RunHistoryTests",
            dependencies: [
                "RunHistory", "Reporting", "ScenarioModel", "EventLoop", "PostgresTransport", "PlumbTesting",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .testTarget(
            name: "SandboxTests",
            dependencies: [
                "Sandbox", "PostgresTransport", "PlumbTesting", .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .testTarget(name: "ArchitectureTests"),
        .testTarget(
            name: "DocumentationTests",
            dependencies: ["plumb", "PlumbTesting", "Expressions", "ScenarioSyntax", "Diagnostics"]),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "plumb", "PlumbTesting", "Expressions", "Reporting", "CLinux",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            exclude: ["Cases", "BadInputs.md", "HTTP/HTTPBadInputs.md", "Emitted/decode_otlp.py"]),
    ],
    swiftLanguageModes: [.v6]
)

let ownsC: Set = [
    "ScenarioSyntax", "Expressions", "EventLoop", "HTTPTransport", "PostgresTransport", "SQLiteTransport",
]
for target in package.targets where target.type != .system {
    target.swiftSettings =
        (target.swiftSettings ?? []) + [
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("MemberImportVisibility"),
            .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
            .treatAllWarnings(as: .error),
            // What a debug build, in which all tests run, checks at each access to a variable, takes a twentieth of a load.
            .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
        ] + (ownsC.contains(target.name) ? [.strictMemorySafety()] : [])
}
