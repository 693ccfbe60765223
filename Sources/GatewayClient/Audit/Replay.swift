import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import MerkleLedger
package import SharingContract
import MedicalRecords

/// Checks an exported ledger from its first leaf on, and makes every decision again.
package struct Replay {
    /// What was found. Anything that does not hold is a `Finding`, and one is enough.
    package struct Report: Sendable {
        package internal(set) var leaves: UInt64 = 0
        package internal(set) var signatures = 0
        /// Decisions made again, and of those the ones that came out the same.
        package internal(set) var decisions = 0
        package internal(set) var same = 0
        package internal(set) var released = 0
        package internal(set) var refused = 0
        /// Decisions on records whose facts were erased since: some of their inputs are gone, so they cannot be made again from what the
        /// ledger says. Neither in `decisions` nor in `same`.
        package internal(set) var erased = 0
        package internal(set) var findings: [Finding] = []

        package var isClean: Bool { findings.isEmpty }
    }

    package struct Finding: Error, Hashable, Sendable {
        package enum What: Hashable, Sendable {
            case checkpoint
            case root
            case timeOrRule(Refusal)
            case evidenceMissing
            case evidenceRule(Refusal)
            case decisionUnreadable
            case decisionInputs
            case decisionDiffers
            case requestNotSigned
        }

        /// `nil` for what concerns the ledger as a whole.
        package let leaf: UInt64?
        package let what: What
    }

    private let export: AuditExport
    private let pin: Pin
    private var state = MemoryState()
    private var tree = TreeAccumulator()
    private var time: Minute?
    private var report = Report()
    /// Category of each descriptor, and which of them were erased before the export.
    private var facts: [Hash: DescriptorFacts] = [:]

    /// Descriptors that the evidence leaves out as erased, and where. An erasure on the ledger must say so.
    private var hidden: [Hash: UInt64] = [:]

    private struct DescriptorFacts {
        let record: Descriptor.RecordID
        let category: UInt16
        let isRetracted: Bool
    }

    private init(_ export: AuditExport, _ pin: Pin) {
        self.export = export
        self.pin = pin
    }

    /// - Parameter decisions: whether to make the decisions again, or only to check signatures, rules and evidence.
    package static func run(_ export: AuditExport, pin: Pin, decisions: Bool, progress: (UInt64, UInt64) -> Void) -> Report {
        var replay = Replay(export, pin)
        leaves: for (index, leaf) in export.leaves.enumerated() {
            do throws(Finding) {
                try replay.apply(leaf, at: UInt64(index), decisions: decisions)
            } catch {
                replay.report.findings.append(error)
                // What follows stands on what did not hold.
                if case .timeOrRule = error.what { break leaves }
            }
            if index.isMultiple(of: 256) { progress(UInt64(index), UInt64(export.leaves.count)) }
        }
        replay.checkErasures()
        replay.checkHead()
        return replay.report
    }

    private mutating func checkErasures() {
        for (commitment, leaf) in hidden.sorted(by: { $0.value < $1.value })
        where ((try? state.erasure(of: commitment)) ?? nil) == nil {
            report.findings.append(Finding(leaf: leaf, what: .evidenceMissing))
        }
    }

    private mutating func checkHead() {
        guard let name = KeyName(pin.origin.text),
            let checkpoint = try? Checkpoint.open(
                export.note, origin: pin.origin, key: VerifierKey(name: name, kind: .ed25519, publicKey: pin.ledgerKey)),
            export.leaves.first.map({ Hash.leaf($0.canonicalBytes) }) == pin.genesis
        else {
            report.findings.append(Finding(leaf: nil, what: .checkpoint))
            return
        }
        guard checkpoint.checkpoint.size == tree.count, checkpoint.checkpoint.rootHash == tree.root else {
            report.findings.append(Finding(leaf: nil, what: .root))
            return
        }
    }

    private mutating func apply(_ leaf: Leaf, at index: UInt64, decisions: Bool) throws(Finding) {
        defer { tree.append(Hash.leaf(leaf.canonicalBytes)) }
        var changes: [StateChange]
        do {
            changes = try Contract.apply(leaf, at: index, after: time, to: state)
        } catch {
            throw Finding(leaf: index, what: .timeOrRule(error as? Refusal ?? .bodyContradicts))
        }
        report.leaves += 1
        report.signatures += leaf.entry.signatures.count
        time = leaf.time
        defer { state.apply(changes) }
        guard let evidence = export.evidence[index] else { throw Finding(leaf: index, what: .evidenceMissing) }
        do {
            changes += try EvidenceRules.apply(evidence, of: leaf, at: index, to: state)
        } catch {
            throw Finding(leaf: index, what: .evidenceRule(error as? Refusal ?? .bodyContradicts))
        }
        remember(evidence, at: index)
        if decisions, case .decision(let decision) = leaf.entry.event { try redo(decision, leaf, index, evidence) }
    }

    private mutating func remember(_ evidence: Evidence, at index: UInt64) {
        for slot in evidence.tree?.slots.values ?? [:].values {
            guard case .descriptor(let descriptor, let salt) = slot else {
                hidden[slot.commitment] = index
                continue
            }
            guard let stored = try? StoredFacts(canonical: descriptor.facts) else { continue }
            facts[descriptor.commitment(salt: salt)] = DescriptorFacts(
                record: descriptor.record, category: stored.category.code, isRetracted: descriptor.state == .enteredInError)
        }
    }
}

