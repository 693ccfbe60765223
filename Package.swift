// swift-tools-version: 6.2
//
// The module graph is a security property: who can call C, who can decrypt, who can write, is read off this file.
// Targets stand in the order of the module table in README.md, and every arrow is one that table names.
import PackageDescription

// CORDON_STATIC_LIBRARIES=DIR: DIR holds libsodium.a, libcrypto.a, libgmp.a, libsqlite3.a, libz.a and libstdc++.a (links to them will
// do) and nothing else. It is searched first, so that the release programs need only libc and libm. `make build` sets it.
// A linker setting, so switching it relinks and recompiles nothing.
//
// lld links them for the sake of their start: relocations in a twentieth of the room (RELR, glibc 2.36 or later), and no table of symbols
// for others to link against, who are not there.
//
// CORDON_FUZZ=1 adds the fuzz target. libFuzzer brings the program's `main`, so it links only under `--sanitize=fuzzer`: see .ci/fuzz.
let staticLibraries = Context.environment["CORDON_STATIC_LIBRARIES"]
let programLinking: [LinkerSetting] =
    staticLibraries.map { folder in
        let linker = ["-z", "pack-relative-relocs", "-z", "now", "--no-export-dynamic"].flatMap { ["-Xlinker", $0] }
        return [.unsafeFlags(["-L\(folder)", "-use-ld=lld", "-Xclang-linker", "-static-libgcc"] + linker)]
    } ?? []

// Products of other packages, named once.
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTLS: Target.Dependency = .product(name: "HummingbirdTLS", package: "hummingbird")
let inMemoryLogging: Target.Dependency = .product(name: "InMemoryLogging", package: "swift-log")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let structuredFields: Target.Dependency = .product(name: "RawStructuredFieldValues", package: "swift-http-structured-headers")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let systemPackage: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")

