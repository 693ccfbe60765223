/// The name of a sealed payload: the RFC 6962 root over its nonce and its ciphertext chunks.
///
/// A payload is what stands behind the header of an age file: 16 bytes of nonce, then ciphertext in chunks of 64 KiB and a 16-byte
/// tag each, the last one shorter. Leaf 0 is the nonce and leaf i+1 is chunk i, so a chunk can be checked without the others. Who
/// stores payloads computes the name without being able to open them.
package struct PayloadID: Value32 {
    package static let nonceSize = 16
    package static let sealedChunkSize = 65_536 + 16

    package let value: Bytes32

    package init(_ value: Bytes32) {
        self.value = value
    }
}

extension PayloadID {
    /// Computes the name of a payload that arrives in pieces of any size.
    package struct Hasher: Sendable {
        private var accumulator = TreeAccumulator()
        private var pending: [UInt8] = []
        /// Leaf hashes in order: nonce, then chunks.
        package private(set) var leaves: [Hash] = []
        package private(set) var size: UInt64 = 0

        package init() {}

        package mutating func update(_ bytes: [UInt8]) {
            update(bytes.span)
        }

        /// Whole leaves are hashed where they lie; only what does not fill one is copied.
        package mutating func update(_ bytes: Span<UInt8>) {
            size += UInt64(bytes.count)
            var rest = bytes
            if !pending.isEmpty {
                let missing = rest.extracting(first: leafSize - pending.count)
                pending.append(copying: missing)
                rest = rest.extracting(droppingFirst: missing.count)
                guard pending.count == leafSize else { return }
                append(Hash.leaf(pending))
                pending.removeAll(keepingCapacity: true)
            }
            while rest.count >= leafSize {
                let leaf = rest.extracting(first: leafSize)
                rest = rest.extracting(droppingFirst: leaf.count)
                append(Hash.leaf(leaf))
            }
            pending.append(copying: rest)
        }

        /// Takes up leaves that were hashed elsewhere, in their order. What came before must have filled its leaves.
        ///
        /// - Parameter size: how many bytes of payload they hold.
        package mutating func append(_ hashes: [Hash], size: Int) {
            precondition(pending.isEmpty, "a leaf is hashed in one place")
            self.size += UInt64(size)
            for hash in hashes { append(hash) }
        }

        /// `nil` if the bytes end before the first chunk's tag: then they are no payload.
        package mutating func finalize() -> PayloadID? {
            if !pending.isEmpty { append(Hash.leaf(pending)) }
            guard size >= UInt64(PayloadID.nonceSize + ChaCha20Poly1305.tagSize) else { return nil }
            return PayloadID(accumulator.root.value)
        }

        /// The length of the leaf that is being collected.
        private var leafSize: Int { leaves.isEmpty ? PayloadID.nonceSize : PayloadID.sealedChunkSize }

        private mutating func append(_ hash: Hash) {
            leaves.append(hash)
            accumulator.append(hash)
        }
    }

    package init?(of payload: [UInt8]) {
        var hasher = Hasher()
        hasher.update(payload)
        guard let identifier = hasher.finalize() else { return nil }
        self = identifier
    }
}
