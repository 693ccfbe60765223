package import CryptoPrimitives

/// By what a client knows its ledger: whatever answers under the address must be this ledger, whoever runs it.
package struct Pin: CanonicalCodable, Codable, Hashable, Sendable {
    package static let maximumSize = 256 + 32 + 32 + 256

    package let origin: TextLine
    /// Hash of leaf 0, which names the first member, the rules and the ledger's key.
    package let genesis: Hash
    package let ledgerKey: Ed25519.PublicKey
    /// Where a gateway of it is reached.
    package let address: TextLine

    package init(origin: TextLine, genesis: Hash, ledgerKey: Ed25519.PublicKey, address: TextLine) {
        self.origin = origin
        self.genesis = genesis
        self.ledgerKey = ledgerKey
        self.address = address
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        origin = try reader.text()
        genesis = try reader.value()
        ledgerKey = try reader.value()
        address = try reader.text()
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.text(origin)
        writer.value(genesis)
        writer.value(ledgerKey)
        writer.text(address)
    }

    /// The same ledger, wherever it is reached.
    package func isSameLedger(as other: Pin) -> Bool {
        origin == other.origin && genesis == other.genesis && ledgerKey == other.ledgerKey
    }
}
