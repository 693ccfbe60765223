import Cedar

/// What Cedar allows and a policy about records does not need: what can fail at the moment of a decision.
enum PolicyLint {
    /// - Throws: `.arithmetic`, `.argumentNotLiteral`.
    static func check(_ body: PolicyBody, _ id: String, _ place: LibraryError.Place) throws(LibraryError) {
        var waiting = body.conditions.map(\.expression)
        while let expression = waiting.popLast() {
            switch expression.kind {
            // It overflows.
            case .binary(.plus, _, _), .binary(.minus, _, _), .binary(.times, _, _), .negate, .call(.offset, _),
                .call(.durationSince, _):
                throw .arithmetic(id, place)
            // The text may be none that it reads.
            case .call(let function, let arguments) where function.isConstructor:
                guard arguments.allSatisfy(\.isText) else { throw .argumentNotLiteral(id, place) }
            default: break
            }
            expression.kind.forEachChild { waiting.append($0) }
        }
    }
}

extension Expression {
    fileprivate var isText: Bool {
        if case .literal(.string) = kind { return true }
        return false
    }
}
