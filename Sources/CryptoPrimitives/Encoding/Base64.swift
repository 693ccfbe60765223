internal import CSodium

/// Base 64 by libsodium, accepting the canonical form alone: no line breaks, no stray padding, no bits after the last byte.
package enum Base64 {
    package enum Variant: Sendable {
        /// RFC 4648, section 4, with padding: signed notes, digests.
        case standard
        /// The same without padding: age headers.
        case unpadded

        fileprivate var identifier: CInt {
            switch self {
            case .standard: CInt(sodium_base64_VARIANT_ORIGINAL)
            case .unpadded: CInt(sodium_base64_VARIANT_ORIGINAL_NO_PADDING)
            }
        }
    }

    package static func encode(_ bytes: [UInt8], _ variant: Variant = .standard) -> String {
        Sodium.initialize()
        let capacity = sodium_base64_encoded_len(bytes.count, variant.identifier)
        let text = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, initializedCount in
            let characters = unsafe UnsafeMutableRawPointer(buffer.baseAddress!).assumingMemoryBound(to: CChar.self)
            unsafe sodium_bin2base64(characters, capacity, bytes, bytes.count, variant.identifier)
            initializedCount = capacity - 1  // without the terminating zero
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// `nil` unless the text is what `encode` makes of some bytes.
    package static func decode(_ text: some StringProtocol, _ variant: Variant = .standard) -> [UInt8]? {
        decode(Array(text.utf8).span, variant)
    }

    package static func decode(_ text: Span<UInt8>, _ variant: Variant = .standard) -> [UInt8]? {
        Sodium.initialize()
        guard !text.isEmpty else { return [] }
        // libsodium 1.0.18 takes any byte above 0x7F for a digit.
        for index in text.indices where text[index] > 0x7F { return nil }
        let capacity = text.count / 4 * 3 + 3
        var isCanonical = false
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, initializedCount in
            var end: UnsafePointer<CChar>?
            unsafe text.withUnsafeBytes { source in
                let characters = unsafe source.baseAddress!.assumingMemoryBound(to: CChar.self)
                let status = unsafe sodium_base642bin(
                    buffer.baseAddress!, capacity, characters, text.count, nil, &initializedCount, &end, variant.identifier)
                isCanonical = unsafe status == 0 && end == characters + text.count
            }
            if !isCanonical { initializedCount = 0 }
        }
        return isCanonical ? bytes : nil
    }
}
