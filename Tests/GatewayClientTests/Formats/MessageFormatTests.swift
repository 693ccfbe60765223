import CryptoPrimitives
import EnvelopeEncryption
import SharingContract
import TestSupport
import Testing
import MedicalRecords

@testable import GatewayClient

/// The examples that docs/formats.md names in section 6.
@Suite struct MessageFormats {
    private let file = FormatFile("messages.json")

    @Test func `messages are as the document says`() throws {
        let (slip, wish, notice) = (try Self.slip(), Self.wish(), Self.notice())
        let emergency = Self.emergency()
        let difference = try file.difference(from: [
            ("slip", try example(slip)), ("wish", try example(wish)), ("notice", try example(notice)),
            ("emergency notice", try example(emergency)),
            ("sealed slip", try sealed(.slip(slip), "sealed slip", kind: 1, content: slip.canonicalBytes)),
            ("sealed wish", try sealed(.ask(wish), "sealed wish", kind: 2, content: wish.canonicalBytes)),
            ("sealed notice", try sealed(.notice(notice), "sealed notice", kind: 3, content: notice.canonicalBytes)),
            (
                "sealed emergency notice",
                try sealed(.emergency(emergency), "sealed emergency notice", kind: 4, content: emergency.canonicalBytes)
            ),
        ])
        #expect(difference == nil)
    }

    static let origin = World().origin

    static func slip() throws -> GrantSlip {
        let evidence = try Evidence(canonical: try FormatFile("entries.json").bytes("grant", "evidence", "bytes"))
        let sender = GrantSlip.Sender(
            name: line("Ana Díaz"), inbox: publicKey("ana/inbox"), inboxRecipient: recipient("ana/inbox"))
        return GrantSlip(
            leaf: 7, salt: evidence.salt, body: try GrantBody(canonical: evidence.body), from: sender, signingWith: key("grant"),
            origin: origin)
    }

    static func wish(inbox: String = "ana/inbox", by actor: String = "lakeside", until: UInt32 = 20_900) -> AccessWish {
        AccessWish(
            inbox: publicKey(inbox), category: 3, purpose: .treatment, until: Day(until), note: line("before your operation"),
            signingWith: key(actor), origin: origin)
    }

    static func notice(inbox: String = "ana/inbox") -> DepositNotice {
        DepositNotice(
            inbox: publicKey(inbox), category: 3, leaf: 6, count: 2, signingWith: key("hillside"), origin: origin)
    }

    static func emergency(inbox: String = "ana/inbox") -> EmergencyNotice {
        EmergencyNotice(inbox: publicKey(inbox), leaf: 12, signingWith: key("desk"), origin: origin)
    }

    private func example(_ notice: EmergencyNotice) throws -> Shown {
        try TestSupport.example(
            notice,
            ["actor": notice.actor, "inbox": notice.inbox, "leaf": notice.leaf, "signature": signature(notice)])
    }

    private func signature(_ message: some CanonicalCodable) -> [UInt8] { Array(message.canonicalBytes.suffix(64)) }

    private func example(_ slip: GrantSlip) throws -> Shown {
        try TestSupport.example(
            slip,
            [
                "grant": slip.grant, "leaf": slip.leaf, "salt": slip.salt, "body": slip.body.canonicalBytes, "name": slip.name,
                "inbox": slip.inbox, "inbox recipient": slip.inboxRecipient, "signature": signature(slip),
            ])
    }

    private func example(_ wish: AccessWish) throws -> Shown {
        try TestSupport.example(
            wish,
            [
                "actor": wish.actor, "inbox": wish.inbox, "category": wish.category, "purpose": wish.purpose.rawValue,
                "until": wish.until, "note": wish.note, "signature": signature(wish),
            ])
    }

    private func example(_ notice: DepositNotice) throws -> Shown {
        try TestSupport.example(
            notice,
            [
                "actor": notice.actor, "inbox": notice.inbox, "category": notice.category, "leaf": notice.leaf,
                "count": notice.count, "signature": signature(notice),
            ])
    }

    /// Sealed once to a patient's inbox, whose seed is that of keys.json.
    private func sealed(_ message: InboxMessage, _ name: String, kind: Int, content: [UInt8]) throws -> Shown {
        let identity = KeyFormats.keyring("ana", .patient).inboxIdentity()
        let sealed = try file.once(name, "file") { try message.sealed(to: identity.recipient().key) }
        #expect(InboxMessage.open(sealed, with: identity) == message)
        return fields([
            "reader's seed": SHA256.hash(Array("ana".utf8)), "kind": kind, "content": content,
            "plaintext size": try Envelope.open(sealed, with: identity).count, "file": sealed,
        ])
    }
}
