package import CryptoPrimitives

/// What belongs to a leaf and stays off the ledger: its body, and for a deposit the descriptors.
package struct Evidence: CanonicalCodable, Hashable, Sendable {
    package static let maximumSize = 8 << 20

    /// One taken slot of a deposit's descriptor tree.
    package enum Slot: Hashable, Sendable {
        case descriptor(Descriptor, salt: Bytes32)
        /// The descriptor and its salt were destroyed.
        case erased(commitment: Hash)

        package var commitment: Hash {
            switch self {
            case .descriptor(let descriptor, let salt): descriptor.commitment(salt: salt)
            case .erased(let commitment): commitment
            }
        }
    }

    package let salt: Bytes32
    package let body: [UInt8]
    /// Seed and taken slots of the descriptor tree. Deposits have one, others do not.
    package let tree: Tree?

    package struct Tree: Hashable, Sendable {
        package let seed: Bytes32
        package let slots: [UInt8: Slot]

        package init(seed: Bytes32, slots: [UInt8: Slot]) {
            self.seed = seed
            self.slots = slots
        }

        package var slotTree: SlotTree { SlotTree(seed: seed, commitments: slots.mapValues(\.commitment)) }
    }

    package init(salt: Bytes32, body: [UInt8], tree: Tree? = nil) {
        self.salt = salt
        self.body = body
        self.tree = tree
    }

    package init(salt: Bytes32, body: some Body, tree: Tree? = nil) {
        self.init(salt: salt, body: body.canonicalBytes, tree: tree)
    }

    /// What stands beside an entry of a kind without a body.
    package static let none = Evidence(salt: .zero, body: [])

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        salt = try reader.bytes32()
        body = try reader.string(length: UInt32.self, atMost: DecisionBody.maximumSize)
        tree = try reader.optional { reader throws(FormatError) in try Tree(from: &reader) }
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.bytes32(salt)
        writer.string(body, length: UInt32.self)
        writer.optional(tree) { $1.encode(to: &$0) }
    }
}

extension Evidence.Tree {
    fileprivate init(from reader: inout CanonicalReader) throws(FormatError) {
        seed = try reader.bytes32()
        let slots = try reader.list(length: UInt16.self, atMost: SlotTree.slotCount) { reader throws(FormatError) in
            (number: try reader.integer(UInt8.self), slot: try Evidence.Slot(from: &reader))
        }
        guard slots.isAscending(by: \.number) else { throw .notCanonical }
        self.slots = Dictionary(uniqueKeysWithValues: slots.map { ($0.number, $0.slot) })
    }

    fileprivate func encode(to writer: inout CanonicalWriter) {
        writer.bytes32(seed)
        writer.list(slots.sorted { $0.key < $1.key }, length: UInt16.self) { writer, slot in
            writer.integer(slot.key)
            slot.value.encode(to: &writer)
        }
    }
}

extension Evidence.Slot {
    fileprivate init(from reader: inout CanonicalReader) throws(FormatError) {
        self = try reader.flag() ? .descriptor(reader.value(), salt: reader.bytes32()) : .erased(commitment: reader.value())
    }

    fileprivate func encode(to writer: inout CanonicalWriter) {
        switch self {
        case .erased(let commitment):
            writer.flag(false)
            writer.value(commitment)
        case .descriptor(let descriptor, let salt):
            writer.flag(true)
            writer.value(descriptor)
            writer.bytes32(salt)
        }
    }
}
