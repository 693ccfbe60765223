import CryptoPrimitives
package import MedicalRecords

/// What is deposited as one: a record of a source, or a file that is not looked into.
package struct DepositItem: Sendable {
    package let facts: RecordFacts
    let content: Content
    /// SHA-256 of the content, by which a clinic knows again what it has deposited.
    let digest: Hash

    package enum Content: Sendable {
        case bytes([UInt8])
        case file(ContentFile)

        var size: UInt64 {
            switch self {
            case .bytes(let bytes): UInt64(bytes.count)
            case .file(let file): file.size
            }
        }

        /// Fills the span with what stands at the offset.
        func read(at offset: UInt64, into output: inout OutputSpan<UInt8>) throws(ClientError) {
            switch self {
            case .bytes(let bytes):
                let start = Int(offset)
                for byte in bytes[start..<start + output.freeCapacity] { output.append(byte) }
            case .file(let file): try file.read(at: offset, into: &output)
            }
        }

        func requireUnchanged() throws(ClientError) {
            if case .file(let file) = self { try file.requireUnchanged() }
        }
    }

    package init(_ record: Record) {
        facts = record.facts
        content = .bytes(record.content)
        digest = SHA256.hash(record.content)
    }

    /// Reads the file once, for its digest.
    package init(_ file: ContentFile, facts: RecordFacts) throws(ClientError) {
        self.facts = facts
        content = .file(file)
        digest = try file.digest()
    }
}
