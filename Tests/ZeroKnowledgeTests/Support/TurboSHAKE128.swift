import ZeroKnowledge

/// Keccak-p[1600] in plain words: TurboSHAKE128 (RFC 9861: 12 rounds, domain 0x1f), so that published vectors run through the sponge.
struct TurboSHAKE128: ExtendableOutput {
    private static let rate = 168
    private var input: [UInt8] = []

    mutating func absorb(_ bytes: [UInt8]) { input += bytes }

    func output(_ count: Int) -> [UInt8] {
        var padded = input + [0x1f]
        padded += [UInt8](repeating: 0, count: (Self.rate - padded.count % Self.rate) % Self.rate)
        padded[padded.count - 1] ^= 0x80
        var state = [UInt64](repeating: 0, count: 25)
        for block in stride(from: 0, to: padded.count, by: Self.rate) {
            for index in 0..<Self.rate { state[index / 8] ^= UInt64(padded[block + index]) << UInt64(8 * (index % 8)) }
            Self.permute(&state)
        }
        var output: [UInt8] = []
        while true {
            for index in 0..<Self.rate { output.append(UInt8(truncatingIfNeeded: state[index / 8] >> UInt64(8 * (index % 8)))) }
            guard output.count < count else { return Array(output.prefix(count)) }
            Self.permute(&state)
        }
    }

    /// The last 12 of the 24 rounds of FIPS 202, section 3.
    private static func permute(_ a: inout [UInt64]) {
        for constant in roundConstants {
            var c = [UInt64](repeating: 0, count: 5)
            for index in 0..<25 { c[index % 5] ^= a[index] }
            for index in 0..<25 { a[index] ^= c[(index + 4) % 5] ^ rotate(c[(index + 1) % 5], 1) }
            var b = a
            var (x, y, lane) = (1, 0, a[1])
            for step in 0..<24 {
                (x, y) = (y, (2 * x + 3 * y) % 5)
                b[x + 5 * y] = rotate(lane, (step + 1) * (step + 2) / 2)
                lane = a[x + 5 * y]
            }
            for index in 0..<25 {
                let row = index - index % 5
                a[index] = b[index] ^ (~b[row + (index + 1) % 5] & b[row + (index + 2) % 5])
            }
            a[0] ^= constant
        }
    }

    private static func rotate(_ value: UInt64, _ count: Int) -> UInt64 {
        let count = UInt64(count % 64)
        return count == 0 ? value : value << count | value >> (64 - count)
    }

    private static let roundConstants: [UInt64] = [
        0x0000_0000_8000_808b, 0x8000_0000_0000_008b, 0x8000_0000_0000_8089, 0x8000_0000_0000_8003, 0x8000_0000_0000_8002,
        0x8000_0000_0000_0080, 0x0000_0000_0000_800a, 0x8000_0000_8000_000a, 0x8000_0000_8000_8081, 0x8000_0000_0000_8080,
        0x0000_0000_8000_0001, 0x8000_0000_8000_8008,
    ]
}
