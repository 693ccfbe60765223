import CryptoPrimitives
package import EnvelopeEncryption
import GatewayAPI
package import SharingContract

/// A message between a patient and an organisation, sealed for its reader and padded, so that a gateway sees neither content nor kind.
///
/// Plaintext: `u8 kind || u32 length || message || zeroes`, up to the next of 8, 16, 32 and 64 KiB.
package enum InboxMessage: Hashable, Sendable {
    case slip(GrantSlip)
    case ask(AccessWish)
    case notice(DepositNotice)
    case emergency(EmergencyNotice)
    case claimsWish(ClaimsWish)
    case claimsCopies(ClaimsCopies)

    private static let sizes = [8_192, 16_384, 32_768, 65_536]

    package func sealed(to recipient: RecipientKey) throws(ClientError) -> [UInt8] {
        let plaintext = try plaintext()
        do {
            return try Envelope.seal(plaintext.span, to: recipient.hybrid)
        } catch {
            throw .localData(.notA(kind: "recipient"))
        }
    }

    /// `nil` if the message is not for this reader, or none: an inbox is open to senders, so rubbish is thrown away and is no error.
    package static func open(_ file: [UInt8], with identity: borrowing HybridIdentity) -> InboxMessage? {
        guard file.count <= SendMessage.maximumMessageSize, let plaintext = try? Envelope.open(file, with: identity)
        else { return nil }
        return try? InboxMessage(plaintext: plaintext)
    }
}

// What is sealed for the reader.
extension InboxMessage {
    init(plaintext: [UInt8]) throws(FormatError) {
        var reader = CanonicalReader(plaintext)
        let kind = try reader.integer(UInt8.self)
        let content = try reader.string(length: UInt32.self, atMost: plaintext.count)
        guard plaintext.count == Self.size(holding: plaintext.count - reader.remaining),
            try reader.fixed(reader.remaining).allSatisfy({ $0 == 0 })
        else { throw .notCanonical }
        switch kind {
        case 1: self = .slip(try GrantSlip(canonical: content))
        case 2: self = .ask(try AccessWish(canonical: content))
        case 3: self = .notice(try DepositNotice(canonical: content))
        case 4: self = .emergency(try EmergencyNotice(canonical: content))
        case 5: self = .claimsWish(try ClaimsWish(canonical: content))
        case 6: self = .claimsCopies(try ClaimsCopies(canonical: content))
        default: throw .unknownTag
        }
    }

    func plaintext() throws(ClientError) -> [UInt8] {
        var writer = CanonicalWriter()
        writer.integer(kind)
        writer.string(content, length: UInt32.self)
        let bytes = writer.bytes
        guard let size = Self.size(holding: bytes.count) else { throw .localData(.notA(kind: "message")) }
        return bytes + [UInt8](repeating: 0, count: size - bytes.count)
    }

    private static func size(holding count: Int) -> Int? {
        sizes.first { count <= $0 }
    }

    private var kind: UInt8 {
        switch self {
        case .slip: 1
        case .ask: 2
        case .notice: 3
        case .emergency: 4
        case .claimsWish: 5
        case .claimsCopies: 6
        }
    }

    private var content: [UInt8] {
        switch self {
        case .slip(let slip): slip.canonicalBytes
        case .ask(let wish): wish.canonicalBytes
        case .notice(let notice): notice.canonicalBytes
        case .emergency(let notice): notice.canonicalBytes
        case .claimsWish(let wish): wish.canonicalBytes
        case .claimsCopies(let copies): copies.canonicalBytes
        }
    }
}
