internal import CryptoPrimitives

/// A number modulo the group's order, public or secret: rows and forms are written once and evaluated for the verifier with the one and
/// for the prover with the other.
protocol Number {
    init(_ scalar: SG3072.Scalar)
    static func + (left: Self, right: Self) -> Self
    static func - (left: Self, right: Self) -> Self
    static func * (left: Self, right: Self) -> Self
    /// Times a public number.
    func scaled(by factor: SG3072.Scalar) -> Self
    /// For each list of weights, one for each number, the sum of weight times number.
    static func combinations(_ numbers: [Self], _ weights: [[SG3072.Scalar]]) -> [Self]
    /// The sum of weight * f * (x - f) over the numbers f.
    static func bits(_ numbers: [Self], _ weights: [SG3072.Scalar], _ x: SG3072.Scalar) -> Self
}

extension SG3072.Scalar: Number {
    init(_ scalar: SG3072.Scalar) { self = scalar }

    func scaled(by factor: SG3072.Scalar) -> SG3072.Scalar { self * factor }

    static func combinations(_ numbers: [SG3072.Scalar], _ weights: [[SG3072.Scalar]]) -> [SG3072.Scalar] {
        weights.map { zip(numbers, $0).reduce(.zero) { $0 + $1.0 * $1.1 } }
    }

    static func bits(_ numbers: [SG3072.Scalar], _ weights: [SG3072.Scalar], _ x: SG3072.Scalar) -> SG3072.Scalar {
        zip(numbers, weights).reduce(.zero) { $0 + $1.1 * $1.0 * (x - $1.0) }
    }
}

/// The responses of a proof, or what stands for them: f of the auxiliary values, z of the variables, and the challenge.
struct Responses<Value: Number> {
    let auxiliary: [Value]
    /// Of all, known and determined ones too.
    var variables: [Value]
    let challenge: SG3072.Scalar
}

/// A sum of the challenge, auxiliary values and variables with public coefficients.
struct LinearForm: Sendable {
    /// Of the challenge: what a constant becomes in responses.
    var constant = SG3072.Scalar.zero
    var auxiliary: [(index: Int, coefficient: SG3072.Scalar)] = []
    var variables: [(index: Int, coefficient: SG3072.Scalar)] = []

    func evaluated<Value: Number>(_ responses: Responses<Value>) -> Value {
        if variables.isEmpty, constant == .zero, auxiliary.count == 1 {
            return responses.auxiliary[auxiliary[0].index].scaled(by: auxiliary[0].coefficient)
        }
        let terms = auxiliary.map { responses.auxiliary[$0.index] } + variables.map { responses.variables[$0.index] }
        let coefficients = auxiliary.map(\.coefficient) + variables.map(\.coefficient)
        return Value(constant * responses.challenge) + Value.combinations(terms, [coefficients])[0]
    }

    func scaled(by factor: SG3072.Scalar) -> LinearForm {
        LinearForm(
            constant: constant * factor, auxiliary: auxiliary.map { ($0.index, $0.coefficient * factor) },
            variables: variables.map { ($0.index, $0.coefficient * factor) })
    }
}

extension SG3072.Scalar {
    /// A negative number as the order less its magnitude.
    init(signed number: Int32) {
        let magnitude = SG3072.Scalar(UInt64(number.magnitude))
        self = number < 0 ? .zero - magnitude : magnitude
    }
}
