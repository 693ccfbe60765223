internal import CryptoPrimitives

/// Polynomials from their values.
enum Interpolation {
    /// For each point the polynomial that is 1 there and 0 at the others, the constant coefficient first (Lagrange).
    static func basis(_ points: [SG3072.Scalar]) -> [[SG3072.Scalar]] {
        points.indices.map { index in
            var polynomial = [SG3072.Scalar.one]
            var value = SG3072.Scalar.one
            for (other, point) in points.enumerated() where other != index {
                polynomial = product(polynomial, lessRoot: point)
                value = value * (points[index] - point)
            }
            guard let inverse = value.inverse else { preconditionFailure("points differ") }
            return polynomial.map { $0 * inverse }
        }
    }

    /// Times (x - root).
    private static func product(_ polynomial: [SG3072.Scalar], lessRoot root: SG3072.Scalar) -> [SG3072.Scalar] {
        var product = [.zero] + polynomial
        for (power, coefficient) in polynomial.enumerated() { product[power] = product[power] - root * coefficient }
        return product
    }
}
