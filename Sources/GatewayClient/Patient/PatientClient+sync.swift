import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import MedicalRecords
import SharingContract

/// What a synchronisation came to.
package struct SyncReport: Sendable {
    package struct Unfinished: Sendable {
        package let grant: GivenGrant
        package let reason: ClientError
    }

    /// Grants that could not be completed. They stay signed, and the next synchronisation tries them again.
    package internal(set) var unfinished: [Unfinished] = []
    /// Grants that had run out, and whose readers new records are no longer sealed to.
    package internal(set) var ranOut: [GivenGrant] = []
    /// Why the backup could not be stored, if it could not.
    package internal(set) var backupFailure: ClientError?
}

extension PatientClient {
    /// Brings everything up to date: the ledger, grants that another device or an interrupted command left half done, those that ran
    /// out, and the backup. What fails for one grant keeps nothing from the others.
    ///
    /// Throws `notVerified`, after the rest was done, if a lie was found on the way.
    ///
    /// - Parameter resendingSlips: whether every live grant's slip is sent again, for a clinic that says it got none: a gateway that drops
    ///   a message cannot be told from a message that was never written, but by who was told of it in another way.
    @discardableResult
    package func synchronise(resendingSlips: Bool = false, progress: (String) -> Void) async throws(ClientError) -> SyncReport {
        try await sync()
        try await findForgottenGrants()
        var report = SyncReport()
        try await endGrantsThatRanOut(&report)
        for index in state.grants.indices {
            let grant = state.grants[index]
            // A restriction has no reader to tell.
            guard grant.isInForce(on: session.today), !grant.isRestriction else { continue }
            progress(grant.granteeName.text)
            do {
                // A record that was deposited with an older list may lack a header even where all had one once.
                if grant.isDelivered, !resendingSlips { try await addHeaders(grant) } else { try await deliver(index) }
            } catch {
                try report.add(error, of: grant)
            }
        }
        try save()
        do { try await backUp() } catch { report.backupFailure = error }
        for unfinished in report.unfinished {
            if case .notVerified = unfinished.reason { throw unfinished.reason }
        }
        if let failure = report.backupFailure, case .notVerified = failure { throw failure }
        return report
    }

    /// New records are sealed to whoever stands on the newest list, and a list is signed only together with a grant or its end. So the end
    /// of one grant that ran out is written down for each category where there is one on the list.
    private func endGrantsThatRanOut(_ report: inout SyncReport) async throws(ClientError) {
        // To end a restriction is to lift it, and only the patient does that.
        let over = state.grants.filter {
            $0.leaf != nil && $0.revoked == nil && $0.until <= session.today && !$0.isRestriction
        }
        for category in Set(over.map(\.category)).sorted() {
            let list = try await newestList(category)
            let listed = over.filter { $0.category == category && list.recipients.contains($0.body.value.recipient) }
            // With the end of a delegation goes what was granted under it, so each is written down.
            let ending = listed.filter(\.isDelegation) + listed.filter { !$0.isDelegation }.prefix(1)
            guard let last = ending.last else { continue }
            do {
                for grant in ending { try await revoke(grant.control, reason: .none) }
                report.ranOut += listed
            } catch {
                try report.add(error, of: last)
            }
        }
    }

    /// After a restore from an old backup the ledger may hold grants that the state does not know. Their control keys follow from the
    /// seed, their bodies come from the gateway.
    private func findForgottenGrants() async throws(ClientError) {
        var number = (state.grants + state.granted.map(\.grant)).map { $0.number + 1 }.max() ?? 0
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
            body.commitment(salt: item.evidence.salt) == leaf.entry.bodyCommitment, body.isSound(of: grant, origin: session.origin),
            let consent = try? Consent(canonical: body.consent)
        else { throw .notVerified(.evidenceOther(leaf: item.leaf)) }
        let number = (0..<state.nextGrant).first { session.keyring.controlKey($0).publicKey == grant.control } ?? 0
        // Who a person is, the ledger does not say.
        let name = body.power == .none ? session.name(of: body.grantee) : TextLine("somebody whom you chose") ?? .none
        state.grants.append(
            GivenGrant(
                number: number, control: grant.control, category: category, grantee: body.grantee, granteeName: name,
                purposes: consent.plain?.purposes.map(\.rawValue).sorted() ?? [], from: grant.from, until: grant.until,
                salt: Hash(item.evidence.salt), body: Stored(body), leaf: item.leaf,
                isDelivered: body.grantee == body.compartment || body.power != .none))
    }
}

extension SyncReport {
    /// Without a gateway, or without room on the own disk, there is nothing to go on with.
    mutating func add(_ error: ClientError, of grant: GivenGrant) throws(ClientError) {
        switch error {
        case .unreachable(_, .noConnection), .localData:
            // A lie that was found before is what has to be told.
            throw unfinished.lazy.map(\.reason).first(where: \.isLie) ?? error
        default: unfinished.append(Unfinished(grant: grant, reason: error))
        }
    }
}
