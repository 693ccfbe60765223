internal import CryptoPrimitives

/// Why no proof is made or checked over a relation.
package enum InstanceError: Error, Equatable {
    /// The bytes are not a serialized relation.
    case malformed
    /// More equations, terms or elements than `RelationBounds` allows.
    case tooLarge
    /// No equation, an empty one, an index that points nowhere, or an element or number that no equation uses.
    case incomplete
    /// The identity as an element or image, or a number that the equations do not bind: a proof of it would say nothing.
    case degenerate
}

/// `LinearRelation` of draft-irtf-cfrg-sigma-protocols: equations between public elements and powers with secret exponents.
///
///     for every equation: product of elements[i]^coefficient = product of elements[i]^(coefficient * secret[j])
///
/// Element 0 is the group's generator and never serialized. A value of this type has passed `ValidateInstance`, all ten checks.
package struct LinearRelation<G: Group>: Sendable {
    /// An element of an equation's image, the public side.
    package struct ImageTerm: Sendable {
        package let element: Int
        package let coefficient: G.Scalar

        package init(element: Int, coefficient: G.Scalar = .one) {
            self.element = element
            self.coefficient = coefficient
        }
    }

    /// An element with a secret exponent.
    package struct Term: Sendable {
        package let scalar: Int
        package let element: Int
        package let coefficient: G.Scalar

        package init(scalar: Int, element: Int, coefficient: G.Scalar = .one) {
            self.scalar = scalar
            self.element = element
            self.coefficient = coefficient
        }
    }

    package struct Equation: Sendable {
        package let image: [ImageTerm]
        package let terms: [Term]

        package init(image: [ImageTerm], terms: [Term]) {
            self.image = image
            self.terms = terms
        }
    }

    /// All elements, the generator first.
    package let elements: [G.Element]
    package let equations: [Equation]
    /// How many secret numbers there are.
    package let scalarCount: Int

    /// `elements` are those behind the generator: index 1 is the first of them.
    package init(elements: [G.Element], equations: [Equation]) throws(InstanceError) {
        self.elements = [G.generator] + elements
        self.equations = equations
        scalarCount = 1 + (equations.lazy.flatMap(\.terms).map(\.scalar).max() ?? -1)
        try validate()
    }

    /// Left sides of the equations.
    package var image: [G.Element] {
        equations.map { equation in
            G.multiScalarMultiplication(equation.image.map(\.coefficient), equation.image.map { elements[$0.element] })
        }
    }

    /// Right sides, for public numbers in place of the secret ones.
    package func map(_ scalars: [G.Scalar]) -> [G.Element] {
        equations.map { equation in
            G.multiScalarMultiplication(
                equation.terms.map { $0.coefficient * scalars[$0.scalar] }, equation.terms.map { elements[$0.element] })
        }
    }

    /// Right sides for secret numbers.
    func map(_ scalars: G.Secrets) -> [G.Element] {
        equations.map { equation in
            G.commitment(
                to: scalars.scaled(equation.terms.map(\.scalar), by: equation.terms.map(\.coefficient)),
                with: equation.terms.map { elements[$0.element] })
        }
    }
}
