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
}

extension SG3072.Scalar: Number {
    init(_ scalar: SG3072.Scalar) { self = scalar }

    func scaled(by factor: SG3072.Scalar) -> SG3072.Scalar { self * factor }
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
        var sum = Value(constant * responses.challenge)
        for term in auxiliary { sum = sum + responses.auxiliary[term.index].scaled(by: term.coefficient) }
        for term in variables { sum = sum + responses.variables[term.index].scaled(by: term.coefficient) }
        return sum
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
