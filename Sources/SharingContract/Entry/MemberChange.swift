package import CryptoPrimitives

/// A change in who runs the ledger. In an entry, each but the first is followed by the leaf of the change before it.
/// docs/formats.md, section 4.1.
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
        /// In leaf 0 alone; the contract's state does not repeat it.
        package let predecessor: Predecessor?

        package init(rulesVersion: UInt16, ledgerKey: Ed25519.PublicKey, predecessor: Predecessor? = nil) {
            self.rulesVersion = rulesVersion
            self.ledgerKey = ledgerKey
            self.predecessor = predecessor
        }
    }

    /// The ledger in whose place another begins, after part of it was lost, and how far it is known to have come.
    package struct Predecessor: Hashable, Sendable {
        package let origin: TextLine
        package let size: UInt64
        package let root: Hash

        package init(origin: TextLine, size: UInt64, root: Hash) {
            self.origin = origin
            self.size = size
            self.root = root
        }
    }

    /// Whether this begins a ledger.
    var isGenesis: Bool {
        if case .add(_, _?) = self { true } else { false }
    }

    init(from reader: inout CanonicalReader) throws(FormatError) {
        switch try reader.integer(UInt8.self) {
        case 1:
            let member = try Self.member(from: &reader)
            let genesis = try reader.optional { reader throws(FormatError) in
                Genesis(rulesVersion: try reader.integer(UInt16.self), ledgerKey: try reader.value())
            }
            self = .add(member, genesis: genesis)
        case 2: self = .remove(try reader.value())
        case 3: self = .rekey(old: try reader.value(), new: try reader.value())
        case 4:
            let member = try Self.member(from: &reader)
            let (version, key): (UInt16, Ed25519.PublicKey) = (try reader.integer(UInt16.self), try reader.value())
            let predecessor = Predecessor(
                origin: try reader.text(), size: try reader.integer(UInt64.self), root: try reader.value())
            guard !predecessor.origin.isEmpty, predecessor.size > 0 else { throw .notCanonical }
            self = .add(member, genesis: Genesis(rulesVersion: version, ledgerKey: key, predecessor: predecessor))
        default: throw .unknownTag
        }
    }

    private static func member(from reader: inout CanonicalReader) throws(FormatError) -> Member {
        let member = Member(key: try reader.value(), name: try reader.text(), address: try reader.text())
        guard !member.name.isEmpty, !member.address.isEmpty else { throw .notCanonical }
        return member
    }

    func encode(to writer: inout CanonicalWriter) {
        switch self {
        case .add(let member, let genesis):
            if let genesis, let predecessor = genesis.predecessor {
                encode(member, genesis, predecessor, to: &writer)
                return
            }
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

    private func encode(
        _ member: Member, _ genesis: Genesis, _ predecessor: Predecessor, to writer: inout CanonicalWriter
    ) {
        writer.integer(4 as UInt8)
        writer.value(member.key)
        writer.text(member.name)
        writer.text(member.address)
        writer.integer(genesis.rulesVersion)
        writer.value(genesis.ledgerKey)
        writer.text(predecessor.origin)
        writer.integer(predecessor.size)
        writer.value(predecessor.root)
    }
}
