/// HKDF-SHA-256 (RFC 5869).
package enum HKDF {
    /// The largest output: 255 blocks of 32 bytes. RFC 5869, section 2.3.
    package static let maximumOutput = 255 * 32

    package static func deriveKey(
        from input: borrowing SecretBytes, salt: [UInt8] = [], info: [UInt8], count: Int = 32
    ) -> SecretBytes {
        precondition((1...maximumOutput).contains(count), "HKDF-SHA-256 gives 1 to 8,160 bytes")
        var extract = HMAC(key: salt.span)
        input.withBytes { extract.update($0) }
        let pseudorandomKey = extract.finalizeSecret()
        return SecretBytes(count: count) { output in
            var previous = SecretBytes(zeroesOfCount: 0)
            var written = 0
            var counter: UInt8 = 1
            while written < count {
                var expand = HMAC(key: pseudorandomKey)
                previous.withBytes { expand.update($0) }
                expand.update(info)
                expand.update([counter])
                previous = expand.finalizeSecret()
                let length = min(32, count - written)
                previous.withBytes { block in
                    for index in 0..<length { output[written + index] = block[index] }
                }
                written += length
                counter &+= 1
            }
        }
    }
}
