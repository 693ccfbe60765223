import CryptoPrimitives

/// The rules that need the bodies: run by the gateway before it appends, and by the patient and the auditor after.
///
/// They come after `Contract.apply` of the same leaf, on the state before it.
package struct EvidenceRules: Sendable {
    let leaf: Leaf
    let index: UInt64
    let evidence: Evidence
    let trust: Contract.Trust

    /// What the evidence changes. Throws a `Refusal`, or what `state` throws.
    package static func apply(
        _ evidence: Evidence, of leaf: Leaf, at index: UInt64, to state: some StateReader, trusting trust: Contract.Trust = .nothing
    ) throws -> [StateChange] {
        let kind = leaf.entry.event.kind
        let commitment = bodyCommitment(kind: kind, salt: evidence.salt, body: evidence.body)
        guard commitment == leaf.entry.bodyCommitment else { throw Refusal.bodyNotCommitted }
        guard (evidence.tree != nil) == (kind == .deposit) else { throw Refusal.bodyContradicts }
        return try EvidenceRules(leaf: leaf, index: index, evidence: evidence, trust: trust).apply(to: state)
    }

    private func apply(to state: some StateReader) throws -> [StateChange] {
        switch leaf.entry.event {
        case .member, .compartment, .claimsAnchors:
            // The contract has seen that these commit to the empty body.
            return []
        case .actor:
            _ = try body(ActorBody.self)
            return []
        case .keyRevocation:
            _ = try body(KeyRevocationBody.self)
            return []
        case .deposit(let deposit): return try apply(deposit, state)
        case .grant(let grant): return try apply(grant, state)
        case .revocation(let revocation): return try apply(revocation, state)
        case .decision(let decision): return try apply(decision, state)
        case .emergencyAccess(let access): return try apply(access, state)
        case .review:
            _ = try body(ReviewBody.self)
            return []
        case .policySet(let publication):
            guard try body(PolicyFiles.self).root == publication.root else { throw Refusal.bodyContradicts }
            return []
        case .erasure(let erasure): return try apply(erasure, state)
        }
    }

    private func body<Content: Body>(_: Content.Type) throws(Refusal) -> Content {
        do { return try Content(canonical: evidence.body) } catch { throw .bodyMalformed }
    }

    private var origin: TextLine { leaf.entry.origin }

    private func requireLive(_ compartment: Ed25519.PublicKey, _ state: some StateReader) throws {
        guard let known = try state.compartment(compartment), !known.isSuperseded else { throw Refusal.notLive }
    }

    func requireLiveActor(_ key: Ed25519.PublicKey, _ state: some StateReader) throws {
        guard let actor = try state.actor(key), actor.isLive(on: leaf.time.day) else { throw Refusal.notLive }
    }

    private func authentic(_ verify: () throws(Ed25519.SignatureError) -> Void) throws(Refusal) {
        guard trust == .nothing else { return }
        do { try verify() } catch { throw .signatureNotAuthentic }
    }
}

extension EvidenceRules {
    private func apply(_ deposit: Deposit, _ state: some StateReader) throws -> [StateChange] {
        let body = try body(DepositBody.self)
        guard let tree = evidence.tree, !tree.slots.isEmpty, tree.slotTree.root == deposit.root else {
            throw Refusal.bodyContradicts
        }
        try requireLive(body.compartment, state)
        try requirePermission(body.permission, for: body.compartment, state)
        // Who sees a compartment's first list here takes it as the first; a gateway has checked it when the compartment was opened.
        if let newest = try state.newestList(of: body.compartment), newest.hash != body.recipientList {
            throw Refusal.listNotNewest
        }
        try requireDistinctRecords(tree)
        var changes = [StateChange(.newestList(body.compartment), ListHash(body.recipientList))]
        for (slot, content) in tree.slots {
            let commitment = content.commitment
            var known = DescriptorState(
                compartment: body.compartment, position: Self.position(leaf: index, slot: slot), record: nil)
            if case .descriptor(let descriptor, _) = content {
                known.record = descriptor.record
                changes.append(try apply(descriptor, commitment, body, state))
            }
            changes.append(StateChange(.descriptor(commitment), known))
        }
        return changes
    }

    private func requireDistinctRecords(_ tree: Evidence.Tree) throws(Refusal) {
        var records: Set<Descriptor.RecordID> = []
        for case .descriptor(let descriptor, _) in tree.slots.values where !records.insert(descriptor.record).inserted {
            throw .bodyContradicts
        }
    }

    private func requirePermission(
        _ permission: DepositPermission, for compartment: Ed25519.PublicKey, _ state: some StateReader
    ) throws {
        guard permission.compartment == compartment else { throw Refusal.bodyContradicts }
        guard leaf.time.day < permission.until else { throw Refusal.badWindow }
        try requireLiveActor(permission.clinic, state)
        try authentic { () throws(Ed25519.SignatureError) in try permission.verifySignature(origin: origin) }
    }

