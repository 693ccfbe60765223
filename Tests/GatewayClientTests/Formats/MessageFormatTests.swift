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
        let (emergency, claimsWish, copies) = (Self.emergency(), try Self.claimsWish(), try Self.claimsCopies())
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
            ("claims wish", try example(claimsWish)), ("claims copies", try example(copies)),
            (
                "sealed claims wish",
                try sealed(.claimsWish(claimsWish), "sealed claims wish", kind: 5, content: claimsWish.canonicalBytes)
            ),
            (
                "sealed claims copies",
                try sealed(.claimsCopies(copies), "sealed claims copies", kind: 6, content: copies.canonicalBytes)
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

    private static func copy(_ number: UInt8) -> ClaimSet.Copy {
        .init(blinding: SHA256.hash([number]).value, signature: key("hillside").sign(.credential, origin: origin, [number]))
    }

    /// A value of each type.
    private static func value(_ field: ClaimField) -> ClaimValue {
        switch field.kind {
        case .date: .date(44_000)
        case .number, .floor: .number(-642)
        case .code: .code(1)
        case .coding: .openCode(Coding(system: "http://loinc.org", code: "4548-4"))
        case .text: .text("mg/dL")
        }
    }

    static func claimsWish() throws -> ClaimsWish {
        let schema = try #require(ClaimsSchema.named("Observation"))
        let values = schema.fields.enumerated().map { $0 % 4 == 3 ? ClaimValue.absent : value($1) }
        let set = ClaimSet(
            schema: schema, reference: line("Observation/o"), values: values,
            validity: Validity(from: Day(20_778), last: Day(21_143)), copies: [copy(1)])
        return ClaimsWish(
            to: publicKey("hillside"), record: Descriptor.RecordID(World.salt), version: 1, set: set, signingWith: key("ana/inbox"),
            origin: origin)
    }

    static func claimsCopies() throws -> ClaimsCopies {
        ClaimsCopies(answering: try claimsWish(), with: [copy(2), copy(3)], signingWith: key("hillside"), origin: origin)
    }

    private func example(_ wish: ClaimsWish) throws -> Shown {
        try TestSupport.example(
            wish,
            [
                "issuer": wish.issuer, "inbox": wish.inbox, "record": wish.record, "version": wish.version,
                "schema": wish.set.schema.name, "schema version": wish.set.schema.version, "reference": wish.set.reference,
                "values": wish.set.values.map(shown), "from": wish.set.validity.from, "last": wish.set.validity.last,
                "copies": wish.set.copies.map(shown), "signature": signature(wish),
            ])
    }

    private func shown(_ value: ClaimValue) -> Shown {
        switch value {
        case .absent: fields(["type": 0])
        case .date(let days): fields(["type": 1, "days": days])
        case .number(let steps): fields(["type": 2, "steps": UInt64(bitPattern: steps)])
        case .code(let index): fields(["type": 3, "index": index])
        case .openCode(let coding): fields(["type": 4, "system": Array(coding.system.utf8), "code": Array(coding.code.utf8)])
        case .text(let text): fields(["type": 5, "text": Array(text.utf8)])
        }
    }

    private func shown(_ copy: ClaimSet.Copy) -> Shown { fields(["blinding": copy.blinding, "signature": copy.signature]) }

    private func example(_ copies: ClaimsCopies) throws -> Shown {
        try TestSupport.example(
            copies,
            [
                "issuer": copies.issuer, "inbox": copies.inbox, "record": copies.record, "version": copies.version,
                "set": copies.set, "copies": copies.copies.map(shown), "signature": signature(copies),
            ])
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
