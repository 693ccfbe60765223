internal import CryptoPrimitives

/// What a statement comes to: variables, auxiliary values, linear equations and rows. docs/proofs.md, section 5.
///
/// Prover and verifier derive it from the statement alone, in the order that the document says.
struct ProofPlan: Sendable {
    static let maximumAuxiliaries = 128

    /// Predicate `same` makes several attributes one variable.
    private(set) var variables: [Variable] = []
    /// Of each attribute of each record, its variable.
    private(set) var variable: [[Int]] = []
    private(set) var auxiliaryCount = 0
    /// How the prover finds the auxiliary values, in their order.
    private(set) var witnesses: [AuxiliaryWitness] = []
    private(set) var rows: [Row] = []
    /// Determined variables: the response is what the form makes of others, which come before or are free.
    private(set) var determined: [(variable: Int, form: LinearForm)] = []
    /// Of the candidate that the grant is, behind all other auxiliary values.
    private(set) var coveringDigits: CoveringDigits?
    private var inEquations: Set<Int> = []

    struct Variable: Sendable {
        /// Ascending.
        var attributes: [Predicate.Attribute]
        /// `nil` if no attribute of it is shown.
        var known: SG3072.Scalar?
    }

    init(_ records: [ShownRecord], _ predicates: [Predicate], _ covering: Covering? = nil) throws(StatementError) {
        guard (1...Statement.maximumRecords).contains(records.count), predicates.count <= Statement.maximumPredicates else {
            throw .tooLarge
        }
        for record in records { try record.validate() }
        try covering?.validate()
        let committed: [any Committed] = records + [covering].compactMap(\.self)
        for predicate in predicates { try predicate.validate(committed) }
        try makeVariables(committed, predicates)
        try validateVariables(predicates)
        for predicate in predicates {
            try add(predicate)
            guard auxiliaryCount <= Self.maximumAuxiliaries else { throw .tooLarge }
        }
        if covering != nil { addCovering() }
        guard auxiliaryCount <= Self.maximumAuxiliaries else { throw .tooLarge }
    }

    /// Hidden variables whose responses are sent, in order.
    var free: [Int] {
        let determined = Set(determined.map(\.variable))
        return variables.indices.filter { variables[$0].known == nil && !determined.contains($0) }
    }

    var hasRows: Bool { !rows.isEmpty }

    /// D: of the rows, the highest degree.
    var degree: Int { rows.map(\.degree).max() ?? 0 }

    /// All responses, from those that are sent: known variables and determined ones follow.
    func responses<Value: Number>(auxiliary: [Value], free: [Value], challenge: SG3072.Scalar) -> Responses<Value> {
        var responses = Responses(
            auxiliary: auxiliary, variables: variables.map { Value(($0.known ?? .zero) * challenge) }, challenge: challenge)
        for (variable, response) in zip(self.free, free) { responses.variables[variable] = response }
        for (variable, form) in determined { responses.variables[variable] = form.evaluated(responses) }
        return responses
    }

    /// P(x): the rows, each with its power of `weight`, made one degree.
    func combined<Value: Number>(_ responses: Responses<Value>, weight: SG3072.Scalar) -> Value {
        let degree = degree
        var powers = [SG3072.Scalar.one]
        for _ in 0..<degree { powers.append(powers[powers.count - 1] * responses.challenge) }
        var factor = SG3072.Scalar.one
        var sum = Value(.zero)
        // Most rows are bits: they are summed up together.
        var (bits, weights): ([Value], [SG3072.Scalar]) = ([], [])
        for row in rows {
            if case .bit(let form) = row {
                bits.append(form.evaluated(responses))
                weights.append(factor * powers[degree - row.degree])
            } else {
                sum = sum + row.evaluated(responses).scaled(by: factor * powers[degree - row.degree])
            }
            factor = factor * weight
        }
        return sum + Value.bits(bits, weights, responses.challenge)
    }
}

extension ProofPlan {
    private mutating func makeVariables(_ records: [any Committed], _ predicates: [Predicate]) throws(StatementError) {
        // Every attribute its own, then ties join the later to the earlier.
        variable = []
        for (record, shown) in records.enumerated() {
            variable.append([])
            for index in 0..<shown.attributeCount {
                variable[record].append(variables.count)
                let attribute = Predicate.Attribute(record: UInt8(record), index)
                variables.append(Variable(attributes: [attribute], known: shown.scalar(of: index)))
            }
        }
        for case .same(let first, let second) in predicates { try join(of(first), of(second)) }
        // Renumbered by their first attributes.
        let kept = variables.filter { !$0.attributes.isEmpty }
        variables = kept
        for (number, variable) in kept.enumerated() {
            for attribute in variable.attributes { self.variable[Int(attribute.record)][Int(attribute.index)] = number }
        }
    }

    /// One holder for all records, and nothing compared with itself.
    private func validateVariables(_ predicates: [Predicate]) throws(StatementError) {
        let holders = Set(variable.map { $0[Int(ShownRecord.holderAttribute)] })
        guard holders.count == 1 else { throw .severalHolders }
        for predicate in predicates where !predicate.isEquality {
            let variables = predicate.attributes.map(of)
            guard Set(variables).count == variables.count else { throw .wrongAttribute }
        }
    }