extension Replay {
    /// Gathers the inputs anew from the ledger and its evidence, compares them with those recorded, decides, and compares.
    private mutating func redo(_ decision: Decision, _ leaf: Leaf, _ index: UInt64, _ evidence: Evidence) throws(Finding) {
        guard let body = try? DecisionBody(canonical: evidence.body), let request = try? Request(canonical: body.request),
            let record = try? DecisionRecord(canonical: body.record), let inputs = record.inputs(request),
            record.engine.text == PlainEngine.name
        else { throw Finding(leaf: index, what: .decisionUnreadable) }
        try checkHTTPSignature(body, request, index)
        guard inputs.now == leaf.time, inputs.grant == grantFacts(request, body), recordsAgree(record, request) else {
            throw Finding(leaf: index, what: .decisionInputs)
        }
        let isErased = record.records.contains { hidden[$0.commitment] != nil }
        if isErased { report.erased += 1 } else { report.decisions += 1 }
        guard PlainEngine.decide(inputs) == record.verdict, outcomeAgrees(decision, body, record) else {
            throw Finding(leaf: index, what: .decisionDiffers)
        }
        if !isErased { report.same += 1 }
        if case .released = decision.outcome { report.released += 1 } else { report.refused += 1 }
    }

    /// The actor signed the HTTP message that carried exactly this request.
    private func checkHTTPSignature(_ body: DecisionBody, _ request: Request, _ index: UInt64) throws(Finding) {
        let message = RequestRecords(request: body.request, releaseSignature: body.releaseSignature).canonicalBytes
        let base = String(decoding: body.signatureBase, as: UTF8.self)
        let digestLine = "\"content-digest\": \(ContentDigest(of: message).fieldValue)\n"
        guard base.contains(digestLine), (try? request.actor.verify(body.httpSignature, of: body.signatureBase)) != nil else {
            throw Finding(leaf: index, what: .requestNotSigned)
        }
    }

    private func grantFacts(_ request: Request, _ body: DecisionBody) -> GrantFacts? {
        guard let grant = try? state.grant(request.grant), let terms = try? state.terms(of: request.grant) else { return nil }
        let bytes = RequestHash(of: body.request).releaseBytes(grant: request.grant)
        let isSigned = (try? grant.grant.release.verify(body.releaseSignature, .release, origin: pin.origin, bytes)) != nil
        return GrantFacts(
            control: grant.grant.control, compartment: terms.compartment, grantee: terms.grantee, consent: terms.consent,
            from: grant.grant.from, until: grant.grant.until, isRevoked: grant.revokedAt != nil, isReleaseSigned: isSigned)
    }

    /// Every record that was looked at is one of the compartment, where it is said to be and, unless it was erased since, of the category
    /// it is said to be.
    private func recordsAgree(_ record: DecisionRecord, _ request: Request) -> Bool {
        guard let terms = try? state.terms(of: request.grant) else { return record.records.isEmpty }
        return record.records.allSatisfy { candidate in
            guard let known = try? state.descriptor(candidate.commitment), known.compartment == terms.compartment,
                known.position == candidate.position
            else { return false }
            if hidden[candidate.commitment] != nil { return true }
            guard let facts = facts[candidate.commitment] else { return false }
            return facts.record.value == candidate.record && facts.category == candidate.category
                && facts.isRetracted == candidate.isRetracted
        }
    }

    /// What was released is what the verdict names, neither more nor less.
    private func outcomeAgrees(_ decision: Decision, _ body: DecisionBody, _ record: DecisionRecord) -> Bool {
        let released = Set(body.released.map(\.descriptorCommitment))
        switch (decision.outcome, record.verdict) {
        case (.refused, .denied): return released.isEmpty
        case (.released, .allowed):
            return released == Set(record.released.map(\.commitment)) && released.count == body.released.count
        default: return false
        }
    }
}
