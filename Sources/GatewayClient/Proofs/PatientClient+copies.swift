package import CryptoPrimitives
import DurableFiles
import EnvelopeEncryption
import GatewayAPI
import MedicalRecords
import SharingContract
import SystemPackage

/// Whom a patient asked for new copies, and of how many claims sets.
package struct CopiesAsked: Sendable {
    package let issuer: TextLine
    package internal(set) var sets: Int
}

extension PatientClient {
    /// With fewer copies left than this a set's issuer is asked for more.
    static let fewestCopies = 3
    /// What one command asks for at most.
    private static let wishesAtOnce = 16

    /// Takes in copies that came, and asks for more of claims that have few left, of each set once a day. Nothing comes back but, after a
    /// while, the copies: an issuer that does not answer cannot be made to.
    package func askForCopies() async throws(ClientError) -> [CopiesAsked] {
        guard let used = wallet.used, !used.isEmpty else { return [] }
        try await readInbox()
        let now = session.now.number
        wallet.asked = (wallet.asked ?? [:]).filter { max(now, $0.value) - min(now, $0.value) < Self.daysOfAsking * Minute.perDay }
        var (asked, count) = ([CopiesAsked](), 0)
        for claims in try await heldClaims() where used.contains(claims.subject) && count < Self.wishesAtOnce {
            guard try isShort(claims, now), let issuer = (try? session.ledger.state.actor(claims.issuer)) ?? nil,
                issuer.isLive(on: session.today), try await send(claims, to: issuer.actor)
            else { continue }
            wallet.asked?[claims.set.claimsHash.description] = now
            try save()
            count += 1
            if let index = asked.firstIndex(where: { $0.issuer == issuer.actor.name }) {
                asked[index].sets += 1
            } else {
                asked.append(CopiesAsked(issuer: issuer.actor.name, sets: 1))
            }
        }
        if count > 0 { await backUpIfPossible() }
        return asked
    }

    /// An inbox keeps a message for as long.
    private static let daysOfAsking: UInt32 = 90

    private func isShort(_ claims: HeldClaims, _ now: UInt32) throws(ClientError) -> Bool {
        let last = wallet.asked?[claims.set.claimsHash.description]
        guard session.today <= claims.set.validity.last, last.map({ max(now, $0) - min(now, $0) >= Minute.perDay }) ?? true else {
            return false
        }
        return try copiesLeft(claims) < Self.fewestCopies
    }

    /// - Returns: `false` if the gateway did not take it: the issuer's inbox may be full.
    private func send(_ claims: HeldClaims, to issuer: Actor) async throws(ClientError) -> Bool {
        let wish = ClaimsWish(
            to: issuer.key, record: claims.record, version: claims.version,
            set: claims.set.with(Array(claims.set.copies.prefix(1))),
            signingWith: session.keyring.inboxKey(), origin: session.origin)
        let message = try InboxMessage.claimsWish(wish).sealed(to: issuer.recipient)
        do {
            // Not with the inbox's key: the gateway knows already that this clinic deposits in this compartment.
            _ = try await session.call(
                SendMessage(address: issuer.key, message: message), with: session.keyring.compartmentKey(claims.category))
            return true
        } catch {
            guard case .refused = error else { throw error }
            return false
        }
    }
}

// What came.
extension PatientClient {
    /// Keeps copies that were asked for and that their issuer signed. The rest is thrown away.
    func keep(_ received: [ClaimsCopies]) async throws(ClientError) {
        let inbox = session.keyring.inboxKey().publicKey
        let asked = received.filter { copies in
            copies.inbox == inbox && wallet.asked?[copies.set.description] != nil
                && (try? copies.verifySignature(origin: session.origin)) != nil
        }
        guard !asked.isEmpty else { return }
        for copies in asked {
            let claims = try await heldClaims().first { claims in
                claims.issuer == copies.issuer && claims.record == copies.record && claims.version == copies.version
                    && claims.set.claimsHash == copies.set
            }
            if let claims, isGood(copies, claims) { try store(copies.copies, claims) }
        }
    }

    /// Whether each copy commits to the same claims for this holder, is signed, and is no other over again.
    private func isGood(_ copies: ClaimsCopies, _ claims: HeldClaims) -> Bool {
        let blindings = Set((claims.set.copies + copies.copies).map(\.blinding))
        guard blindings.count == claims.set.copies.count + copies.copies.count else { return false }
        let set = claims.set.with(copies.copies)
        let holder = session.keyring.holderSecret().commitment(for: claims.issuer)
        guard let commitments = try? set.commitments(holder: holder) else { return false }
        return zip(set.copies, commitments).allSatisfy { copy, commitment in
            let credential = Credential(
                issuer: claims.issuer, validity: set.validity, signature: copy.signature, commitment: commitment)
            return (try? credential.verify(set.schema, origin: session.origin)) != nil
        }
    }

    /// The newest are kept: as many as a set may have.
    private func store(_ copies: [ClaimSet.Copy], _ claims: HeldClaims) throws(ClientError) {
        var sets = moreCopies(at: claims.position) ?? [:]
        let old = sets[claims.set.claimsHash]?.copies ?? []
        sets[claims.set.claimsHash] = claims.set.with(Array((old + copies).suffix(ClaimSet.maximumCopies)))
        let ordered = sets.sorted { $0.key < $1.key }.map(\.value)
        let bytes = ClaimsFile(record: claims.record, version: claims.version, sets: ordered).canonicalBytes
        guard bytes.count + ClaimsFile.overhead <= ClaimsFile.maximumSize, sets.count <= ClaimsFile.maximumSets else { return }
        guard let file = try? Envelope.seal(bytes.span, to: session.keyring.stateIdentity().recipient()) else {
            preconditionFailure("a profile's own recipient is a good one")
        }
        try session.folder.writing { () throws(FileError) in try DurableFile.write(file, to: path(ofMore: claims.position)) }
    }

    /// Copies that came later for the sets of a record, by `ClaimSet.claimsHash`; `nil` if they are damaged.
    func moreCopies(at position: UInt64) -> [Hash: ClaimSet]? {
        let path = path(ofMore: position)
        guard DurableFile.exists(path) else { return [:] }
        guard let bytes = try? DurableFile.read(path, atMost: ClaimsFile.maximumSize),
            let file = try? ClaimsFile(canonical: try Envelope.open(bytes, with: session.keyring.stateIdentity()))
        else { return nil }
        return Dictionary(file.sets.map { ($0.claimsHash, $0) }, uniquingKeysWith: { first, _ in first })
    }
}
