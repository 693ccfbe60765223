package import CryptoPrimitives

/// The secret side of a `HybridRecipient`: a seed of 32 bytes, from which both key pairs are expanded whenever they are needed, so
/// that only the seed has to be kept. Written "AGE-SECRET-KEY-PQ-1…".
package struct HybridIdentity: ~Copyable, Sendable {
    package static let seedSize = 32
    private static let text = Bech32(prefix: "AGE-SECRET-KEY-PQ-", byteCount: seedSize, letterCase: .upper)

    private let seed: SecretBytes

    package init(seed: consuming SecretBytes) {
        precondition(seed.count == Self.seedSize, "a hybrid seed is 32 bytes")
        self.seed = seed
    }

    package static func random() -> HybridIdentity {
        HybridIdentity(seed: SecretBytes.random(count: seedSize))
    }

    /// Expanded from the seed at each call.
    package borrowing func recipient() -> HybridRecipient {
        HybridEncryption.recipient(of: seed)
    }
}

extension HybridIdentity: Identity {
    package borrowing func unwrap(_ stanzas: [Stanza]) throws(HeaderError) -> FileKey? {
        var wraps: [HybridEncryption.Wrap] = []
        for stanza in stanzas where stanza.type == HybridRecipient.stanzaType {
            guard stanza.arguments.count == 1, let encapsulatedKey = Base64.decode(stanza.arguments[0], .unpadded),
                encapsulatedKey.count == HybridEncryption.encapsulatedKeySize, stanza.body.count == FileKey.wrappedSize
            else { throw .malformed }
            wraps.append(.init(encapsulatedKey: encapsulatedKey, body: stanza.body))
        }
        return try HybridEncryption.unwrapFirst(of: wraps, with: seed)
    }
}

extension HybridIdentity {
    /// `nil` unless the text is "AGE-SECRET-KEY-PQ-1…" in upper case.
    package init?(text: borrowing SecretBytes) {
        guard let seed = Self.text.decode(text) else { return nil }
        self.init(seed: seed)
    }

    /// The identity as text for stock age. Whoever has it can open everything this identity can.
    package borrowing func exportedText() -> SecretBytes {
        seed.withBytes { Self.text.encodeSecret($0) }
    }
}