    /// A record's versions count up from 1, and one depositor makes them all. What was entered in error has no later version, and is no
    /// first one.
    private func apply(
        _ descriptor: Descriptor, _ commitment: Hash, _ body: DepositBody, _ state: some StateReader
    ) throws -> StateChange {
        guard descriptor.depositor == body.permission.clinic else { throw Refusal.bodyContradicts }
        try authentic { () throws(Ed25519.SignatureError) in
            try descriptor.verifySignature(origin: origin, compartment: body.compartment)
        }
        var record =
            try state.record(descriptor.record)
            ?? RecordState(depositor: descriptor.depositor, compartment: body.compartment)
        guard record.depositor == descriptor.depositor, record.compartment == body.compartment,
            record.versions.count < RecordState.maximumVersions, Int(descriptor.version) == record.versions.count + 1
        else { throw Refusal.bodyContradicts }
        guard !record.isRetracted, descriptor.state == .current || !record.versions.isEmpty else { throw Refusal.notLive }
        // Nothing is claimed of what was entered in error.
        guard descriptor.state == .current || descriptor.claims == nil else { throw Refusal.bodyContradicts }
        record.versions.append(commitment)
        record.isRetracted = descriptor.state == .enteredInError
        return StateChange(.record(descriptor.record), record)
    }

    /// Where a descriptor stands: orders all descriptors of a ledger.
    package static func position(leaf: UInt64, slot: UInt8) -> UInt64 {
        leaf << 8 | UInt64(slot)
    }

    private func apply(_ grant: Grant, _ state: some StateReader) throws -> [StateChange] {
        let body = try body(GrantBody.self)
        guard (grant.commitment == nil) == (body.proof == nil) else { throw Refusal.commitmentNotProven }
        try requireLive(body.compartment, state)
        try requireGrantee(of: grant, body, state)
        if let authority = body.authority { try requireAuthority(authority, for: grant, body, state) }
        try authentic { () throws(Ed25519.SignatureError) in try body.verifySignature(of: grant, origin: origin) }
        var open = try state.openGrants(of: body.compartment)
        try open.insert(grant.control)
        return [
            StateChange(.grantTerms(grant.control), GrantTerms(body)),
            StateChange(.openGrants(body.compartment), open),
            StateChange(.newestList(body.compartment), ListHash(body.recipientList)),
        ]
    }

    /// With a delegation ends what was granted under it: nobody can use or revoke it any more.
    private func apply(_ revocation: Revocation, _ state: some StateReader) throws -> [StateChange] {
        let body = try body(RevocationBody.self)
        guard let terms = try state.terms(of: revocation.grant) else { throw Refusal.notLive }
        if terms.authority != nil { try requireNewest(body.recipientList, of: terms.compartment, state) }
        var gone: Set = [revocation.grant]
        if terms.power != .none {
            gone.formUnion(try state.grants(under: revocation.grant, of: terms.compartment).map(\.state.grant.control))
        }
        var open = try state.openGrants(of: terms.compartment)
        open.remove(gone)
        return [
            StateChange(.openGrants(terms.compartment), open),
            StateChange(.newestList(terms.compartment), ListHash(body.recipientList)),
        ]
    }

    private func apply(_ decision: Decision, _ state: some StateReader) throws -> [StateChange] {
        let body = try body(DecisionBody.self)
        guard body.root == decision.root else { throw Refusal.bodyContradicts }
        let request = RequestHash(of: body.request)
        switch decision.outcome {
        case .refused(let commitment):
            guard commitment == Decision.RefusalCommitment(blind: body.blind, request: request), body.released.isEmpty
            else { throw Refusal.bodyContradicts }
        case .released(let release):
            guard release.request == request, release.signature == body.releaseSignature, !body.released.isEmpty,
                let terms = try state.terms(of: release.grant), terms.compartment == body.compartment
            else { throw Refusal.bodyContradicts }
            if let emergency = release.emergency { try requireInForce(emergency, state) }
            for released in body.released {
                guard try state.descriptor(released.descriptorCommitment)?.compartment == terms.compartment
                else { throw Refusal.bodyContradicts }
            }
        }
        return []
    }

    /// Declared by a live desk, for this grant, and once.
    private func apply(_ access: EmergencyAccess, _ state: some StateReader) throws -> [StateChange] {
        let body = try body(EmergencyBody.self)
        let declaration = body.declaration
        guard declaration.grant == access.grant else { throw Refusal.bodyContradicts }
        guard let desk = try state.actor(declaration.desk), desk.isLive(on: leaf.time.day) else { throw Refusal.notLive }
        guard desk.actor.role == .emergencyDesk else { throw Refusal.signerNotAllowed }
        try authentic { () throws(Ed25519.SignatureError) in try body.verifySignature(origin: origin) }
        guard try state.declared(declaration.hash) == nil else { throw Refusal.unchanged }
        return [
            StateChange(.emergencyTerms(index), declaration),
            StateChange(.declaration(declaration.hash), LeafIndex(index)),
        ]
    }

    private func requireInForce(_ emergency: UInt64, _ state: some StateReader) throws {
        guard let opened = try state.emergency(emergency), let declaration = try state.emergencyTerms(of: emergency),
            leaf.time < declaration.end(from: opened.openedAt)
        else { throw Refusal.emergencyNotInForce }
    }

    /// A record goes with all its versions.
    private func apply(_ erasure: Erasure, _ state: some StateReader) throws -> [StateChange] {
        let body = try body(ErasureBody.self)
        try authentic { () throws(Ed25519.SignatureError) in try body.verifySignature(of: erasure, origin: origin) }
        return try erasure.commitments.flatMap { commitment in
            guard var known = try state.descriptor(commitment), known.compartment == body.compartment
            else { throw Refusal.bodyContradicts }
            // A holder of evidence from after the erasure does not know which record this was.
            guard let record = known.record else { return [StateChange]() }
            let versions = try state.record(record)?.versions ?? []
            guard versions.allSatisfy(erasure.commitments.contains) else { throw Refusal.bodyContradicts }
            known.record = nil
            return [StateChange(.descriptor(commitment), known), StateChange(removing: .record(record))]
        }
    }
}