let package = Package(
    name: "cordon",
    products: [
        // Two programs, so that it can be read from a binary that a gateway cannot decrypt: `cordon-gateway` holds no symbol of
        // EnvelopeEncryption. `cordon` starts it for whatever needs the store.
        .executable(name: "cordon", targets: ["CordonCommand"]),
        .executable(name: "cordon-gateway", targets: ["GatewayCommand"]),
    ],
    // Package.resolved is not committed; these are lower bounds. With MemberImportVisibility whoever says `ByteBuffer` must import
    // NIOCore, hence depend on it.
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // HPKE with X-Wing, nothing else.
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        // RFC 9651, under RFC 9421.
        .package(url: "https://github.com/apple/swift-http-structured-headers", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.6.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        // Without its default traits: no swift-configuration and no full Foundation for its sake.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.9.0"),
        // Tests only.
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        // C. No `pkgConfig:`: the libraries lie on the default paths, and pkg-config would put their folder in front of the static one.
        .systemLibrary(name: "CSodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(name: "COpenSSL", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CGMP", providers: [.apt(["libgmp-dev"])]),
        // Ours. Optimised in debug builds as well, so that the same code runs in tests as in programs.
        .target(name: "CConstantTime", cSettings: [.unsafeFlags(["-O2"])]),

        // Pure: no disk, no network, no clock.
        .target(
            name: "CryptoPrimitives", dependencies: ["CConstantTime", "CGMP", "COpenSSL", "CSodium"],
            resources: [.embedInCode("Groups/sg3072.bin")]),
        .target(name: "EnvelopeEncryption", dependencies: ["CryptoPrimitives", crypto]),
        .target(name: "MerkleLedger", dependencies: ["CryptoPrimitives"]),
        .target(name: "ZeroKnowledge", dependencies: ["CryptoPrimitives"]),
        .target(name: "Cedar"),
        .target(
            name: "MedicalRecords",
            resources: [
                .embedInCode("Rules/categories.json"), .embedInCode("Rules/code-lists.json"), .embedInCode("Rules/labels.json"),
                .embedInCode("Claims/claim-codes.json"), .embedInCode("Claims/claim-schemas.json"),
                .embedInCode("Claims/claim-units.json"),
            ]),
        .target(
            name: "AccessPolicy", dependencies: ["Cedar", "CryptoPrimitives", "MedicalRecords", "ZeroKnowledge"],
            resources: [.embedInCode("Policies")]),
        .target(name: "SharingContract", dependencies: ["CryptoPrimitives"]),
        .target(name: "GatewayAPI", dependencies: ["CryptoPrimitives", "SharingContract", httpTypes, structuredFields]),

        // Edges. Files are written by DurableFiles alone; GRDB stays behind RecordStorage, Hummingbird behind RecordGateway, the HTTP
        // client behind GatewayClient.
        .target(name: "DurableFiles", dependencies: [systemPackage]),
        .target(
            name: "RecordStorage",
            dependencies: ["CryptoPrimitives", "DurableFiles", "MerkleLedger", "SharingContract", grdb, systemPackage]),
        .target(
            name: "RecordGateway",
            dependencies: [
                "AccessPolicy", "CryptoPrimitives", "GatewayAPI", "MedicalRecords", "MerkleLedger", "RecordStorage",
                "SharingContract",
                httpTypes, hummingbird, hummingbirdCore, hummingbirdTLS, lifecycle, logging, nioCore, nioPosix, nioSSL,
            ]),
        // Apart from GatewayClient, because a gateway that follows another needs an HTTP client and must not link what decrypts.
        .target(
            name: "LedgerMirror",
            dependencies: [
                "CryptoPrimitives", "GatewayAPI", "MerkleLedger", "RecordStorage", "SharingContract", asyncHTTPClient, httpTypes,
                nioCore, nioHTTP1, nioSSL,
            ]),
        .target(
            name: "GatewayClient",
            dependencies: [
                "AccessPolicy", "CryptoPrimitives", "DurableFiles", "EnvelopeEncryption", "GatewayAPI", "MedicalRecords",
                "MerkleLedger", "SharingContract", "ZeroKnowledge", asyncHTTPClient, httpTypes, nioCore, nioHTTP1, nioSSL,
                systemPackage,
            ]),

        // Programs.
        .executableTarget(
            name: "GatewayCommand",
            dependencies: [
                "CryptoPrimitives", "DurableFiles", "GatewayAPI", "LedgerMirror", "MerkleLedger", "RecordGateway",
                "RecordStorage", "SharingContract",
                argumentParser, lifecycle, logging, systemPackage, unixSignals,
            ],
            linkerSettings: programLinking),
        .executableTarget(
            name: "CordonCommand",
            dependencies: [
                "AccessPolicy", "Cedar", "CryptoPrimitives", "DurableFiles", "GatewayAPI", "GatewayClient", "MedicalRecords",
                "SharingContract",
                argumentParser, systemPackage, unixSignals,
            ],
            linkerSettings: programLinking),

        // Not shipped: derives the group of proofs anew, for whoever doubts it.
        .executableTarget(
            name: "GroupParameters", dependencies: ["CryptoPrimitives", "DurableFiles", argumentParser, systemPackage]),

        // A target of this package and no package of its own: `package` declarations are not visible from another one. The C libraries
        // and swift-crypto are here as peers.
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "AccessPolicy", "CConstantTime", "CGMP", "CSodium", "Cedar", "CryptoPrimitives", "DurableFiles",
                "EnvelopeEncryption", "GatewayAPI", "GatewayClient", "MedicalRecords", "MerkleLedger", "RecordGateway",
                "RecordStorage", "SharingContract", "TestSupport", "ZeroKnowledge",
                crypto, httpTypes, hummingbird, lifecycle, logging, nioCore, nioPosix, systemPackage, unixSignals,
            ],
            path: "Benchmarks", exclude: ["RESULTS.md", "peers"], linkerSettings: programLinking),

        .target(name: "TestSupport", dependencies: ["CryptoPrimitives", "SharingContract"], path: "Tests/TestSupport"),
        .testTarget(name: "CryptoPrimitivesTests", dependencies: ["CryptoPrimitives", "TestSupport"]),
        .testTarget(
            name: "EnvelopeEncryptionTests", dependencies: ["CryptoPrimitives", "EnvelopeEncryption", "TestSupport"],
            exclude: ["Support/passphrase.py"]),
        .testTarget(name: "MerkleLedgerTests", dependencies: ["CryptoPrimitives", "MerkleLedger", "TestSupport"]),
        // OpenSSL, for P-256: the published proofs are over it, and no program has it.
        .testTarget(name: "ZeroKnowledgeTests", dependencies: ["COpenSSL", "CryptoPrimitives", "TestSupport", "ZeroKnowledge"]),
        .testTarget(name: "CedarTests", dependencies: ["Cedar", "TestSupport"]),
        .testTarget(name: "MedicalRecordsTests", dependencies: ["MedicalRecords", "TestSupport"]),
        .testTarget(
            name: "AccessPolicyTests", dependencies: ["AccessPolicy", "Cedar", "CryptoPrimitives", "MedicalRecords", "TestSupport"]),
        .testTarget(
            name: "SharingContractTests",
            dependencies: ["AccessPolicy", "CryptoPrimitives", "MerkleLedger", "SharingContract", "TestSupport"]),
        .testTarget(
            name: "GatewayAPITests", dependencies: ["CryptoPrimitives", "GatewayAPI", "SharingContract", "TestSupport", httpTypes]),
        .testTarget(name: "DurableFilesTests", dependencies: ["DurableFiles", "TestSupport", systemPackage]),
        .testTarget(
            name: "RecordStorageTests",
            dependencies: [
                "CryptoPrimitives", "DurableFiles", "MerkleLedger", "RecordStorage", "SharingContract", "TestSupport", grdb,
                systemPackage,
            ]),
        // Holds a real gateway in process, and one that lies.
        .testTarget(
            name: "GatewayClientTests",
            dependencies: [
                "AccessPolicy", "CryptoPrimitives", "DurableFiles", "EnvelopeEncryption", "GatewayAPI", "GatewayClient",
                "MedicalRecords", "MerkleLedger", "RecordGateway", "RecordStorage", "SharingContract", "TestSupport",
                "ZeroKnowledge",
                httpTypes, hummingbird, lifecycle, logging, nioCore, systemPackage,
            ]),
        // Drives the built programs, and the client in process where a shell would only be slower.
        .testTarget(
            name: "ProgramTests",
            dependencies: [
                "AccessPolicy", "CryptoPrimitives", "EnvelopeEncryption", "GatewayAPI", "GatewayClient", "MedicalRecords",
                "MerkleLedger", "RecordStorage", "SharingContract", "TestSupport", grdb, subprocess, systemPackage,
            ]),
        // GRDB, to meddle with a store that a gateway serves; NIO, for clients ruder than any HTTP client is.
        .testTarget(
            name: "RecordGatewayTests",
            dependencies: [
                "AccessPolicy", "CryptoPrimitives", "DurableFiles", "GatewayAPI", "LedgerMirror", "MedicalRecords", "MerkleLedger",
                "RecordGateway", "RecordStorage", "SharingContract", "TestSupport",
                grdb, httpTypes, inMemoryLogging, lifecycle, logging, nioCore, nioPosix, nioSSL, systemPackage,
            ]),
    ],
    swiftLanguageModes: [.v6]
)

