internal import CryptoPrimitives

/// A polynomial in the responses whose highest coefficient, as one in the challenge x, vanishes for a true statement alone.
enum Row: Sendable {
    /// f (x - f): the form is 0 or 1.
    case bit(LinearForm)
    /// f (form) - x^2: the form has an inverse, which f is.
    case inverse(auxiliary: Int, LinearForm)
    /// x (form): the form is 0.
    case zero(LinearForm)
    /// sum of set[j] * product of digits[t][j_t] - x^(d-1) z: the variable is the member that the digits name.
    case member(digits: [[LinearForm]], set: [SG3072.Scalar], variable: Int)

    var degree: Int {
        switch self {
        case .bit, .inverse, .zero: 2
        case .member(let digits, _, _): digits.count
        }
    }

    func evaluated<Value: Number>(_ responses: Responses<Value>) -> Value {
        let x = responses.challenge
        switch self {
        case .bit(let form): return Value.bits([form.evaluated(responses)], [.one], x)
        case .inverse(let auxiliary, let form):
            return responses.auxiliary[auxiliary] * form.evaluated(responses) - Value(x * x)
        case .zero(let form):
            return form.evaluated(responses).scaled(by: x)
        case .member(let digits, let set, let variable):
            let power = (1..<digits.count).reduce(.one) { power, _ in power * x }
            let member = selected(digits.map { $0.map { $0.evaluated(responses) } }, set)
            return member - responses.variables[variable].scaled(by: power)
        }
    }

    /// Sums out one digit after the other, the lowest first: after it there is one partial sum for each value of the rest.
    private func selected<Value: Number>(_ digits: [[Value]], _ set: [SG3072.Scalar]) -> Value {
        let base = digits[0].count
        var count = digits.dropFirst().reduce(1) { product, _ in product * base }
        let members = (0..<count).map { rest in (0..<base).map { set[min(rest * base + $0, set.count - 1)] } }
        var sums = Value.combinations(digits[0], members)
        for digit in digits.dropFirst() {
            count /= base
            sums = (0..<count).map { rest in
                (0..<base).reduce(Value(.zero)) { $0 + digit[$1] * sums[rest * base + $1] }
            }
        }
        return sums[0]
    }
}