    private mutating func join(_ one: Int, _ other: Int) throws(StatementError) {
        guard one != other else { return }
        let (kept, gone) = (min(one, other), max(one, other))
        if let left = variables[kept].known, let right = variables[gone].known, left != right { throw .wrongScalar }
        for attribute in variables[gone].attributes { variable[Int(attribute.record)][Int(attribute.index)] = kept }
        variables[kept].known = variables[kept].known ?? variables[gone].known
        variables[kept].attributes = (variables[kept].attributes + variables[gone].attributes).sorted()
        variables[gone] = Variable(attributes: [], known: nil)
    }

    private func of(_ attribute: Predicate.Attribute) -> Int {
        variable[Int(attribute.record)][Int(attribute.index)]
    }

    private mutating func add(_ predicate: Predicate) throws(StatementError) {
        switch predicate {
        case .same: break
        case .range(let attribute, let low, let high):
            addInterval([(of(attribute), .one)], low: SG3072.Scalar(low), width: high - low)
        case .sum(let terms, let low, let width):
            addInterval(terms.map { (of($0.attribute), SG3072.Scalar(signed: $0.coefficient)) }, low: low, width: width)
        case .isNot(let attribute, let scalar):
            addInverse(LinearForm(constant: .zero - scalar, variables: [(of(attribute), .one)]))
        case .differ(let first, let second):
            addInverse(LinearForm(variables: [(of(first), .one), (of(second), .zero - .one)]))
        case .member(let attribute, let set) where set.count <= SetDigits.smallSet:
            addSmallSet(of(attribute), set)
        case .member(let attribute, let set):
            addLargeSet(of(attribute), set)
        }
    }

    private typealias Term = (index: Int, coefficient: SG3072.Scalar)

    /// The next auxiliary values.
    private mutating func auxiliaries(_ count: Int) -> Range<Int> {
        defer { auxiliaryCount += count }
        return auxiliaryCount..<auxiliaryCount + count
    }

    private mutating func addInterval(_ terms: [Term], low: SG3072.Scalar, width: UInt64) {
        let weights = SG3072.SecretBits.weights(upTo: width)
        let bits = auxiliaries(weights.count)
        for bit in bits { rows.append(.bit(LinearForm(auxiliary: [(bit, .one)]))) }
        let value = LinearForm(variables: terms)
        witnesses.append(.digits(of: value, low: low, width: width))
        addEquation(
            terms, equals: LinearForm(constant: low, auxiliary: zip(bits, weights).map { ($0, SG3072.Scalar($1)) }))
    }

    private mutating func addInverse(_ form: LinearForm) {
        let index = auxiliaries(1).lowerBound
        rows.append(.inverse(auxiliary: index, form))
        witnesses.append(.inverse(of: form))
    }

    /// b_j for j from 1: whether it is the value s_j. b_0 is what is left.
    private mutating func addSmallSet(_ variable: Int, _ set: [SG3072.Scalar]) {
        let digit = oneHot(set.count)
        rows += digit.map(Row.bit)
        witnesses.append(.member(variable: variable, set: set, base: set.count, digits: 1))
        let auxiliary = zip(digit.dropFirst(), set.dropFirst()).map { ($0.auxiliary[0].index, $1 - set[0]) }
        addEquation([(variable, .one)], equals: LinearForm(constant: set[0], auxiliary: auxiliary))
    }

    private mutating func addLargeSet(_ variable: Int, _ set: [SG3072.Scalar]) {
        let shape = SetDigits(count: set.count)
        let digits = (0..<shape.digits).map { _ in oneHot(shape.base) }
        rows += digits.joined().map(Row.bit)
        rows.append(.member(digits: digits, set: set, variable: variable))
        witnesses.append(.member(variable: variable, set: set, base: shape.base, digits: shape.digits))
    }

    private mutating func addCovering() {
        let digits = CoveringDigits(forms: (0..<CoveringDigits.digits).map { _ in oneHot(CoveringDigits.base) })
        rows += digits.forms.joined().map(Row.bit)
        witnesses.append(.candidate)
        coveringDigits = digits
    }

    /// Forms of which one is 1 and the others 0: all but the first are auxiliary values.
    private mutating func oneHot(_ count: Int) -> [LinearForm] {
        let rest = auxiliaries(count - 1).map { LinearForm(auxiliary: [($0, .one)]) }
        return [LinearForm(constant: .one, auxiliary: rest.map { ($0.auxiliary[0].index, .zero - .one) })] + rest
    }

    /// The sum of `terms` equals `form`. The last variable that is hidden and stands in no equation before is determined by it.
    private mutating func addEquation(_ terms: [Term], equals form: LinearForm) {
        let last = terms.last { variables[$0.index].known == nil && !inEquations.contains($0.index) }
        inEquations.formUnion(terms.map(\.index))
        var difference = form
        difference.variables += terms.filter { $0.index != last?.index }.map { ($0.index, .zero - $0.coefficient) }
        if let last, let inverse = last.coefficient.inverse {
            determined.append((last.index, difference.scaled(by: inverse)))
        } else {
            rows.append(.zero(difference))
        }
    }
}
