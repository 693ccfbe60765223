extension SG3072 {
    /// An element: y and p - y are the same one, of which the smaller is held. So there is one encoding for each, and decoding is a
    /// comparison.
    ///
    /// Nothing here says that an element lies in the subgroup of order q. A proof that binds it does; where none does, `isMember` must be
    /// asked. All in variable time, for elements are public.
    package struct Element: Hashable, Sendable {
        package static let size = 384

        /// The neutral element, which no encoding gives and no message may hold.
        package static let identity = Element(representative: [1] + [Limb](repeating: 0, count: SG3072.field.limbCount - 1))

        /// 1 to (p - 1) / 2.
        let limbs: [Limb]

        /// - Parameter limbs: a number from 1 to p - 1.
        init(representative limbs: [Limb]) {
            self.limbs = SG3072.largest.isBelow(limbs) ? SG3072.field.limbs.subtracting(limbs) : limbs
        }

        /// 384 bytes, big-endian, 2 to (p - 1) / 2.
        package init(decoding bytes: Span<UInt8>) throws(FormatError) {
            guard bytes.count >= Self.size else { throw .truncated }
            guard bytes.count == Self.size else { throw .trailingBytes }
            let limbs = [Limb](bigEndian: bytes)
            guard !SG3072.largest.isBelow(limbs), Self.identity.limbs.isBelow(limbs) else { throw .notCanonical }
            self.limbs = limbs
        }

        package init(decoding bytes: [UInt8]) throws(FormatError) {
            try self.init(decoding: bytes.span)
        }

        /// The identity encodes to what no decoder takes.
        package var encoded: [UInt8] { limbs.bigEndianBytes }

        package var isIdentity: Bool { self == .identity }

        /// Whether y^q = 1 or -1. Half a millisecond, for an element that is stored or passed on without a proof that binds it.
        package var isMember: Bool {
            SG3072.power(self, SG3072.order).isIdentity
        }
    }
}

extension SG3072.Element {
    package static func * (left: Self, right: Self) -> Self {
        let work = Workspace(SG3072.field, residues: 2, timing: .variable)
        work.load(0, left.limbs)
        work.load(1, right.limbs)
        unsafe work.multiply(work.residue(0), work.residue(0), work.residue(1))
        return Self(representative: work.number(0))
    }

    package static func / (left: Self, right: Self) -> Self {
        left * right.inverse
    }

    package var inverse: Self {
        guard let inverse = WholeNumber.inverse(of: limbs, modulo: SG3072.field.limbs) else {
            preconditionFailure("p is prime and no element is 0")
        }
        return Self(representative: inverse)
    }

    /// The inverses of all, for the price of one and three multiplications each (Montgomery, 1987).
    static func inverses(of elements: [Self]) -> [Self] {
        guard elements.count > 1 else { return elements.map(\.inverse) }
        var products: [Self] = []
        for element in elements { products.append(products.last.map { $0 * element } ?? element) }
        var inverse = products[products.count - 1].inverse
        var inverses = elements
        for index in elements.indices.dropFirst().reversed() {
            inverses[index] = inverse * products[index - 1]
            inverse = inverse * elements[index]
        }
        inverses[0] = inverse
        return inverses
    }
}
