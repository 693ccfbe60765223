package import AccessPolicy
package import CryptoPrimitives
import EnvelopeEncryption
import GatewayAPI
import SharingContract
import MedicalRecords

extension PatientClient {
    /// One line of the patient's own log.
    package struct LogLine: Sendable {
        package enum What: Sendable {
            case granted(GivenGrant)
            case revoked(GivenGrant)
            /// `nil` where the gateway kept the evidence back: the release stands on the ledger all the same.
            case released(GivenGrant, RequestDetails?)
            case refused(GivenGrant, RequestDetails, Verdict.Reason)
            case erased(category: UInt16, count: Int)
        }

        package let leaf: UInt64
        package let time: Minute
        package let what: What
    }

    package struct RequestDetails: Sendable {
        package let request: Request
        package let actorName: TextLine?
        /// Descriptor commitments of what was released.
        package let records: [Hash]
    }

    /// What happened to this patient's records. Releases are found on the public ledger by the patient's own grant ids, so none that is
    /// logged can be missed; refusals are told by the gateway, which could keep them back.
    package func log() async throws(ClientError) -> [LogLine] {
        try await sync()
        var lines: [LogLine] = []
        for category in openCategories() { lines += try await history(category) }
        for grant in state.grants {
            let told = Set(
                lines.compactMap {
                    if case .released(let given, _) = $0.what, given.control == grant.control { $0.leaf } else { nil }
                })
            for release in session.ledger.releases(under: grant.control) where !told.contains(release.leaf) {
                lines.append(LogLine(leaf: release.leaf, time: release.time, what: .released(grant, nil)))
            }
        }
        return lines.sorted { $0.leaf < $1.leaf }
    }

    private func history(_ category: UInt16) async throws(ClientError) -> [LogLine] {
        let key = session.keyring.compartmentKey(category)
        var lines: [LogLine] = []
        var next: UInt64? = 0
        while let from = next {
            let page = try await session.call(FetchHistory(from: from), with: key)
            for item in page.items { lines += [try await line(item, category)].compactMap { $0 } }
            next = try page.next(after: from)
        }
        return lines
    }

    /// Evidence counts only if the leaf committed to it.
    private func line(_ item: EvidencePage.Item, _ category: UInt16) async throws(ClientError) -> LogLine? {
        let leaf = try session.ledger.leaf(item.leaf)
        let commitment = bodyCommitment(kind: leaf.entry.event.kind, salt: item.evidence.salt, body: item.evidence.body)
        guard commitment == leaf.entry.bodyCommitment else { throw .notVerified(.evidenceOther(leaf: item.leaf)) }
        switch leaf.entry.event {
        case .grant(let grant): return given(grant.control).map { LogLine(leaf: item.leaf, time: leaf.time, what: .granted($0)) }
        case .revocation(let revocation):
            return given(revocation.grant).map { LogLine(leaf: item.leaf, time: leaf.time, what: .revoked($0)) }
        case .decision(let decision): return try line(decision, item, leaf.time)
        case .erasure(let erasure):
            return LogLine(leaf: item.leaf, time: leaf.time, what: .erased(category: category, count: erasure.commitments.count))
        default: return nil
        }
    }

    private func given(_ control: Ed25519.PublicKey) -> GivenGrant? {
        state.grants.first { $0.control == control }
    }

    private func line(_ decision: Decision, _ item: EvidencePage.Item, _ time: Minute) throws(ClientError) -> LogLine? {
        guard let body = try? DecisionBody(canonical: item.evidence.body), let request = try? Request(canonical: body.request),
            let record = try? DecisionRecord(canonical: body.record), body.tree.root == decision.root
        else { throw .notVerified(.evidenceOther(leaf: item.leaf)) }
        guard let given = given(request.grant) else { return nil }
        let name = (try? session.ledger.state.actor(request.actor)).flatMap { $0?.actor.name }
        let details = RequestDetails(request: request, actorName: name, records: body.released.map(\.descriptorCommitment))
        switch (decision.outcome, record.verdict) {
        case (.released(let release), .allowed) where release.request == RequestHash(of: body.request):
            return LogLine(leaf: item.leaf, time: time, what: .released(given, details))
        case (.refused(let commitment), .denied(let reason))
        where commitment == Decision.RefusalCommitment(blind: body.blind, request: RequestHash(of: body.request)):
            return LogLine(leaf: item.leaf, time: time, what: .refused(given, details, reason))
        default: throw .notVerified(.evidenceOther(leaf: item.leaf))
        }
    }
}

extension PatientClient {
    /// Brings everything up to date: the ledger, grants that another device or an interrupted command left half done, and the backup.
    package func synchronise(progress: (String) -> Void) async throws(ClientError) {
        try await sync()
        try await findForgottenGrants()
        for index in state.grants.indices {
            let grant = state.grants[index]
            guard grant.leaf != nil, grant.revoked == nil, session.today < grant.until else { continue }
            progress(grant.granteeName.text)
            // A record that was deposited with an older list may lack a header even where all had one once.
            if grant.isDelivered { try await addHeaders(grant) } else { try await deliver(index) }
        }
        try save()
        try await backUp()
    }

    /// After a restore from an old backup the ledger may hold grants that the state does not know. Their control keys follow from the
    /// seed, their bodies come from the gateway.
    private func findForgottenGrants() async throws(ClientError) {
        var number = state.grants.map { $0.number + 1 }.max() ?? 0
        var misses = 0
        var found: Set<Ed25519.PublicKey> = []
        while misses < 64 {
            let control = session.keyring.controlKey(number).publicKey
            if (try? session.ledger.state.grant(control)) ?? nil != nil {
                found.insert(control)
                state.nextGrant = max(state.nextGrant, number + 1)
                misses = 0
            } else {
                misses += 1
            }
            number += 1
        }
        guard !found.isEmpty else { return }
        for category in openCategories() { try await adopt(found, category) }
    }

    private func adopt(_ controls: Set<Ed25519.PublicKey>, _ category: UInt16) async throws(ClientError) {
        let key = session.keyring.compartmentKey(category)
        var next: UInt64? = 0
        while let from = next {
            let page = try await session.call(FetchHistory(from: from), with: key)
            for item in page.items { try adopt(item, controls, category) }
            next = try page.next(after: from)
        }
    }

    private func adopt(_ item: EvidencePage.Item, _ controls: Set<Ed25519.PublicKey>, _ category: UInt16) throws(ClientError) {
        let leaf = try session.ledger.leaf(item.leaf)
        guard case .grant(let grant) = leaf.entry.event, controls.contains(grant.control) else { return }
        guard let body = try? GrantBody(canonical: item.evidence.body),
            body.commitment(salt: item.evidence.salt) == leaf.entry.bodyCommitment,
            let consent = try? Consent(canonical: body.consent)
        else { throw .notVerified(.evidenceOther(leaf: item.leaf)) }
        let number = (0..<state.nextGrant).first { session.keyring.controlKey($0).publicKey == grant.control } ?? 0
        let name = (try? session.ledger.state.actor(body.grantee)).flatMap { $0?.actor.name } ?? .none
        state.grants.append(
            GivenGrant(
                number: number, control: grant.control, category: category, grantee: body.grantee, granteeName: name,
                purposes: consent.purposes.map(\.rawValue).sorted(), from: grant.from, until: grant.until,
                salt: Hash(item.evidence.salt), body: Stored(body), leaf: item.leaf, isDelivered: false))
    }
}
