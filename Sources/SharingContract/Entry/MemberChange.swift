package import CryptoPrimitives

/// A change in who runs the ledger. docs/formats.md, section 4.1.
package enum MemberChange: Hashable, Sendable {
    case add(Member, genesis: Genesis?)
    case remove(Ed25519.PublicKey)
    case rekey(old: Ed25519.PublicKey, new: Ed25519.PublicKey)

    /// A consortium organisation that runs a gateway.
    package struct Member: Hashable, Sendable {
        package let key: Ed25519.PublicKey
        package let name: TextLine
        /// The base address of its gateway.
        package let address: TextLine

        package init(key: Ed25519.PublicKey, name: TextLine, address: TextLine) {
            self.key = key
            self.name = name
            self.address = address
        }
    }

    /// What leaf 0 fixes for the whole ledger.
    package struct Genesis: Hashable, Sendable {
        package let rulesVersion: UInt16
        /// Signs checkpoints and nothing else.
        package let ledgerKey: Ed25519.PublicKey

        package init(rulesVersion: UInt16, ledgerKey: Ed25519.PublicKey) {
            self.rulesVersion = rulesVersion
            self.ledgerKey = ledgerKey
        }
    }

    init(from reader: inout CanonicalReader) throws(FormatError) {
        switch try reader.integer(UInt8.self) {
        case 1:
            let member = Member(key: try reader.value(), name: try reader.text(), address: try reader.text())
            guard !member.name.isEmpty, !member.address.isEmpty else { throw .notCanonical }
            let genesis = try reader.optional { reader throws(FormatError) in
                Genesis(rulesVersion: try reader.integer(UInt16.self), ledgerKey: try reader.value())
            }
            self = .add(member, genesis: genesis)
        case 2: self = .remove(try reader.value())
        case 3: self = .rekey(old: try reader.value(), new: try reader.value())
        default: throw .unknownTag
        }
    }

    func encode(to writer: inout CanonicalWriter) {
        switch self {
        case .add(let member, let genesis):
            writer.integer(1 as UInt8)
            writer.value(member.key)
            writer.text(member.name)
            writer.text(member.address)
            writer.optional(genesis) { writer, genesis in
                writer.integer(genesis.rulesVersion)
                writer.value(genesis.ledgerKey)
            }
        case .remove(let key):
            writer.integer(2 as UInt8)
            writer.value(key)
        case .rekey(let old, let new):
            writer.integer(3 as UInt8)
            writer.value(old)
            writer.value(new)
        }
    }
}
