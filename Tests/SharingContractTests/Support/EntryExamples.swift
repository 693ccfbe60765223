import AccessPolicy
import CryptoPrimitives
import SharingContract
import TestSupport
import Testing

/// One entry of each kind, with its evidence and what its body says.
struct EntryExamples {
    struct Example {
        let name: String
        let entry: Entry
        let event: Shown
        let evidence: Evidence
        let body: Shown?
    }

    private let world: World

    init(_ world: World) {
        self.world = world
    }

    func all() throws -> [Example] {
        [
            member(), addition(), removal(), rekey(), actor(.clinic), actor(.auditor), keyRevocation(), compartment(),
            try deposit(),
            try grant(),
            try delegation(), try delegated(), try grantWithCommitment(),
            revocation(), try decision(isReleased: true), try decision(isReleased: false),
            try decision(isReleased: true, isEmergency: true), emergencyAccess(), try review(), erasure(), successor(),
            try policySet(), try claimsAnchors(),
        ]
    }

    private func example(
        _ name: String, _ event: Event, _ shown: Shown, by signers: [String], body: (any Body)? = nil, tree: Evidence.Tree? = nil,
        bodyShown: Shown? = nil
    ) -> Example {
        let evidence = body.map { Evidence(salt: World.salt, body: $0.canonicalBytes, tree: tree) } ?? .none
        return Example(
            name: name, entry: world.entry(event, by: signers, evidence: evidence), event: shown, evidence: evidence,
            body: bodyShown)
    }
}

// Who takes part.
extension EntryExamples {
    private func member() -> Example {
        let member = MemberChange.Member(
            key: publicKey("north"), name: line("North Consortium"), address: line("https://north.example"))
        let genesis = MemberChange.Genesis(rulesVersion: 1, ledgerKey: publicKey("ledger"))
        return example(
            "member", .member(.add(member, genesis: genesis)),
            fields([
                "change": 1, "key": member.key, "name": member.name, "address": member.address,
                "genesis": fields(["begins": true, "rules version": genesis.rulesVersion, "ledger key": genesis.ledgerKey]),
            ]), by: ["north"])
    }

    private func addition() -> Example {
        let member = MemberChange.Member(
            key: publicKey("south"), name: line("South Consortium"), address: line("https://south.example"))
        return example(
            "member added", .member(.add(member, genesis: nil), since: 0),
            fields([
                "change": 1, "key": member.key, "name": member.name, "address": member.address,
                "genesis": fields(["begins": false, "since": 0]),
            ]), by: ["north"])
    }

    private func successor() -> Example {
        let member = MemberChange.Member(
            key: publicKey("north"), name: line("North Consortium"), address: line("https://north.example"))
        let predecessor = MemberChange.Predecessor(origin: line("north.example/before"), size: 14, root: SHA256.hash([1]))
        let genesis = MemberChange.Genesis(rulesVersion: 1, ledgerKey: publicKey("ledger"), predecessor: predecessor)
        return example(
            "member, successor", .member(.add(member, genesis: genesis)),
            fields([
                "change": 4, "key": member.key, "name": member.name, "address": member.address,
                "rules version": genesis.rulesVersion, "ledger key": genesis.ledgerKey,
                "predecessor": fields(["origin": predecessor.origin, "size": predecessor.size, "root": predecessor.root]),
            ]), by: ["north"])
    }

    private func removal() -> Example {
        example(
            "member removed", .member(.remove(publicKey("south")), since: 12),
            fields(["change": 2, "key": publicKey("south"), "since": 12]), by: ["north", "west"])
    }

    private func rekey() -> Example {
        example(
            "member re-keyed", .member(.rekey(old: publicKey("north"), new: publicKey("north/1")), since: 0),
            fields(["change": 3, "old": publicKey("north"), "new": publicKey("north/1"), "since": 0]), by: ["north"])
    }

