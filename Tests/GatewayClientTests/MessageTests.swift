import CryptoPrimitives
import EnvelopeEncryption
import SharingContract
import TestSupport
import Testing

@testable import GatewayClient

@Suite struct MessageTests {
    private let origin = World().origin
    private var identity: HybridIdentity { KeyFormats.keyring("ana", .patient).inboxIdentity() }

    /// Whether bytes are a message whose signature is good here.
    private func isGood(_ bytes: [UInt8], kind: Int, origin: TextLine) -> Bool {
        switch kind {
        case 1: (try? GrantSlip(canonical: bytes).verifySignature(origin: origin)) != nil
        case 2: (try? AccessWish(canonical: bytes).verifySignature(origin: origin)) != nil
        case 4: (try? EmergencyNotice(canonical: bytes).verifySignature(origin: origin)) != nil
        case 5: (try? ClaimsWish(canonical: bytes).verifySignature(origin: origin)) != nil
        case 6: (try? ClaimsCopies(canonical: bytes).verifySignature(origin: origin)) != nil
        default: (try? DepositNotice(canonical: bytes).verifySignature(origin: origin)) != nil
        }
    }

    private func bytes(_ kind: Int) throws -> [UInt8] {
        switch kind {
        case 1: try MessageFormats.slip().canonicalBytes
        case 2: MessageFormats.wish().canonicalBytes
        case 4: MessageFormats.emergency().canonicalBytes
        case 5: try MessageFormats.claimsWish().canonicalBytes
        case 6: try MessageFormats.claimsCopies().canonicalBytes
        default: MessageFormats.notice().canonicalBytes
        }
    }

    @Test(arguments: 1...6) func `a message is good as it is, on its ledger, and in no other way`(kind: Int) throws {
        let bytes = try bytes(kind)
        var failures = Failures()
        failures.check(isGood(bytes, kind: kind, origin: origin), "as it is")
        failures.check(!isGood(bytes, kind: kind, origin: line("south.example/ledger")), "another ledger")
        for position in stride(from: 0, to: bytes.count, by: bytes.count > 2_000 ? 7 : 1) {
            var changed = bytes
            changed[position] ^= 1
            failures.check(!isGood(changed, kind: kind, origin: origin), "byte \(position)")
            failures.check(!isGood(Array(bytes.prefix(position)), kind: kind, origin: origin), "cut to \(position)")
        }
        failures.check(!isGood(bytes + [0], kind: kind, origin: origin), "appended")
        for other in 1...6 where other != kind {
            failures.check(!isGood(bytes, kind: other, origin: origin), "taken for kind \(other)")
        }
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func `a message opens for its reader alone`() throws {
        let message = InboxMessage.ask(MessageFormats.wish())
        let sealed = try message.sealed(to: identity.recipient().key)
        #expect(InboxMessage.open(sealed, with: identity) == message)
        #expect(InboxMessage.open(sealed, with: KeyFormats.keyring("eve", .patient).inboxIdentity()) == nil)
        #expect(InboxMessage.open(sealed + [0], with: identity) == nil)
        #expect(InboxMessage.open(Array(sealed.dropLast()), with: identity) == nil)
        #expect(InboxMessage.open([], with: identity) == nil)
    }

    @Test func `neither kind nor length can be told from outside`() throws {
        let recipient = identity.recipient().key
        let wish = try InboxMessage.ask(MessageFormats.wish()).sealed(to: recipient)
        let notice = try InboxMessage.notice(MessageFormats.notice()).sealed(to: recipient)
        let slip = try InboxMessage.slip(try MessageFormats.slip()).sealed(to: recipient)
        let emergency = try InboxMessage.emergency(MessageFormats.emergency()).sealed(to: recipient)
        let claims = try InboxMessage.claimsWish(try MessageFormats.claimsWish()).sealed(to: recipient)
        let copies = try InboxMessage.claimsCopies(try MessageFormats.claimsCopies()).sealed(to: recipient)
        #expect(Set([wish, notice, slip, emergency, claims, copies].map(\.count)).count == 1)
    }

    @Test func `a wish for copies shows one, and an answer has some`() throws {
        let (wish, copies) = (try MessageFormats.claimsWish(), try MessageFormats.claimsCopies().copies)
        for set in [[], copies] {
            let other = ClaimsWish(
                to: wish.issuer, record: wish.record, version: 1, set: wish.set.with(set), signingWith: key("ana/inbox"),
                origin: origin)
            #expect(throws: FormatError.notCanonical) { try ClaimsWish(canonical: other.canonicalBytes) }
        }
        let many = [ClaimSet.Copy](repeating: copies[0], count: 17)
        for (set, error) in [([], .notCanonical), (many, .tooLarge)] as [([ClaimSet.Copy], FormatError)] {
            let answer = ClaimsCopies(answering: wish, with: set, signingWith: key("hillside"), origin: origin)
            #expect(throws: error) { try ClaimsCopies(canonical: answer.canonicalBytes) }
        }
        let largest = ClaimsCopies(answering: wish, with: Array(many.dropLast()), signingWith: key("hillside"), origin: origin)
        #expect(largest.canonicalBytes.count == ClaimsCopies.maximumSize)
    }

    @Test func `plaintexts of another kind, length or padding are thrown away`() throws {
        let content = MessageFormats.wish().canonicalBytes
        func plaintext(_ kind: UInt8, _ content: [UInt8], size: Int, fill: UInt8 = 0) -> [UInt8] {
            var writer = CanonicalWriter()
            writer.integer(kind)
            writer.string(content, length: UInt32.self)
            return writer.bytes + [UInt8](repeating: fill, count: size - writer.bytes.count)
        }
        func isMessage(_ plaintext: [UInt8]) throws -> Bool {
            InboxMessage.open(try Envelope.seal(plaintext.span, to: identity.recipient()), with: identity) != nil
        }
        #expect(try isMessage(plaintext(2, content, size: 8_192)))
        // Further than it has to be: else a message would have several forms.
        for size in [16_384, 32_768, 65_536] { #expect(try !isMessage(plaintext(2, content, size: size))) }
        #expect(try !isMessage(plaintext(2, content, size: 8_191)))
        #expect(try !isMessage(plaintext(2, content, size: 131_072)))
        #expect(try !isMessage(plaintext(2, content, size: 8_192, fill: 1)))
        #expect(try !isMessage(plaintext(1, content, size: 8_192)))
        #expect(try !isMessage(plaintext(0, content, size: 8_192)))
        #expect(try !isMessage(plaintext(7, content, size: 8_192)))
        #expect(try !isMessage(plaintext(2, content + [0], size: 8_192)))
        #expect(try !isMessage([UInt8](repeating: 255, count: 8_192)))
    }
}
