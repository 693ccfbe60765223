/// What no relation in use comes near.
enum RelationBounds {
    static let equations = 32
    static let terms = 128
    static let elements = 128
    static let scalars = 128
}

/// `ValidateInstance`. Check 7, that element 0 is the generator, holds by construction.
extension LinearRelation {
    func validate() throws(InstanceError) {
        try validateCounts()
        try validateIndices()
        guard !elements.contains(G.Element.identity), !image.contains(G.Element.identity) else { throw .degenerate }
        for scalar in 0..<scalarCount {
            guard equations.contains(where: { binds(scalar, $0) }) else { throw .degenerate }
        }
    }

    private func validateCounts() throws(InstanceError) {
        guard !equations.isEmpty, equations.allSatisfy({ !$0.image.isEmpty && !$0.terms.isEmpty }) else { throw .incomplete }
        guard equations.count <= RelationBounds.equations, elements.count <= RelationBounds.elements,
            scalarCount <= RelationBounds.scalars,
            equations.allSatisfy({ $0.image.count <= RelationBounds.terms && $0.terms.count <= RelationBounds.terms })
        else { throw .tooLarge }
    }

    private func validateIndices() throws(InstanceError) {
        var usedElements = [Bool](repeating: false, count: elements.count)
        var usedScalars = [Bool](repeating: false, count: scalarCount)
        usedElements[0] = true
        for equation in equations {
            for element in equation.image.map(\.element) + equation.terms.map(\.element) {
                guard elements.indices.contains(element) else { throw .incomplete }
                usedElements[element] = true
            }
            for scalar in equation.terms.map(\.scalar) {
                guard scalar >= 0 else { throw .incomplete }
                usedScalars[scalar] = true
            }
        }
        guard !usedElements.contains(false), !usedScalars.contains(false) else { throw .incomplete }
    }

    /// Whether the equation says anything of this number: what it multiplies is not the identity.
    private func binds(_ scalar: Int, _ equation: Equation) -> Bool {
        let terms = equation.terms.filter { $0.scalar == scalar }
        guard !terms.isEmpty else { return false }
        return G.multiScalarMultiplication(terms.map(\.coefficient), terms.map { elements[$0.element] }) != G.Element.identity
    }
}
