package import CryptoPrimitives
package import SharingContract

/// A record as the gateway hands it to one reader: what the depositor said of it, the way from there to the deposit's leaf, and the
/// header that this reader can open.
package struct StoredRecord: CanonicalCodable, Hashable, Sendable {
    package static let maximumSize = 8 + 32 + Descriptor.maximumSize + SlotProof.maximumSize + 2 + maximumHeaderSize

    /// The deposit's leaf.
    package let deposit: UInt64
    package let salt: Bytes32
    package let descriptor: Descriptor
    package let proof: SlotProof
    package let header: [UInt8]

    package init(deposit: UInt64, salt: Bytes32, descriptor: Descriptor, proof: SlotProof, header: [UInt8]) {
        self.deposit = deposit
        self.salt = salt
        self.descriptor = descriptor
        self.proof = proof
        self.header = header
    }

    package var position: UInt64 { EvidenceRules.position(leaf: deposit, slot: proof.slot) }

    package var descriptorCommitment: Hash { descriptor.commitment(salt: salt) }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        deposit = try reader.integer(UInt64.self)
        salt = try reader.bytes32()
        descriptor = try reader.value()
        proof = try reader.value()
        header = try reader.string(length: UInt16.self, atMost: maximumHeaderSize)
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.integer(deposit)
        writer.bytes32(salt)
        writer.value(descriptor)
        writer.value(proof)
        writer.string(header, length: UInt16.self)
    }
}
