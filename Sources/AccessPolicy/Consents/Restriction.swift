package import CryptoPrimitives

/// A consent that only forbids: it hides records even from live grants, until it is revoked.
package struct Restriction: Hashable, Sendable {
    package enum Target: Hashable, Sendable {
        /// All records of the compartment.
        case everything
        /// Those with this label or one below it, named as policies name labels.
        case label(TextLine)
        /// One record, in every version.
        case record(Bytes32)
    }

    package let target: Target
    /// From whom. `nil` means from everyone.
    package let clinic: Ed25519.PublicKey?

    package init(_ target: Target, from clinic: Ed25519.PublicKey? = nil) {
        self.target = target
        self.clinic = clinic
    }

    init(from reader: inout CanonicalReader) throws(FormatError) {
        switch try reader.integer(UInt8.self) {
        case 0: target = .everything
        case 1: target = .label(try reader.text())
        case 2: target = .record(try reader.bytes32())
        default: throw .unknownTag
        }
        clinic = try reader.optional { reader throws(FormatError) in try reader.value() }
    }

    func encode(to writer: inout CanonicalWriter) {
        switch target {
        case .everything: writer.integer(0 as UInt8)
        case .label(let label):
            writer.integer(1 as UInt8)
            writer.text(label)
        case .record(let record):
            writer.integer(2 as UInt8)
            writer.bytes32(record)
        }
        writer.optional(clinic) { $0.value($1) }
    }
}
