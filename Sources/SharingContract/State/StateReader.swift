package import CryptoPrimitives

/// The contract's state is a map from short keys to canonical values. Whoever runs the contract keeps the map as he likes: a gateway
/// in SQLite, everyone else in memory.
package protocol StateReader {
    func bytes(for key: StateKey) throws -> [UInt8]?
}

/// One line to write into the map; `nil` removes it.
package struct StateChange: Sendable {
    package let key: StateKey
    package let bytes: [UInt8]?

    init(_ key: StateKey, _ value: some CanonicalCodable) {
        self.key = key
        bytes = value.canonicalBytes
    }

    init(removing key: StateKey) {
        self.key = key
        bytes = nil
    }
}

package enum StateKey: Hashable, Sendable {
    // Known from the public leaves alone.
    case ledger
    case key(Ed25519.PublicKey)
    case actor(Ed25519.PublicKey)
    case actorName(Hash)
    case compartment(Ed25519.PublicKey)
    case grant(Ed25519.PublicKey)
    case request(RequestHash)
    case erased(Hash)
    case release(Ed25519.PublicKey)
    case policies
    /// By its leaf.
    case emergency(UInt64)
    /// In the order of the days, and then of the leaves, so that those that are due stand in front.
    case reviewDue(Day, UInt64)
    // Known to those who hold the bodies.
    case grantTerms(Ed25519.PublicKey)
    case newestList(Ed25519.PublicKey)
    case record(Descriptor.RecordID)
    case descriptor(Hash)
    case openGrants(Ed25519.PublicKey)
    case emergencyTerms(UInt64)
    case declaration(Hash)

    /// A tag, then the name.
    package var bytes: [UInt8] {
        switch self {
        case .ledger: [0]
        case .key(let key): [1] + key.bytes
        case .actor(let key): [2] + key.bytes
        case .actorName(let hash): [3] + hash.bytes
        case .compartment(let key): [4] + key.bytes
        case .grant(let key): [5] + key.bytes
        case .request(let hash): [6] + hash.bytes
        case .erased(let hash): [7] + hash.bytes
        case .release(let key): [8] + key.bytes
        case .policies: [9]
        case .emergency(let leaf): [10] + Self.bigEndian(leaf)
        case .reviewDue(let day, let leaf): [11] + Self.bigEndian(day.number) + Self.bigEndian(leaf)
        case .grantTerms(let key): [128] + key.bytes
        case .newestList(let key): [129] + key.bytes
        case .record(let record): [130] + record.bytes
        case .descriptor(let hash): [131] + hash.bytes
        case .openGrants(let key): [132] + key.bytes
        case .emergencyTerms(let leaf): [133] + Self.bigEndian(leaf)
        case .declaration(let hash): [134] + hash.bytes
        }
    }

    private static func bigEndian(_ number: some FixedWidthInteger & UnsignedInteger) -> [UInt8] {
        var writer = CanonicalWriter()
        writer.integer(number)
        return writer.bytes
    }
}

extension StateReader {
    /// The value under a key. A value that does not parse means that the map was damaged.
    private func value<Value: CanonicalCodable>(_ key: StateKey) throws -> Value? {
        guard let bytes = try bytes(for: key) else { return nil }
        do {
            return try Value(canonical: bytes)
        } catch {
            throw DamagedState(key: key)
        }
    }

    package func ledger() throws -> LedgerState? { try value(.ledger) }
    package func use(of key: Ed25519.PublicKey) throws -> KeyUse? { try value(.key(key)) }
    package func actor(_ key: Ed25519.PublicKey) throws -> ActorState? { try value(.actor(key)) }
    package func actor(named name: TextLine) throws -> Ed25519.PublicKey? {
        try value(.actorName(ActorState.nameKey(name))).map(\Name.key)
    }
    package func compartment(_ key: Ed25519.PublicKey) throws -> CompartmentState? { try value(.compartment(key)) }
    package func grant(_ control: Ed25519.PublicKey) throws -> GrantState? { try value(.grant(control)) }
    package func answer(to request: RequestHash) throws -> LeafIndex? { try value(.request(request)) }
    /// The leaf of the grant with this release key.
    package func grant(releasing key: Ed25519.PublicKey) throws -> LeafIndex? { try value(.release(key)) }
    /// The policies in force; `nil` on a ledger on which none were published.
    package func policies() throws -> PolicyState? { try value(.policies) }
    package func emergency(_ leaf: UInt64) throws -> EmergencyState? { try value(.emergency(leaf)) }
    package func erasure(of commitment: Hash) throws -> LeafIndex? { try value(.erased(commitment)) }
    package func terms(of control: Ed25519.PublicKey) throws -> GrantTerms? { try value(.grantTerms(control)) }
    /// Of a compartment.
    package func openGrants(of compartment: Ed25519.PublicKey) throws -> OpenGrants {
        try value(.openGrants(compartment)) ?? OpenGrants()
    }
    /// What a desk declared at this leaf.
    package func emergencyTerms(of leaf: UInt64) throws -> EmergencyDeclaration? { try value(.emergencyTerms(leaf)) }
    /// The leaf at which a declaration was taken.
    package func declared(_ declaration: Hash) throws -> LeafIndex? { try value(.declaration(declaration)) }
    package func newestList(of compartment: Ed25519.PublicKey) throws -> ListHash? { try value(.newestList(compartment)) }
    package func record(_ record: Descriptor.RecordID) throws -> RecordState? { try value(.record(record)) }
    package func descriptor(_ commitment: Hash) throws -> DescriptorState? { try value(.descriptor(commitment)) }
}

/// A line of the state map that the contract cannot have written.
package struct DamagedState: Error {
    package let key: StateKey
}

/// The state in memory: for clients, auditors and tests.
package struct MemoryState: StateReader, Equatable, Sendable {
    /// By the bytes of the key.
    private var values: [[UInt8]: [UInt8]] = [:]

    package init() {}

    package var count: Int { values.count }

    package func bytes(for key: StateKey) -> [UInt8]? { values[key.bytes] }

    package func bytes(forEncoded key: [UInt8]) -> [UInt8]? { values[key] }

    package mutating func apply(_ changes: [StateChange]) {
        for change in changes { values[change.key.bytes] = change.bytes }
    }
}
