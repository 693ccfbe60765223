import AccessPolicy
package import CryptoPrimitives
import EnvelopeEncryption
import GatewayAPI
package import MedicalRecords
import SharingContract

extension ClinicClient {
    /// Fetches grant slips and keeps those that are what they claim: on the ledger, signed by their compartment, and for us. Answers
    /// patients who ask for new copies of their claims.
    ///
    /// - Returns: of whose claims new copies were issued.
    @discardableResult
    package func readInbox() async throws(ClientError) -> [CopiesIssued] {
        try await session.sync()
        let key = session.keyring.actorKey()
        let identity = session.keyring.actorIdentity()
        var answering = AnsweredWishes()
        while true {
            let page = try await session.call(FetchMessages(after: state.inboxRead), with: key).messages
            guard let last = page.last else { return answering.issued }
            guard last.number > state.inboxRead ?? 0 else { throw .notVerified(.answerMalformed) }
            var wishes: [ClaimsWish] = []
            for message in page {
                switch InboxMessage.open(message.bytes, with: identity) {
                case .slip(let slip) where verify(slip): keep(slip)
                case .claimsWish(let wish): wishes.append(wish)
                default: break
                }
            }
            try await answer(wishes, &answering)
            state.inboxRead = last.number
            try save()
            _ = try await session.call(DeleteMessages(numbers: page.map(\.number)), with: key)
        }
    }

    private func keep(_ slip: GrantSlip) {
        guard !state.grants.contains(where: { $0.content.grant == slip.grant }) else { return }
        let number = (state.grants.map(\.number).max() ?? 0) + 1
        state.grants.append(ReceivedGrant(number: number, slip: Stored(slip)))
    }

    /// Whether the slip's grant is on the ledger, says what the slip says, and its seed yields the keys that stand there.
    private func verify(_ slip: GrantSlip) -> Bool {
        guard (try? slip.verifySignature(origin: session.origin)) != nil, slip.body.grantee == key,
            let leaf = try? session.ledger.leaf(slip.leaf), case .grant(let grant) = leaf.entry.event, grant.control == slip.grant,
            slip.body.commitment(salt: slip.salt) == leaf.entry.bodyCommitment,
            (try? slip.body.verifySignature(of: grant, origin: session.origin)) != nil,
            slip.body.isSound(of: grant, origin: session.origin),
            session.ledger.knows(slip.body.authority, over: grant), slip.body.power == .none,
            let seed = try? GrantSeed.open(slip.body.sealedSeed, with: session.keyring.actorIdentity())
        else { return false }
        return seed.releaseKey().publicKey == grant.release && seed.identity().recipient().key == slip.body.recipient
    }

    /// A patient who can be asked: one with a card here, or one who gave a grant.
    package enum Asked: Sendable {
        case enrolled(recordNumber: String)
        case granter(Int)
    }

    /// Asks a patient for access. Nothing comes back but that the wish was delivered.
    package func ask(
        _ asked: Asked, category: UInt16, purpose: PurposeOfUse, until: Day, note: TextLine
    ) async throws(ClientError) {
        try await session.sync()
        try requireAdmitted()
        guard session.today < until else { throw .notPossible(.dateInThePast) }
        let key = session.keyring.actorKey()
        let (inbox, recipient) = try inbox(of: asked)
        let wish = AccessWish(
            inbox: inbox, category: category, purpose: purpose, until: until, note: note, signingWith: key, origin: session.origin)
        let message = try InboxMessage.ask(wish).sealed(to: recipient)
        _ = try await session.call(SendMessage(address: inbox, message: message), with: key)
    }

    private func inbox(of asked: Asked) throws(ClientError) -> (Ed25519.PublicKey, RecipientKey) {
        switch asked {
        case .enrolled(let recordNumber):
            let card = try enrolled(recordNumber).content
            return (card.inbox, card.inboxRecipient)
        case .granter(let number):
            let slip = try grant(number).content
            return (slip.inbox, slip.inboxRecipient)
        }
    }
}
