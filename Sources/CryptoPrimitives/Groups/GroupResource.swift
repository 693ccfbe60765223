/// What the group is made of, as it is shipped. A test derives it anew, and so does `Tests/External/check_group.py`.
struct GroupResource: Sendable {
    static let pinnedHash: Hash = {
        guard let hash = Hash(hexadecimal: "0ec20d750ab15554c93ef1ce2637b08d648e8695f64ebdd8bb8f2292a7351e7a") else {
            preconditionFailure("64 digits")
        }
        return hash
    }()

    static let shipped: GroupResource = {
        let bytes = PackageResources.sg3072_bin
        precondition(SHA256.hash(bytes) == pinnedHash, "the group is not the one that this program was written for")
        guard let resource = GroupResource(bytes) else { preconditionFailure("the resource has its size") }
        return resource
    }()

    let modulus: Modulus
    let order: [Limb]
    let cofactor: [Limb]
    /// In the order of `GeneratorLabel.all`.
    let generators: [[Limb]]

    private static let (modulusSize, orderSize, cofactorSize) = (384, 32, 352)

    private init?(_ bytes: [UInt8]) {
        let labels = GeneratorLabel.all.count
        let first = Self.modulusSize + Self.orderSize + Self.cofactorSize
        guard bytes.count == first + labels * Self.modulusSize else { return nil }
        func number(_ start: Int, _ count: Int) -> [Limb] { [Limb](bigEndian: bytes.span.extracting(start..<start + count)) }
        guard let modulus = Modulus(number(0, Self.modulusSize)) else { return nil }
        self.modulus = modulus
        order = number(Self.modulusSize, Self.orderSize)
        cofactor = number(Self.modulusSize + Self.orderSize, Self.cofactorSize)
        generators = (0..<labels).map { number(first + $0 * Self.modulusSize, Self.modulusSize) }
    }

    /// The bytes of a resource, from numbers that were derived.
    static func encode(modulus: [Limb], order: [Limb], cofactor: [Limb], generators: [[Limb]]) -> [UInt8] {
        modulus.bigEndianBytes + order.bigEndianBytes + cofactor.bigEndianBytes + generators.flatMap(\.bigEndianBytes)
    }
}

/// The names that generators are hashed from.
enum GeneratorLabel {
    static let attributeCount = 16
    static let auxiliaryCount = 128

    static let all = ["H", "Q"] + (0..<attributeCount).map { "G/\($0)" } + (0..<auxiliaryCount).map { "K/\($0)" }
}
