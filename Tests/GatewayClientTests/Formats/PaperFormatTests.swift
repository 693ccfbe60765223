import CryptoPrimitives
@testable import GatewayClient
import SharingContract
import TestSupport
import Testing

/// The examples that docs/formats.md names in section 5.
@Suite struct PaperFormats {
    static let pin = Pin(
        origin: World().origin, genesis: SHA256.hash([0]), ledgerKey: publicKey("ledger"), address: line("https://north.example"))

    @Test func `papers are as the document says`() throws {
        let difference = try FormatFile("papers.json").difference(from: [
            ("application", try example(Self.application(.clinic))),
            ("auditor's application", try example(Self.application(.auditor))),
            ("invite", try example(Self.invite())), ("card", try example(Self.card())),
            ("emergency card", try example(try #require(Self.emergencyCard()))),
            ("candidacy", try example(Self.candidacy())), ("proposal", try example(Self.proposal())),
            ("proposed member", try example(Self.proposedMember())),
            ("proposed policies", try example(Self.proposedPolicies())), ("person", try example(Self.person())),
        ])
        #expect(difference == nil)
    }

    static func application(_ role: Actor.Role) -> Application {
        Application(
            pin: pin, role: role, name: line(role == .auditor ? "State Auditor" : "Hillside Clinic"),
            recipient: recipient("hillside"), mandate: role == .auditor ? line("yearly review") : nil,
            identifiers: line("NPI 1234567893"), signingWith: key("hillside"))
    }

    static func invite() -> Invite {
        Invite(pin: pin, name: line("Hillside Clinic"), signingWith: key("hillside"))
    }

    static func slot(_ category: UInt16, _ name: String, for clinic: String = "hillside") -> Card.Slot {
        let world = World()
        return Card.Slot(
            category: category,
            entry: Entry(origin: world.origin, bodiless: .compartment(world.compartment(name))).signed(with: key(name)),
            list: world.list(name), permission: world.permission(name, for: clinic))
    }

    static func card(_ slots: [Card.Slot] = [slot(3, "ana/laboratory"), slot(4, "ana/imaging")]) -> Card {
        Card(
            pin: pin, name: line("Ana Díaz"), clinic: publicKey("hillside"), inboxRecipient: recipient("ana/inbox"), slots: slots,
            signingWith: key("ana/inbox"),
            committing: { context in
                HolderCommitment(
                    HolderSecret(key: KeyFormats.secret("ana's holder key")), for: publicKey("hillside"), context: context,
                    randomness: KeyFormats.secret("ana's randomness"))
            })
    }

    static func emergencyCard(grants: [String] = ["grant", "grant 2"], by inbox: String = "ana/inbox") -> EmergencyCard? {
        let items = grants.enumerated().map { index, grant in
            EmergencyCard.Item(category: index == 0 ? 9 : 2, desk: publicKey("desk"), grant: publicKey(grant))
        }
        return EmergencyCard(pin: pin, name: line("Ana Díaz"), items: items, signingWith: key(inbox))
    }

    private func example(_ card: EmergencyCard) throws -> Shown {
        try card.verify()
        return try TestSupport.example(
            card,
            [
                "pin": shown(card.pin), "name": card.name, "inbox": card.inbox,
                "items": card.items.map { fields(["category": $0.category, "desk": $0.desk, "grant": $0.grant]) },
                "signature": signature(card),
            ], more: try text(card))
    }

    static func person() -> PersonAddress {
        PersonAddress(pin: pin, name: line("Bea"), inboxRecipient: recipient("bea/inbox"), signingWith: key("bea/inbox"))
    }

    static func candidacy() -> Candidacy {
        Candidacy(
            pin: pin, name: line("South Consortium"), address: line("https://south.example"), signingWith: key("south"))
    }

    static func proposal() -> Proposal {
        let world = World()
        let evidence = world.evidence(ActorBody(identifiers: line("NPI 1234567893")))
        let entry = world.entry(.actor(world.actor("hillside")), by: ["north"], evidence: evidence)
        return Proposal(entry, evidence: evidence, pin: pin)
    }

    static func proposedMember() -> Proposal {
        let candidacy = candidacy()
        let member = MemberChange.Member(key: candidacy.key, name: candidacy.name, address: candidacy.address)
        return Proposal(
            World().entry(.member(.add(member, genesis: nil), since: 3), by: ["north"]), evidence: .none, pin: pin)
    }

    static func proposedPolicies() throws -> Proposal {
        let (world, files) = (World(), try World.policies())
        let evidence = world.evidence(files)
        let event = Event.policySet(PolicyPublication(root: files.root, since: 3))
        return Proposal(world.entry(event, by: ["north"], evidence: evidence), evidence: evidence, pin: pin)
    }

    private func example(_ candidacy: Candidacy) throws -> Shown {
        try candidacy.verify()
        return try TestSupport.example(
            candidacy,
            [
                "pin": shown(candidacy.pin), "name": candidacy.name, "address": candidacy.address, "key": candidacy.key,
                "signature": signature(candidacy),
            ], more: try text(candidacy))
    }

    private func example(_ proposal: Proposal) throws -> Shown {
        try proposal.verify()
        return try TestSupport.example(
            proposal,
            [
                "pin": shown(proposal.pin), "entry": proposal.entry.canonicalBytes, "salt": proposal.evidence.salt,
                "body": proposal.evidence.body,
            ], more: try text(proposal))
    }

    private func shown(_ pin: Pin) -> Shown {
        fields(["origin": pin.origin, "genesis": pin.genesis, "ledger key": pin.ledgerKey, "address": pin.address])
    }

    private func signature(_ paper: some Paper) -> [UInt8] { Array(paper.canonicalBytes.suffix(64)) }

    private func text(_ paper: some Paper) throws -> ShownFields {
        guard try type(of: paper).init(text: Array(paper.text.utf8)).canonicalBytes == paper.canonicalBytes else {
            throw FormatError.notCanonical
        }
        return ["text": paper.text]
    }

    private func example(_ application: Application) throws -> Shown {
        try application.verify()
        return try TestSupport.example(
            application,
            [
                "pin": shown(application.pin), "role": application.role.rawValue, "name": application.name,
                "key": application.key, "recipient": application.recipient, "mandate": application.mandate,
                "identifiers": application.identifiers, "signature": signature(application),
            ], more: try text(application))
    }

    private func example(_ invite: Invite) throws -> Shown {
        try invite.verify()
        return try TestSupport.example(
            invite,
            ["pin": shown(invite.pin), "clinic": invite.clinic, "name": invite.name, "signature": signature(invite)],
            more: try text(invite))
    }

    private func example(_ person: PersonAddress) throws -> Shown {
        try person.verify()
        return try TestSupport.example(
            person,
            [
                "pin": shown(person.pin), "name": person.name, "inbox": person.inbox, "inbox recipient": person.inboxRecipient,
                "signature": signature(person),
            ], more: try text(person))
    }

    private func example(_ card: Card) throws -> Shown {
        try card.verify()
        let slots = card.slots.map { slot in
            fields([
                "category": slot.category, "entry": slot.entry.canonicalBytes, "list": slot.list.canonicalBytes,
                "permission": slot.permission.canonicalBytes,
            ])
        }
        return try TestSupport.example(
            card,
            [
                "pin": shown(card.pin), "name": card.name, "clinic": card.clinic, "inbox": card.inbox,
                "inbox recipient": card.inboxRecipient, "slots": slots, "confidential": card.isConfidential,
                "holder": card.holder.map {
                    fields(["commitment": Array($0.canonicalBytes.prefix(384)), "proof": Array($0.canonicalBytes.dropFirst(384))])
                },
                "signature": signature(card),
            ], more: try text(card))
    }
}
