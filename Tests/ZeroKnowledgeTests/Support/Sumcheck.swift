import CryptoPrimitives
import ZeroKnowledge

/// The example of draft-irtf-cfrg-fiat-shamir: the sum of a table of 2^v numbers modulo 2^31 - 1, shown through its folds.
struct Sumcheck<XOF: ExtendableOutput> {
    let sessionID: Bytes32

    private static var modulus: UInt64 { 0x7fff_ffff }

    private func sponge(variables: Int, sum: UInt64) -> DuplexSponge<XOF> {
        var sponge = DuplexSponge<XOF>(sessionID: sessionID)
        sponge.absorb(Codec.integer(UInt32(variables)) + Codec.integer(UInt32(sum)))
        return sponge
    }

    func prove(_ witness: [UInt64]) -> (proof: [UInt8], last: UInt64) {
        let modulus = Self.modulus
        var table = witness
        var sponge = sponge(
            variables: witness.count.trailingZeroBitCount, sum: witness.reduce(0, +) % modulus)
        var proof: [UInt8] = []
        while table.count > 1 {
            let pairs = stride(from: 0, to: table.count, by: 2).map { (table[$0], table[$0 + 1]) }
            let constant = pairs.reduce(0) { $0 + $1.0 } % modulus
            let slope = (pairs.reduce(0) { $0 + $1.1 } + modulus - constant) % modulus
            let message = Codec.integer(UInt32(constant)) + Codec.integer(UInt32(slope))
            sponge.absorb(message)
            proof += message
            let challenge = Self.challenge(&sponge)
            table = pairs.map { ($0.0 + challenge * (($0.1 + modulus - $0.0) % modulus)) % modulus }
        }
        return (proof, table[0])
    }

    /// The value that is left to check, or `nil`.
    func verify(_ proof: [UInt8], variables: Int, sum: UInt64) throws(FormatError) -> UInt64? {
        let modulus = Self.modulus
        var (sponge, reader, claim) = (sponge(variables: variables, sum: sum), CanonicalReader(proof), sum)
        for _ in 0..<variables {
            let (constant, slope) = (UInt64(try reader.littleEndian()), UInt64(try reader.littleEndian()))
            guard constant < modulus, slope < modulus else { throw .notCanonical }
            guard (2 * constant + slope) % modulus == claim else { return nil }
            sponge.absorb(Codec.integer(UInt32(constant)) + Codec.integer(UInt32(slope)))
            claim = (constant + slope * Self.challenge(&sponge)) % modulus
        }
        try reader.expectEnd()
        return claim
    }

    private static func challenge(_ sponge: inout DuplexSponge<XOF>) -> UInt64 {
        sponge.squeeze(4).reversed().reduce(0) { $0 << 8 | UInt64($1) } % modulus
    }
}