    private func actor(_ role: Actor.Role) -> Example {
        let actor = world.actor(role == .auditor ? "state auditor" : "hillside", role: role)
        let body = ActorBody(identifiers: line("NPI 1234567893"))
        return example(
            role == .auditor ? "auditor" : "actor", .actor(actor),
            fields([
                "key": actor.key, "recipient": actor.recipient, "name": actor.name, "role": actor.role.rawValue,
                "end": actor.end, "mandate": actor.mandate,
            ]), by: ["north", "south"], body: body, bodyShown: fields(["identifiers": body.identifiers]))
    }

    private func keyRevocation() -> Example {
        let body = KeyRevocationBody(note: line("laptop lost"))
        return example(
            "key-revocation", .keyRevocation(KeyRevocation(key: publicKey("hillside"), reason: .compromised)),
            fields(["key": publicKey("hillside"), "reason": 1]), by: ["hillside"], body: body,
            bodyShown: fields(["note": body.note]))
    }

    private func policySet() throws -> Example {
        let files = try PolicyFiles([
            PolicyFiles.schemaName: Array("entity User; entity Record;\n".utf8), "institution/roles.cedar": [],
            "statute/part2.cedar": Array("// 42 CFR Part 2\n".utf8),
        ])
        return example(
            "policy-set", .policySet(PolicyPublication(root: files.root, since: 4)), fields(["root": files.root, "since": 4]),
            by: ["north", "south"], body: files,
            bodyShown: fields(["files": files.files.map { fields(["name": $0.name, "content": $0.content]) }]))
    }
}

// What a patient does.
extension EntryExamples {
    private func compartment() -> Example {
        let compartment = world.compartment("ana/laboratory")
        return example(
            "compartment", .compartment(compartment),
            fields([
                "key": compartment.key, "next": compartment.next, "recovery": compartment.recovery, "predecessor": nil,
            ]), by: ["ana/laboratory"])
    }

    private func grant() throws -> Example { try grant("grant", "grant", to: "lakeside") }

    /// To a person, who may decide.
    private func delegation() throws -> Example {
        try grant("delegation", "delegation", to: "delegation/release", power: .passingOn)
    }

    private func delegated() throws -> Example {
        try grant("grant under a delegation", "delegated", to: "lakeside", under: "delegation")
    }

    private func grantWithCommitment() throws -> Example {
        let committed = try committed("grant", to: "lakeside")
        return try grant("grant with a commitment", "grant", to: "lakeside", committed)
    }

    private func grant(
        _ title: String, _ name: String, to grantee: String, power: GrantBody.Power = .none, under delegation: String? = nil,
        _ committed: GrantCommitment? = nil
    ) throws -> Example {
        let grant = world.grant(name, commitment: committed?.commitment)
        let list = try ContractFormats.second(world)
        let authority = delegation.map { GrantBody.Authority(grant: publicKey($0), release: publicKey($0 + "/release")) }
        let bodyFields = GrantBody.Fields(
            grantee: publicKey(grantee), power: power, authority: authority,
            consent: try Self.consent(),
            compilation: try #require(Hash(try FormatFile("requests.json").bytes("compilation", "hash"))),
            sealedSeed: try FormatFile("keys.json").bytes("grant seed", "sealed"), recipient: recipient(name),
            recipientList: list.hash, proof: committed?.proof)
        let body = GrantBody(
            bodyFields, of: grant, in: publicKey("ana/laboratory"),
            signingWith: key(delegation.map { $0 + "/release" } ?? "ana/laboratory"), origin: world.origin)
        return example(
            title, .grant(grant),
            fields([
                "control": grant.control, "release": grant.release, "from": grant.from, "until": grant.until,
                "commitment": grant.commitment?.encoded,
            ]), by: [name], body: body,
            bodyShown: fields([
                "compartment": body.compartment, "grantee": body.grantee, "power": body.power.rawValue,
                "authority": body.authority.map { fields(["grant": $0.grant, "release": $0.release]) },
                "consent": body.consent, "compilation": body.compilation, "sealed seed": body.sealedSeed,
                "recipient": body.recipient, "recipient list": body.recipientList, "proof": body.proof,
                "signature": body.signature,
            ]))
    }

