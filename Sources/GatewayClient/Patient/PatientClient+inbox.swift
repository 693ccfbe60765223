package import AccessPolicy
import CryptoPrimitives
import EnvelopeEncryption
import GatewayAPI
import MedicalRecords
import SharingContract

extension PatientClient {
    /// Fetches what came, keeps what is for us and from whom it says it is, and throws the rest away.
    package func readInbox() async throws(ClientError) {
        try await session.sync()
        let key = session.keyring.inboxKey()
        let identity = session.keyring.inboxIdentity()
        while true {
            let page = try await session.call(FetchMessages(after: state.inboxRead), with: key).messages
            guard let last = page.last else { return }
            guard last.number > state.inboxRead ?? 0 else { throw .notVerified(.answerMalformed) }
            var copies: [ClaimsCopies] = []
            for message in page {
                let opened = InboxMessage.open(message.bytes, with: identity)
                if case .claimsCopies(let content) = opened { copies.append(content) }
                keep(opened, received: message.received)
            }
            try await keep(copies)
            state.inboxRead = last.number
            try save()
            _ = try await session.call(DeleteMessages(numbers: page.map(\.number)), with: key)
        }
    }

    private func keep(_ message: InboxMessage?, received: Minute) {
        let inbox = session.keyring.inboxKey().publicKey
        switch message {
        case .ask(let wish)
        where wish.inbox == inbox && isLive(wish.actor) && (try? wish.verifySignature(origin: session.origin)) != nil:
            guard !state.wishes.contains(where: { $0.content == wish }) else { return }
            state.wishes.append(ReceivedWish(number: state.nextWish, received: received.number, wish: Stored(wish)))
            state.nextWish += 1
        case .notice(let notice)
        where notice.inbox == inbox && isLive(notice.actor) && (try? notice.verifySignature(origin: session.origin)) != nil:
            state.notices.append(ReceivedNotice(received: received.number, notice: Stored(notice)))
        case .emergency(let notice)
        where notice.inbox == inbox && isLive(notice.actor) && (try? notice.verifySignature(origin: session.origin)) != nil:
            guard !state.emergencyNotices.contains(where: { $0.content == notice }) else { return }
            state.emergencyNotices.append(ReceivedEmergencyNotice(received: received.number, notice: Stored(notice)))
        case .slip(let slip): keep(slip, received: received)
        default: break
        }
    }

    private func isLive(_ key: Ed25519.PublicKey) -> Bool {
        guard let actor = try? session.ledger.state.actor(key) else { return false }
        return actor.isLive(on: session.today)
    }

    package func wish(_ number: Int) throws(ClientError) -> ReceivedWish {
        guard let wish = state.wishes.first(where: { $0.number == number }) else { throw .notFound(.message) }
        return wish
    }

    /// What approving would mean: a grant to who asked.
    package func propose(_ wish: ReceivedWish, extras: PlainConsent.Extras = []) async throws(ClientError) -> ProposedGrant {
        guard let grantee = try? session.ledger.state.actor(wish.content.actor) else { throw .notFound(.message) }
        return try await propose(
            to: grantee, category: wish.content.category, purposes: [wish.content.purpose], extras: extras,
            until: wish.content.until)
    }

    /// Forgets a wish. Nobody is told.
    package func forget(_ wish: ReceivedWish) throws(ClientError) {
        state.wishes.removeAll { $0.number == wish.number }
        try save()
    }

    package var unreadEmergencyNotices: [ReceivedEmergencyNotice] { state.emergencyNotices.filter { !$0.isRead } }

    package func forgetNotices() throws(ClientError) {
        state.notices = []
        for index in state.emergencyNotices.indices { state.emergencyNotices[index].isRead = true }
        try save()
    }
}
