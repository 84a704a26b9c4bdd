// swift-tools-version:6.2
import PackageDescription

/// Every target: warnings are errors (dependencies are spared), and imports say how far they reach.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let collections = "swift-collections"
let nio = "swift-nio"

let package = Package(
    name: "brokerd",
    products: [
        .executable(name: "brokerd", targets: ["brokerd"]),
        .executable(name: "brokerctl", targets: ["brokerctl"]),
        .executable(name: "brokerbench", targets: ["brokerbench"]),
        .executable(name: "brokersim", targets: ["brokersim"]),
        .executable(name: "brokertorture", targets: ["brokertorture"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
    ],
    targets: [
        // Languages, and texts in them.
        .target(name: "BrokerText", swiftSettings: strict),

        // The pure core: values in, values out.
        .target(
            name: "BrokerCore",
            dependencies: ["BrokerText", .product(name: "DequeModule", package: collections)],
            swiftSettings: strict),
        .target(name: "BrokerStore", dependencies: ["BrokerCore"], swiftSettings: strict),
        // SHA-256 of libgcrypt, which libsystemd needs anyway.
        .target(name: "CGcrypt", linkerSettings: [.linkedLibrary("gcrypt")]),
        .target(
            name: "BrokerHistory", dependencies: ["BrokerCore", "BrokerStore", "CGcrypt"],
            swiftSettings: strict),
        .target(
            name: "BrokerEngine", dependencies: ["BrokerCore", "BrokerStore", "BrokerText"],
            swiftSettings: strict),

        .target(
            name: "BrokerRota", dependencies: ["BrokerCore", "BrokerText"], swiftSettings: strict),

        // The core and the engine in a simulated world, and an auditor that knows the rules alone.
        .target(
            name: "BrokerSim",
            dependencies: ["BrokerCore", "BrokerEngine", "BrokerStore", "BrokerText"],
            swiftSettings: strict),

        // The edges.
        .target(
            name: "BrokerStoreSQLite",
            dependencies: [
                "BrokerCore", "BrokerStore", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .target(
            name: "BrokerHistorySQLite",
            dependencies: [
                "BrokerCore", "BrokerHistory", "BrokerStore",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .target(
            name: "BrokerSite", dependencies: ["BrokerCore", "BrokerText"], swiftSettings: strict),
        .target(name: "BrokerAPI", dependencies: ["BrokerText"], swiftSettings: strict),
        .target(
            name: "BrokerService",
            dependencies: [
                "BrokerCore", "BrokerEngine", "BrokerHistory", "BrokerRota", "BrokerSite",
                "BrokerStore",
            ],
            swiftSettings: strict),
        .target(
            name: "BrokerHTTP",
            dependencies: [
                "BrokerAPI", "BrokerCore", "BrokerEngine", "BrokerHistory", "BrokerRota",
                "BrokerService", "BrokerSite", "BrokerStore", "BrokerText",
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
                .product(name: "NIOHTTP1", package: nio),
            ],
            swiftSettings: strict),
        .systemLibrary(
            name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .target(
            name: "BrokerSystemd",
            dependencies: ["CSystemd", .product(name: "Logging", package: "swift-log")],
            swiftSettings: strict),

        // Starts a command in the one way that Swift cannot.
        .target(name: "CSpawn"),

        // A client as cheap as can be, for programs that load a daemon.
        .target(name: "BrokerLoad", swiftSettings: strict),

        // The programs.
        .executableTarget(
            name: "brokerd",
            dependencies: [
                "BrokerAPI", "BrokerCore", "BrokerEngine", "BrokerHTTP", "BrokerHistory",
                "BrokerHistorySQLite", "BrokerService", "BrokerSite", "BrokerStore",
                "BrokerStoreSQLite", "BrokerSystemd", "BrokerText",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "brokerctl",
            dependencies: [
                "BrokerAPI", "BrokerText", "CSpawn",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
                .product(name: "NIOHTTP1", package: nio),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "brokerbench",
            dependencies: [
                "BrokerCore", "BrokerLoad",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        .executableTarget(
            name: "brokersim",
            dependencies: [
                "BrokerSim", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        // Loads a real process while others break it, and checks what was answered.
        .executableTarget(
            name: "brokertorture",
            dependencies: [
                "BrokerAPI", "BrokerLoad",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        .testTarget(name: "BrokerCoreTests", dependencies: ["BrokerCore"], swiftSettings: strict),
        .testTarget(
            name: "BrokerRotaTests", dependencies: ["BrokerRota", "BrokerCore"],
            swiftSettings: strict),
        .testTarget(
            name: "BrokerSimTests",
            dependencies: ["BrokerSim", "BrokerCore", "BrokerEngine", "BrokerStore"],
            swiftSettings: strict),
        .testTarget(
            name: "BrokertortureTests", dependencies: ["brokertorture"], swiftSettings: strict),
        // GRDB damages databases, so that it shows that they are refused.
        .testTarget(
            name: "BrokerStoreTests",
            dependencies: [
                "BrokerCore", "BrokerStore", "BrokerStoreSQLite", "BrokerEngine", "BrokerText",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        // GRDB edits histories, so that it shows that edits are found.
        .testTarget(
            name: "BrokerHistoryTests",
            dependencies: [
                "BrokerCore", "BrokerEngine", "BrokerHistory", "BrokerHistorySQLite", "BrokerStore",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "BrokerServiceTests",
            dependencies: [
                "BrokerService", "BrokerCore", "BrokerEngine", "BrokerHistory", "BrokerStore",
            ],
            swiftSettings: strict),
        // TOMLKit reads each text a second time, to check the broker's own reader.
        .testTarget(
            name: "BrokerSiteTests",
            dependencies: [
                "BrokerSite", "BrokerCore", "BrokerText",
                .product(name: "TOMLKit", package: "TOMLKit"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "BrokerAPITests", dependencies: ["BrokerAPI", "BrokerText"],
            swiftSettings: strict),
        // NIOHTTP1 reads each request a second time, to check the broker's own parser.
        .testTarget(
            name: "BrokerHTTPTests",
            dependencies: [
                "BrokerHTTP", "BrokerAPI", "BrokerCore", "BrokerHistory", "BrokerRota",
                "BrokerService", "BrokerSite", "BrokerStore", "BrokerText",
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOEmbedded", package: nio),
                .product(name: "NIOHTTP1", package: nio),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "BrokerSystemdTests",
            dependencies: ["BrokerSystemd", .product(name: "Logging", package: "swift-log")],
            swiftSettings: strict),
        .testTarget(
            name: "BrokerctlTests", dependencies: ["brokerctl", "BrokerAPI", "BrokerText"],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
