internal import CryptoPrimitives

/// `SerializeLinearRelation`, integers little-endian of 4 bytes, scalars and elements as the group has them:
///
///     number of equations || for each: count || (element, coefficient)* || count || (scalar, element, coefficient)*
///     || elements from index 1 on
extension LinearRelation {
    package var serialized: [UInt8] {
        var bytes = Self.index(equations.count)
        for equation in equations {
            bytes += Self.index(equation.image.count)
            for term in equation.image { bytes += Self.index(term.element) + term.coefficient.encoded }
            bytes += Self.index(equation.terms.count)
            for term in equation.terms { bytes += Self.index(term.scalar) + Self.index(term.element) + term.coefficient.encoded }
        }
        for element in elements.dropFirst() { bytes += element.encoded }
        return bytes
    }

    /// Reads back what `serialized` is and nothing else. Counts are bounded before anything is read for them.
    package init(serialized bytes: [UInt8]) throws(InstanceError) {
        let parts: (elements: [G.Element], equations: [Equation])
        do throws(FormatError) {
            parts = try Self.parts(bytes)
        } catch {
            throw error == .tooLarge ? .tooLarge : .malformed
        }
        try self.init(elements: parts.elements, equations: parts.equations)
    }

    private static func index(_ value: Int) -> [UInt8] {
        Codec.integer(UInt32(value))
    }

    private static func parts(_ bytes: [UInt8]) throws(FormatError) -> (elements: [G.Element], equations: [Equation]) {
        var reader = CanonicalReader(bytes)
        var equations: [Equation] = []
        for _ in 0..<(try reader.count(atMost: RelationBounds.equations)) { equations.append(try equation(&reader)) }
        let indices = equations.lazy.flatMap { $0.image.map(\.element) + $0.terms.map(\.element) }
        let elementCount = indices.max() ?? 0
        guard reader.remaining == elementCount * G.Element.size else { throw .truncated }
        var elements: [G.Element] = []
        for _ in 0..<elementCount { elements.append(try G.Element(decoding: try reader.fixed(G.Element.size))) }
        return (elements, equations)
    }

    private static func equation(_ reader: inout CanonicalReader) throws(FormatError) -> Equation {
        var image: [ImageTerm] = []
        for _ in 0..<(try reader.count(atMost: RelationBounds.terms)) {
            image.append(ImageTerm(element: try element(&reader), coefficient: try coefficient(&reader)))
        }
        var terms: [Term] = []
        for _ in 0..<(try reader.count(atMost: RelationBounds.terms)) {
            let scalar = try reader.count(atMost: RelationBounds.scalars - 1)
            terms.append(Term(scalar: scalar, element: try element(&reader), coefficient: try coefficient(&reader)))
        }
        return Equation(image: image, terms: terms)
    }

    private static func element(_ reader: inout CanonicalReader) throws(FormatError) -> Int {
        try reader.count(atMost: RelationBounds.elements - 1)
    }

    private static func coefficient(_ reader: inout CanonicalReader) throws(FormatError) -> G.Scalar {
        try G.Scalar(decoding: reader.fixed(G.Scalar.size))
    }
}
