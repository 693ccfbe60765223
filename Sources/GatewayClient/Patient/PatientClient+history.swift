package import AccessPolicy
package import CryptoPrimitives
import EnvelopeEncryption
import GatewayAPI
package import SharingContract
import MedicalRecords

extension PatientClient {
    /// One line of the patient's own log.
    package struct LogLine: Sendable {
        package enum What: Sendable {
            case granted(GivenGrant)
            case revoked(GivenGrant)
            /// The grant had run out, and its end was written down.
            case ranOut(GivenGrant)
            /// A later version of a record, by its depositor.
            case corrected(ChangedRecord)
            /// A later version with the same content, its depositor says, and other labels.
            case relabelled(ChangedRecord)
            /// The depositor said that the record had been entered in error.
            case retracted(ChangedRecord)
            /// `nil` where the gateway kept the evidence back: the release stands on the ledger all the same.
            case released(GivenGrant, RequestDetails?)
            case refused(GivenGrant, RequestDetails, Verdict.Reason)
            case erased(category: UInt16, count: Int)
            /// Told by the ledger; what was declared and found by the gateway, which could keep it back.
            case emergency(GivenGrant, EmergencyDetails)
        }

        package let leaf: UInt64
        package let time: Minute
        package let what: What
    }

    package struct ChangedRecord: Sendable {
        package let category: UInt16
        package let descriptor: Descriptor
        /// What is different about the labels from the version before; `nil` if nothing is.
        package let labels: LabelDifference?
    }

    package struct EmergencyDetails: Sendable {
        package let state: EmergencyState
        /// `nil` where the gateway kept it back.
        package internal(set) var declaration: EmergencyDeclaration?
        package internal(set) var deskName: TextLine?
        /// `nil` where there is no review yet, or the gateway kept it back.
        package internal(set) var review: ReviewBody?
    }

    package struct RequestDetails: Sendable {
        package let request: Request
        package let actorName: TextLine?
        /// Descriptor commitments of what was released.
        package let records: [Hash]
        /// Whether published policies were in force beside the grants.
        package let underPolicies: Bool
        /// What was not released, though the grant is about it, and the policies and consents that held it back, in words.
        package let heldBack: [HeldBack]
        package let heldBackCount: Int
    }

    /// Records that were held back for the same reasons.
    package struct HeldBack: Sendable {
        package let count: Int
        /// Policies that forbade, or that failed: `part2-purpose`, or `your own restriction 3fa9…`. Empty where nothing permitted.
        package let by: [String]
    }

    /// What happened to this patient's records. Releases are found on the public ledger by the patient's own grant ids, so none that is
    /// logged can be missed; refusals are told by the gateway, which could keep them back.
    package func log() async throws(ClientError) -> [LogLine] {
        try await sync()
        var lines: [LogLine] = []
        var told = EmergencyEvidence()
        for category in openCategories() {
            lines += try await history(category, &told)
            lines += try await changes(category)
        }
        for grant in state.grants + Array(delegated.values) {
            let told = Set(
                lines.compactMap {
                    if case .released(let given, _) = $0.what, given.control == grant.control { $0.leaf } else { nil }
                })
            for release in session.ledger.releases(under: grant.control) where !told.contains(release.leaf) {
                lines.append(LogLine(leaf: release.leaf, time: release.time, what: .released(grant, nil)))
            }
        }
        for leaf in emergencies() { lines += [try emergencyLine(leaf, told)].compactMap(\.self) }
        return lines.sorted { $0.leaf < $1.leaf }
    }

    /// What the gateway showed of emergencies and of their reviews, by the leaf of the emergency.
    private struct EmergencyEvidence {
        var declarations: [UInt64: EmergencyDeclaration] = [:]
        var reviews: [UInt64: ReviewBody] = [:]
    }

    private func emergencyLine(_ leaf: UInt64, _ told: EmergencyEvidence) throws(ClientError) -> LogLine? {
        guard let opened = emergency(leaf), let given = given(opened.grant) else { return nil }
        let declaration = told.declarations[leaf]
        let name = declaration.flatMap { (try? session.ledger.state.actor($0.desk)) ?? nil }?.actor.name
        let details = EmergencyDetails(
            state: opened, declaration: declaration, deskName: name, review: told.reviews[leaf])
        return LogLine(leaf: leaf, time: opened.openedAt, what: .emergency(given, details))
    }

    /// What a guardian is told of a compartment, as long as the guardianship lives.
    package func log(under held: HeldDelegation) async throws(ClientError) -> [LogLine] {
        guard held.content.body.power == .guardianship else { throw .notPossible(.beyondDelegation("it is no guardianship")) }
        try await sync()
        let (own, category) = (delegated, held.consent?.category ?? 0)
        defer { delegated = own }
        delegated = [:]
        var lines: [LogLine] = []
        var next: UInt64? = 0
        var told = EmergencyEvidence()
        while let from = next {
            let page = try await session.call(FetchHistory(from: from), with: try signingKey(held))
            for item in page.items {
                try learn(item, category, ofAnother: true)
                lines += [try line(item, category, &told)].compactMap { $0 }
            }
            next = try page.next(after: from)
        }
        return lines
    }

    private func history(_ category: UInt16, _ told: inout EmergencyEvidence) async throws(ClientError) -> [LogLine] {
        let key = session.keyring.compartmentKey(category)
        var lines: [LogLine] = []
        var next: UInt64? = 0
        while let from = next {
            let page = try await session.call(FetchHistory(from: from), with: key)
            for item in page.items {
                try learn(item, category)
                lines += [try line(item, category, &told)].compactMap { $0 }
            }
            next = try page.next(after: from)
        }
        return lines
    }

