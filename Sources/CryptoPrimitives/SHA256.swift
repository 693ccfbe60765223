internal import COpenSSL

/// SHA-256 (FIPS 180-4) by OpenSSL, which uses the CPU's SHA extensions.
package struct SHA256 {
    fileprivate var context = SHA256_CTX()

    package init() {
        let status = unsafe SHA256_Init(&context)
        precondition(status == 1, "SHA256_Init cannot fail")
    }

    package mutating func update(_ bytes: Span<UInt8>) {
        let status = unsafe bytes.withUnsafeBytes { unsafe SHA256_Update(&context, $0.baseAddress, $0.count) }
        precondition(status == 1, "SHA256_Update cannot fail")
    }

    package mutating func update(_ bytes: [UInt8]) {
        update(bytes.span)
    }

    package mutating func update(_ value: Bytes32) {
        value.withBytes { update($0) }
    }

    package mutating func update(byte: UInt8) {
        let status = unsafe withUnsafeBytes(of: byte) { unsafe SHA256_Update(&context, $0.baseAddress, 1) }
        precondition(status == 1, "SHA256_Update cannot fail")
    }

    package consuming func finalize() -> Hash {
        Hash(
            unsafe Bytes32 {
                let status = unsafe SHA256_Final($0, &context)
                precondition(status == 1, "SHA256_Final cannot fail")
            })
    }

    package static func hash(_ parts: [UInt8]...) -> Hash {
        var hasher = SHA256()
        for part in parts { hasher.update(part) }
        return hasher.finalize()
    }
}

/// The output of SHA-256, 32 bytes.
package struct Hash: Value32 {
    package let value: Bytes32

    package init(_ value: Bytes32) {
        self.value = value
    }

    /// The root of the empty tree: SHA-256(""). RFC 6962, section 2.1.
    package static let emptyTree = SHA256().finalize()

    /// The hash of a leaf: SHA-256(0x00 || entry). RFC 6962, section 2.1.
    package static func leaf(_ entry: Span<UInt8>) -> Hash {
        var hasher = SHA256()
        hasher.update(byte: 0x00)
        hasher.update(entry)
        return hasher.finalize()
    }

    package static func leaf(_ entry: [UInt8]) -> Hash {
        leaf(entry.span)
    }

    /// The hash of an interior node: SHA-256(0x01 || left || right). RFC 6962, section 2.1.
    package static func node(_ left: Hash, _ right: Hash) -> Hash {
        // In one piece: three calls into OpenSSL take longer than copying 64 bytes.
        var input = InlineArray<65, UInt8>(repeating: 0x01)
        left.value.withBytes { left in
            right.value.withBytes { right in
                for index in 0..<Bytes32.count {
                    input[1 + index] = left[index]
                    input[1 + Bytes32.count + index] = right[index]
                }
            }
        }
        var hasher = SHA256()
        hasher.update(input.span)
        return hasher.finalize()
    }
}
