package import Cedar

extension PolicyCases {
    /// Cases that this policy has a part in: it forbids there, or it obliges.
    package func cases(decidedBy policy: LibraryPolicy, of library: PolicyLibrary, _ entities: Entities) -> [Case] {
        cases.filter { item in
            let ruling = library.rule(on: item.request, entities: entities, grants: [grants])
            return (ruling.reasons + ruling.obliging).contains(policy.policy.id)
        }
    }
}

extension LibraryPolicy {
    /// As Cedar writes it.
    package var cedar: String { policy.body.description }
}