    private static func consent() throws -> [UInt8] { try FormatFile("requests.json").bytes("consent", "bytes") }

    /// By the patient of `keys.json#patient`, derived as docs/proofs.md, section 4, has it.
    private func committed(_ name: String, to grantee: String) throws -> GrantCommitment {
        let grant = world.grant(name)
        let scope = ConsentScope(
            control: grant.control, compartment: publicKey("ana/laboratory"), grantee: publicKey(grantee), from: grant.from,
            until: grant.until)
        let seed = SecretBytes(copying: SHA256.hash(Array("ana".utf8)).bytes.span)
        let secret = SubkeyDerivation.deriveKey(from: seed, number: 0, context: "cdn-hold")
        let infos = [Array("cordon/grant-blinding/v1".utf8) + grant.control.bytes, Array("cordon/holder/v1".utf8)]
        let opening = SG3072.SecretScalars(count: 2) {
            SG3072.SecretScalar(reducing: HKDF.deriveKey(from: secret, info: infos[$0], count: 48))
        }
        return GrantCommitment(
            to: GrantAttributes(consent: try Self.consent(), scope, isUnderAuthority: false), of: grant.control,
            origin: world.origin, opening: opening, secret: secret, randomness: SecretBytes(copying: World.salt.bytes.span))
    }

    private func revocation() -> Example {
        let body = RevocationBody(reason: line("moved away"), recipientList: world.list("ana/laboratory").hash)
        return example(
            "revocation", .revocation(Revocation(grant: publicKey("grant"))), fields(["grant": publicKey("grant")]), by: ["grant"],
            body: body, bodyShown: fields(["reason": body.reason, "recipient list": body.recipientList]))
    }

    private func erasure() -> Example {
        let erasure = Erasure(basis: .patientsWish, commitments: [SHA256.hash([1]), SHA256.hash([2])])
        let body = ErasureBody(of: erasure, signingWith: key("ana/laboratory"), origin: world.origin)
        return example(
            "erasure", .erasure(erasure), fields(["basis": erasure.basis.rawValue, "commitments": erasure.commitments]),
            by: ["north"], body: body, bodyShown: fields(["compartment": body.compartment, "signature": body.signature]))
    }
}

// What a gateway does.
extension EntryExamples {
    func deposit() throws -> Example {
        let body = DepositBody(
            compartment: publicKey("ana/laboratory"), recipientList: try ContractFormats.second(world).hash,
            permission: world.permission("ana/laboratory", for: "hillside"))
        let tree = ContractFormats.tree(try ContractFormats.laboratory(world), try ContractFormats.referral(world))
        return example(
            "deposit", .deposit(Deposit(root: tree.slotTree.root)), fields(["root": tree.slotTree.root]), by: ["north"], body: body,
            tree: tree,
            bodyShown: fields([
                "compartment": body.compartment, "recipient list": body.recipientList,
                "permission": body.permission.canonicalBytes,
            ]))
    }

    private func decision(isReleased: Bool, isEmergency: Bool = false) throws -> Example {
        let requests = FormatFile("requests.json")
        let request = try requests.bytes(isEmergency ? "emergency request" : "request", "bytes")
        let hash = RequestHash(of: request)
        let signature = key("grant/release").sign(.release, origin: world.origin, hash.releaseBytes(grant: publicKey("grant")))
        let http = try message(request, signature)
        // What requests.json's record names as released.
        let released = isReleased ? [(UInt8(77), UInt8(1)), (150, 3)] : []
        let body = DecisionBody(
            compartment: publicKey("ana/laboratory"), request: request, releaseSignature: signature,
            signatureBase: http, httpSignature: key("lakeside").sign(http), blind: World.salt,
            record: try requests.bytes(isEmergency ? "emergency release" : isReleased ? "release" : "refusal", "bytes"),
            seed: World.salt,
            released: released.map { slot, number in
                .init(slot: slot, salt: SHA256.hash([slot]).value, descriptorCommitment: SHA256.hash([number]))
            })
        let refusal = Decision.RefusalCommitment(blind: World.salt, request: hash)
        let outcome: Decision.Outcome =
            isReleased
            ? .released(.init(grant: publicKey("grant"), request: hash, signature: signature, emergency: isEmergency ? 12 : nil))
            : .refused(refusal)
        let event =
            isReleased
            ? fields([
                "root": body.tree.root, "released": true, "grant": publicKey("grant"), "request": hash, "release": signature,
                "emergency leaf": isEmergency ? 12 : nil,
            ]) : fields(["root": body.tree.root, "released": false, "refusal": refusal.value])
        return example(
            isEmergency ? "emergency release" : isReleased ? "release" : "refusal",
            .decision(Decision(root: body.tree.root, outcome: outcome)), event, by: ["north"],
            body: body, bodyShown: shown(body))
    }