    /// What depositors said of their records later. Told by the gateway, which could keep it back.
    private func changes(_ category: UInt16) async throws(ClientError) -> [LogLine] {
        var lines: [LogLine] = []
        for record in try await records(category) where record.descriptor.version > 1 {
            let versions = try await versions(of: record, category)
            for (earlier, version) in zip(versions, versions.dropFirst()) {
                let what = Self.change(from: earlier.descriptor, to: version.descriptor, category)
                lines.append(LogLine(leaf: version.deposit, time: try session.ledger.leaf(version.deposit).time, what: what))
            }
        }
        return lines
    }

    private static func change(from earlier: Descriptor, to later: Descriptor, _ category: UInt16) -> LogLine.What {
        var labels: LabelDifference?
        if let old = try? StoredFacts(canonical: earlier.facts), let new = try? StoredFacts(canonical: later.facts) {
            labels = new.difference(from: old)
        }
        let changed = ChangedRecord(category: category, descriptor: later, labels: labels)
        if later.state == .enteredInError { return .retracted(changed) }
        return labels?.reason == nil ? .corrected(changed) : .relabelled(changed)
    }

    /// Evidence counts only if the leaf committed to it.
    private func line(
        _ item: EvidencePage.Item, _ category: UInt16, _ told: inout EmergencyEvidence
    ) throws(ClientError) -> LogLine? {
        let leaf = try session.ledger.leaf(item.leaf)
        let commitment = bodyCommitment(kind: leaf.entry.event.kind, salt: item.evidence.salt, body: item.evidence.body)
        guard commitment == leaf.entry.bodyCommitment else { throw .notVerified(.evidenceOther(leaf: item.leaf)) }
        switch leaf.entry.event {
        case .grant(let grant): return given(grant.control).map { LogLine(leaf: item.leaf, time: leaf.time, what: .granted($0)) }
        case .revocation(let revocation):
            return given(revocation.grant).map { grant in
                let isEnded = leaf.time.day < grant.until || grant.isRestriction
                return LogLine(leaf: item.leaf, time: leaf.time, what: isEnded ? .revoked(grant) : .ranOut(grant))
            }
        case .decision(let decision): return try line(decision, item, leaf.time)
        case .erasure(let erasure):
            return LogLine(leaf: item.leaf, time: leaf.time, what: .erased(category: category, count: erasure.commitments.count))
        case .emergencyAccess(let access):
            told.declarations[item.leaf] = try declaration(access, item)
            return nil
        case .review(let review):
            guard let body = try? ReviewBody(canonical: item.evidence.body) else {
                throw .notVerified(.evidenceOther(leaf: item.leaf))
            }
            told.reviews[review.emergency] = body
            return nil
        default: return nil
        }
    }

    /// Signed by the desk that it names, for this grant.
    private func declaration(
        _ access: EmergencyAccess, _ item: EvidencePage.Item
    ) throws(ClientError) -> EmergencyDeclaration {
        guard let body = try? EmergencyBody(canonical: item.evidence.body), body.declaration.grant == access.grant,
            (try? body.verifySignature(origin: session.origin)) != nil,
            let desk = (try? session.ledger.state.actor(body.declaration.desk)) ?? nil, desk.actor.role == .emergencyDesk
        else { throw .notVerified(.evidenceOther(leaf: item.leaf)) }
        return body.declaration
    }

    private func line(_ decision: Decision, _ item: EvidencePage.Item, _ time: Minute) throws(ClientError) -> LogLine? {
        guard let body = try? DecisionBody(canonical: item.evidence.body), let request = try? Request(canonical: body.request),
            let record = try? DecisionRecord(canonical: body.record), body.tree.root == decision.root
        else { throw .notVerified(.evidenceOther(leaf: item.leaf)) }
        guard let given = given(request.grant) else { return nil }
        let name = (try? session.ledger.state.actor(request.actor)).flatMap { $0?.actor.name }
        let details = RequestDetails(
            request: request, actorName: name, records: body.released.map(\.descriptorCommitment),
            underPolicies: record.policies != nil, heldBack: heldBack(record), heldBackCount: record.heldBackCount)
        switch (decision.outcome, record.verdict) {
        case (.released(let release), .allowed)
        where release.request == RequestHash(of: body.request) && release.emergency == request.emergency:
            return LogLine(leaf: item.leaf, time: time, what: .released(given, details))
        case (.refused(let commitment), .denied(let reason))
        where commitment == Decision.RefusalCommitment(blind: body.blind, request: RequestHash(of: body.request)):
            return LogLine(leaf: item.leaf, time: time, what: .refused(given, details, reason))
        default: throw .notVerified(.evidenceOther(leaf: item.leaf))
        }
    }

    private func heldBack(_ record: DecisionRecord) -> [HeldBack] {
        var counts: [Int: Int] = [:]
        for item in record.heldBack { counts[item.record.ruling, default: 0] += 1 }
        return counts.sorted { $0.key < $1.key }.map { ruling, count in
            HeldBack(count: count, by: record.rulings[ruling].names.map(words))
        }
    }

    /// A policy's id as the patient knows it. A consent's own begins with its grant.
    private func words(_ id: String) -> String {
        guard let control = Ed25519.PublicKey(hexadecimal: id.prefix(64)), id.dropFirst(64).first == "/" else { return id }
        guard let grant = given(control) else { return "a consent of yours, \(control.description.prefix(8))" }
        if let maker = grant.madeBy { return "a grant to \(grant.granteeName.text) that \(maker.text) made for you" }
        return grant.isRestriction ? "your restriction \(grant.number)" : "your grant \(grant.number) to \(grant.granteeName.text)"
    }
}
