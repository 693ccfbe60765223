import CryptoPrimitives
import SharingContract
import TestSupport
import Testing

@testable import GatewayClient

/// Whether bytes are a paper of this kind, signed by whom it names.
private func isGood<P: Paper>(_ bytes: [UInt8], as _: P.Type, _ verify: (P) throws -> Void) -> Bool {
    guard let paper = try? P(canonical: bytes) else { return false }
    return (try? verify(paper)) != nil
}

private let checks: [(name: String, bytes: [UInt8], isGood: @Sendable ([UInt8]) -> Bool)] = [
    ("application", PaperFormats.application(.clinic).canonicalBytes, { isGood($0, as: Application.self) { try $0.verify() } }),
    (
        "auditor's application", PaperFormats.application(.auditor).canonicalBytes,
        { isGood($0, as: Application.self) { try $0.verify() } }
    ),
    ("invite", PaperFormats.invite().canonicalBytes, { isGood($0, as: Invite.self) { try $0.verify() } }),
    ("person", PaperFormats.person().canonicalBytes, { isGood($0, as: PersonAddress.self) { try $0.verify() } }),
    ("candidacy", PaperFormats.candidacy().canonicalBytes, { isGood($0, as: Candidacy.self) { try $0.verify() } }),
    (
        "emergency card", PaperFormats.emergencyCard()?.canonicalBytes ?? [],
        { isGood($0, as: EmergencyCard.self) { try $0.verify() } }
    ),
    ("card", PaperFormats.card().canonicalBytes, { isGood($0, as: Card.self) { try $0.verify() } }),
]

@Suite struct PaperTests {
    @Test(arguments: checks.indices) func `a paper is good as it is, and in no other way`(index: Int) {
        let (name, bytes, isGood) = checks[index]
        var failures = Failures()
        failures.check(isGood(bytes), "as it is")
        // Every byte of a small paper; of a card, which is large, enough to meet every field.
        let step = bytes.count > 4_000 ? 13 : 1
        for position in stride(from: 0, to: bytes.count, by: step) {
            var changed = bytes
            changed[position] ^= 1
            failures.check(!isGood(changed), "byte \(position)")
        }
        for count in stride(from: 0, to: bytes.count, by: step * 5) {
            failures.check(!isGood(Array(bytes.prefix(count))), "cut to \(count)")
        }
        failures.check(!isGood(bytes + [0]), "appended")
        #expect(failures.isEmpty, "\(name): \(failures)")
    }

    @Test func `a text comes back however mail has treated it`() throws {
        let card = PaperFormats.card()
        let text = card.text
        let indented = text.split(separator: "\n").map { "  \($0)  " }.joined(separator: "\n\n")
        for same in [text, text.replacing("\n", with: "\r\n"), "\n\n\(text)\n\n", indented, String(text.dropLast())] {
            #expect(try Card(text: Array(same.utf8)) == card)
        }
    }