    /// The signature base of the message that carries a request: that of `http.json`, over these bytes.
    private func message(_ request: [UInt8], _ signature: Ed25519.Signature) throws -> [UInt8] {
        var writer = CanonicalWriter()
        writer.string(request, length: UInt16.self)
        writer.signature(signature)
        let digest = "\"content-digest\": sha-256=:\(Base64.encode(SHA256.hash(writer.bytes).bytes)):"
        let lines = try FormatFile("http.json").text("request", "base").split(separator: "\n").map { line in
            line.hasPrefix("\"content-digest\"") ? digest : String(line)
        }
        return Array(lines.joined(separator: "\n").utf8)
    }

    private func claimsAnchors() throws -> Example {
        let tree = try ContractFormats.anchorTree()
        return example(
            "claims-anchors", .claimsAnchors(tree.publication), fields(["root": tree.root, "count": tree.hashes.count]),
            by: ["north"])
    }

    private func emergencyAccess() -> Example {
        let body = EmergencyBody(world.declaration(), signingWith: key("desk"), origin: world.origin)
        let access = world.access()
        return example(
            "emergency-access", .emergencyAccess(access), fields(["grant": access.grant, "due": access.due]), by: ["north"],
            body: body, bodyShown: fields(["declaration": body.declaration.canonicalBytes, "signature": body.signature]))
    }

    private func review() throws -> Example {
        let body = try #require(
            ReviewBody(finding: .notJustified, reviewer: line("Dr. Brandt"), note: line("the patient could have been asked")))
        return example(
            "review", .review(Review(emergency: 12)), fields(["emergency": 12]), by: ["north"], body: body,
            bodyShown: fields(["finding": body.finding.rawValue, "reviewer": body.reviewer, "note": body.note]))
    }

    private func shown(_ body: DecisionBody) -> Shown {
        fields([
            "compartment": body.compartment, "request": body.request, "release": body.releaseSignature,
            "signature base": body.signatureBase, "HTTP signature": body.httpSignature, "blind": body.blind,
            "record": body.record, "seed": body.seed,
            "released": body.released.map {
                fields(["slot": $0.slot, "salt": $0.salt, "commitment": $0.descriptorCommitment])
            },
            "root": body.tree.root,
        ])
    }
}

extension ContractFormats {
    static func example(_ example: EntryExamples.Example) throws -> Shown {
        let entry = example.entry
        let leaf = Leaf(time: Minute(20_778 * Minute.perDay + 600), entry: entry)
        guard try Leaf(canonical: leaf.canonicalBytes) == leaf else { throw FormatError.notCanonical }
        return try TestSupport.example(
            entry,
            [
                "origin": entry.origin, "kind": entry.event.kind.rawValue, "event": example.event, "body": entry.bodyCommitment,
                "signatures": entry.signatures.map { fields(["key": $0.key, "signature": $0.signature]) },
            ],
            more: [
                "leaf": fields(["time": leaf.time, "bytes": leaf.canonicalBytes, "hash": Hash.leaf(leaf.canonicalBytes)]),
                "evidence": try Self.example(example.evidence), "body": example.body,
            ])
    }
}