if Context.environment["CORDON_FUZZ"] == "1" {
    // Of modules that also talk to disks and networks, what is pure and nothing else: a parser needs neither NIO nor GRDB, and to build
    // them once more under libFuzzer takes longer than to fuzz.
    let pure: [String: [String]] = [
        "GatewayClient": [
            "Audit/AuditExport.swift", "Audit/Replay.swift", "Audit/Replay+decisions.swift", "Audit/Replay+policies.swift",
            "ClientError.swift", "Clinic/ClinicState.swift", "Clinic/PendingDeposit.swift", "Clinic/ReceivedIndex.swift", "Keys",
            "Ledger/EmergencyFacts+state.swift", "Ledger/GrantBody+commitment.swift", "Ledger/GrantBody+compilation.swift",
            "Messages", "Papers",
            "Patient/PatientBackup.swift", "Patient/PatientState.swift",
            "Profiles/Codable+values.swift", "Profiles/ProfileState.swift",
            "Proofs/AskedConsent.swift", "Proofs/ClaimCommitment.swift", "Proofs/ClaimScalars.swift",
            "Proofs/ClaimValue+canonical.swift",
            "Proofs/ClaimsFile.swift", "Proofs/ConsentWords.swift", "Proofs/Credential.swift", "Proofs/HolderCommitment.swift",
            "Proofs/Presentation.swift",
            "Proofs/ProofCondition.swift",
            "Proofs/ProofCondition+truth.swift", "Proofs/ProofRequest.swift", "Proofs/ProofRequest+choice.swift",
            "Proofs/ProofRequest+statement.swift", "Proofs/ProofWords.swift", "Proofs/Wallet.swift",
        ],
        "RecordStorage": ["Backup/AuditFile.swift", "Ledger/Snapshot.swift"],
    ]
    for target in package.targets {
        guard let sources = pure[target.name] else { continue }
        target.sources = sources
        target.dependencies = [
            "AccessPolicy", "CryptoPrimitives", "DurableFiles", "EnvelopeEncryption", "GatewayAPI", "MedicalRecords",
            "MerkleLedger", "SharingContract", "ZeroKnowledge", systemPackage,
        ]
    }
    let fuzz = Target.executableTarget(
        name: "Fuzz",
        dependencies: [
            "AccessPolicy", "Cedar", "CryptoPrimitives", "EnvelopeEncryption", "GatewayAPI", "GatewayClient", "MedicalRecords",
            "MerkleLedger", "RecordStorage", "SharingContract", "ZeroKnowledge", httpTypes,
        ],
        path: "Fuzz", exclude: ["seeds.py"])
    package.products.append(.executable(name: "fuzz", targets: ["Fuzz"]))
    package.targets.append(fuzz)
}

for target in package.targets where [.regular, .executable, .test].contains(target.type) && target.cSettings == nil {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .treatAllWarnings(as: .error),
    ]
    // Tests are left out: the expansion of #expect is not ours to mark.
    if target.type != .test { target.swiftSettings! += [.strictMemorySafety()] }
}
