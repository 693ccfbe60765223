import CryptoPrimitives

@testable import SharingContract

/// What members post to the ledger, what stands behind it, and what the rules make of it.
enum ContractTargets {
    static let all = [
        FuzzTarget(name: "entries", check: checkLeaf),
        .canonical(
            "evidence",
            [
                Evidence.self, ActorBody.self, DecisionBody.self, DepositBody.self, EmergencyBody.self, Erasure.self,
                ErasureBody.self, GrantBody.self,
                KeyRevocationBody.self, PolicyFiles.self, RevocationBody.self, ReviewBody.self, Descriptor.self,
                DepositPermission.self,
                RecipientList.self,
                SlotProof.self, Claims.self, AnchorTree.self,
            ]),
        .canonical(
            "state",
            [
                ActorState.self, CompartmentState.self, DescriptorState.self, EmergencyDeclaration.self, EmergencyState.self,
                GrantState.self, GrantTerms.self, KeyUse.self,
                LeafIndex.self, LedgerState.self, ListHash.self, Name.self, OpenGrants.self, PolicyState.self, RecordState.self,
            ]),
    ]

    /// The rules run on every leaf that parses, as the first of a ledger and as the second: they refuse or change, and do the same
    /// again. Signatures are taken for good, or no input would come far.
    private static func checkLeaf(_ bytes: [UInt8]) {
        if let entry = try? Entry(canonical: bytes) {
            require(entry.canonicalBytes == bytes, "an entry has one encoding")
            _ = try? entry.verifySignatures()
        }
        guard let leaf = try? Leaf(canonical: bytes) else { return }
        require(leaf.canonicalBytes == bytes, "a leaf has one encoding")
        for (index, state) in [MemoryState(), begun].enumerated() {
            let (once, twice) = (applied(leaf, at: UInt64(index), to: state), applied(leaf, at: UInt64(index), to: state))
            require(once == twice, "the rules always say the same")
        }
    }

    private static func applied(_ leaf: Leaf, at index: UInt64, to state: MemoryState) -> MemoryState? {
        let previousTime = index == 0 ? nil : leaf.time
        guard let changes = try? Contract.apply(leaf, at: index, after: previousTime, to: state, trusting: .signatures) else {
            return nil
        }
        var state = state
        state.apply(changes)
        return state
    }

    /// A ledger with one member: origin and keys are those of `fixtures/vectors/formats/entries.json`.
    private static let begun: MemoryState = {
        let key = Self.key("north")
        guard let origin = TextLine("north.example/ledger"), let name = TextLine("North Consortium") else {
            fatalError("a fixture's values are what they are")
        }
        let change = MemberChange.add(
            MemberChange.Member(key: key.publicKey, name: name, address: name),
            genesis: MemberChange.Genesis(rulesVersion: 1, ledgerKey: Self.key("ledger").publicKey))
        let entry = Entry(origin: origin, bodiless: .member(change)).signed(with: key)
        guard let state = applied(Leaf(time: Minute(0), entry: entry), at: 0, to: MemoryState()) else {
            fatalError("a ledger can begin")
        }
        return state
    }()

    private static func key(_ name: String) -> Ed25519.PrivateKey {
        Ed25519.PrivateKey(seed: SecretBytes(copying: SHA256.hash(Array(name.utf8)).bytes.span))
    }
}
