// swift-tools-version: 6.2
//
// The module graph is a security property: who can call C, who can decrypt, who can write, is read off this file.
// Targets stand in the order of the module table in README.md, and every arrow is one that table names.
import PackageDescription

// Products of other packages, named once.
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let systemPackage: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let structuredFields: Target.Dependency = .product(name: "RawStructuredFieldValues", package: "swift-http-structured-headers")

let package = Package(
    name: "cordon",
    dependencies: [
        // HPKE with X-Wing, nothing else.
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        // RFC 9651, under RFC 9421.
        .package(url: "https://github.com/apple/swift-http-structured-headers", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.6.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        .systemLibrary(name: "CSodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(name: "COpenSSL", providers: [.apt(["libssl-dev"])]),
        .target(name: "CryptoPrimitives", dependencies: ["CSodium", "COpenSSL"]),
        .target(name: "EnvelopeEncryption", dependencies: ["CryptoPrimitives", crypto]),
        .target(name: "MerkleLedger", dependencies: ["CryptoPrimitives"]),
        .target(
            name: "MedicalRecords",
            resources: [
                .embedInCode("Rules/categories.json"), .embedInCode("Rules/code-lists.json"), .embedInCode("Rules/labels.json"),
            ]),
        .target(name: "SharingContract", dependencies: ["CryptoPrimitives"]),
        .target(name: "GatewayAPI", dependencies: ["CryptoPrimitives", "SharingContract", httpTypes, structuredFields]),
        .target(name: "DurableFiles", dependencies: [systemPackage]),
        .target(
            name: "RecordStorage",
            dependencies: ["CryptoPrimitives", "DurableFiles", "MerkleLedger", "SharingContract", grdb, systemPackage]),

        .target(name: "TestSupport", dependencies: ["CryptoPrimitives", "SharingContract"], path: "Tests/TestSupport"),
        .testTarget(name: "CryptoPrimitivesTests", dependencies: ["CryptoPrimitives", "TestSupport"]),
        .testTarget(name: "EnvelopeEncryptionTests", dependencies: ["CryptoPrimitives", "EnvelopeEncryption", "TestSupport"]),
        .testTarget(name: "MerkleLedgerTests", dependencies: ["CryptoPrimitives", "MerkleLedger", "TestSupport"]),
        .testTarget(name: "MedicalRecordsTests", dependencies: ["MedicalRecords", "TestSupport"]),
        .testTarget(name: "SharingContractTests", dependencies: ["CryptoPrimitives", "SharingContract", "TestSupport"]),
        .testTarget(
            name: "GatewayAPITests", dependencies: ["CryptoPrimitives", "GatewayAPI", "SharingContract", "TestSupport", httpTypes]),
        .testTarget(
            name: "RecordStorageTests",
            dependencies: [
                "CryptoPrimitives", "DurableFiles", "MerkleLedger", "RecordStorage", "SharingContract", "TestSupport", grdb,
                systemPackage,
            ]),
        .testTarget(name: "DurableFilesTests", dependencies: ["DurableFiles", "TestSupport", systemPackage]),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets where [.regular, .executable, .test].contains(target.type) {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .treatAllWarnings(as: .error),
    ]
    // Tests are left out: the expansion of #expect is not ours to mark.
    if target.type != .test { target.swiftSettings! += [.strictMemorySafety()] }
}