    @Test func `what a QR code holds comes back, and nothing else does`() throws {
        let invite = PaperFormats.invite()
        let code = try #require(invite.code)
        #expect(code.hasPrefix("CORDON:INVITE:"))
        for same in [code, "\(code)\n", " \r\n\(code)  \r\n"] { #expect(try Invite(text: Array(same.utf8)) == invite) }
        let content = String(code.dropFirst("CORDON:INVITE:".count))
        for other in [
            "", content, "CORDON:INVITE:", String(code.dropLast()), "\(code)0", code.lowercased(), "\(code)\n\(code)",
            "CORDON:\(content)", "CORDON:CARD:\(content)", "\(invite.text)\(code)", "x\(code)",
            code.replacing("CORDON:", with: "CORDON: "),
            "\(code.prefix(40))\n\(code.dropFirst(40))",
        ] {
            let found = problem { () throws(ClientError) in _ = try Invite(text: Array(other.utf8)) }
            #expect(found == "notA(kind: \"invite\")", "\(other.prefix(80))")
        }
    }

    @Test func `a paper that one QR code does not hold has none`() throws {
        #expect(PaperFormats.card().code == nil)
        let fits = try #require(PaperFormats.application(.clinic).code)
        #expect(fits.utf8.count <= Application.maximumCodeSize)
        // To the byte: the prefix and whole groups.
        func size(_ count: Int) -> Int { "CORDON:APPLICATION:".count + Base45.encode([UInt8](repeating: 1, count: count)).count }
        #expect(size(Application.maximumSizeInCode) <= 4_296 && size(Application.maximumSizeInCode + 1) > 4_296)
    }

    @Test func `a text that is cut, of another kind or written otherwise is none`() {
        let text = PaperFormats.invite().text
        let lines = text.split(separator: "\n").map(String.init)
        let others = [
            "", "\n", lines.dropFirst().joined(separator: "\n"), lines.dropLast().joined(separator: "\n"),
            text.replacing("INVITE", with: "CARD"), text.replacing("BEGIN CORDON", with: "BEGIN CORDO"),
            ([lines[0], lines[2], lines[1]] + lines.dropFirst(3)).joined(separator: "\n"),
            text.replacing(lines[1], with: lines[1].dropLast()), text.replacing(lines[1], with: lines[1] + "A"),
            "x\n" + text, text + "x\n", text + text, String(repeating: " ", count: Invite.maximumTextSize) + text,
        ]
        for other in others {
            let found = problem { () throws(ClientError) in _ = try Invite(text: Array(other.utf8)) }
            #expect(found == "notA(kind: \"invite\")", "\(other.prefix(80))")
        }
        #expect(problem { () throws(ClientError) in _ = try Card(text: Array(text.utf8)) } == "notA(kind: \"card\")")
        let address = problem { () throws(ClientError) in _ = try PersonAddress(text: Array(text.utf8)) }
        #expect(address == "notA(kind: \"personal address\")")
    }

    @Test func `an auditor alone has a mandate`() throws {
        let with = PaperFormats.application(.auditor).canonicalBytes
        let role = PaperFormats.pin.canonicalBytes.count
        var clinic = with
        clinic[role] = Actor.Role.clinic.rawValue
        #expect(throws: FormatError.notCanonical) { try Application(canonical: clinic) }
        clinic[role] = 4
        #expect(throws: FormatError.unknownTag) { try Application(canonical: clinic) }
    }

    @Test func `papers beyond their bounds are not looked at`() {
        #expect(throws: FormatError.tooLarge) {
            try Invite(canonical: [UInt8](repeating: 0, count: Invite.maximumSize + 1))
        }
        #expect(throws: FormatError.tooLarge) { try Card(canonical: [UInt8](repeating: 0, count: Card.maximumSize + 1)) }
    }
}

/// Cards whose signature is good but whose parts do not belong together: a patient's own device would not make them.
@Suite struct CardPartTests {
    private func discrepancy(_ slots: [Card.Slot]) -> Discrepancy? {
        do {
            try PaperFormats.card(slots).verify()
            return nil
        } catch .notVerified(let discrepancy) {
            return discrepancy
        } catch {
            return nil
        }
    }

    private let good = PaperFormats.slot(3, "ana/laboratory")
    private let other = PaperFormats.slot(3, "ana/imaging")

    @Test func `the parts of a slot are one compartment's`() {
        #expect(discrepancy([good]) == nil)
        let mixed = [
            Card.Slot(category: 3, entry: other.entry, list: good.list, permission: good.permission),
            Card.Slot(category: 3, entry: good.entry, list: other.list, permission: good.permission),
            Card.Slot(category: 3, entry: good.entry, list: good.list, permission: other.permission),
        ]
        for slot in mixed { #expect(discrepancy([slot]) == .paperNotAuthentic) }
    }

    @Test func `the permission is for the card's clinic`() {
        #expect(discrepancy([PaperFormats.slot(3, "ana/laboratory", for: "lakeside")]) == .paperNotAuthentic)
    }

    @Test func `the entry opens a compartment and is signed by it alone`() throws {
        let world = World()
        let compartment = Event.compartment(world.compartment("ana/laboratory"))
        let unsigned = Entry(origin: world.origin, bodiless: compartment)
        let entries = [
            unsigned, unsigned.signed(with: key("mallory")), good.entry.signed(with: key("mallory")),
            Entry(origin: world.origin, bodiless: .member(.remove(publicKey("north")))).signed(with: key("ana/laboratory")),
            Entry(origin: line("south.example/ledger"), bodiless: compartment).signed(with: key("ana/laboratory")),
        ]
        for entry in entries {
            let slot = Card.Slot(category: 3, entry: entry, list: good.list, permission: good.permission)
            #expect(discrepancy([slot]) == .paperNotAuthentic)
        }
    }

    @Test func `no category stands twice`() {
        let bytes = PaperFormats.card([good, other]).canonicalBytes
        #expect(throws: FormatError.notCanonical) { try Card(canonical: bytes) }
    }
}
