/// A group of numbers modulo a prime of 3072 bits, up to sign, for commitments and proofs.
///
/// p = 2 q r + 1, all three prime, q of 256 bits; what this is derived from, and how, stands in `GroupDerivation`. Elements are taken modulo
/// plus and minus 1, so the group has order q r and holds no small subgroup; commitments live in the part of order q. Security is that of
/// discrete logarithms with 3072-bit p and 256-bit q, 128 bits (NIST SP 800-57, part 1, table 2).
///
/// Secrets enter as `SecretScalar`, `SecretScalars` and `SecretBits`, and whatever takes those takes time that depends on their number
/// alone. All else is for what everybody may know.
package enum SG3072 {
    package static let tag = "cordon/zk/group/v1"

    /// Of the parameters and generators as they are shipped: SHA-256 of p (384 bytes) || q (32) || r (352) || H || Q || G/0 to G/15 || K/0 to
    /// K/127 (384 each), all big-endian. What a proof names its group by.
    package static let parametersHash = GroupResource.pinnedHash

    /// The prime p, to multiply by.
    static let field = GroupResource.shipped.modulus
    /// q, four limbs.
    static let order = GroupResource.shipped.order
    /// (p - 1) / 2, the largest representative.
    static let largest = (field.limbs.indices).map { index in
        let above = index + 1 < field.limbs.count ? field.limbs[index + 1] : 0
        return field.limbs[index] >> 1 | above << (Limb.bitWidth - 1)
    }
}
