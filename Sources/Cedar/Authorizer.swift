extension PolicySet {
    /// A forbid that applies denies; else a permit that applies allows; else the answer is deny. A policy whose evaluation fails counts as
    /// not applying and is reported: whether that should deny is the caller's rule. The order in which policies were added changes nothing.
    package func authorize(_ request: Request, entities: Entities) -> Response {
        CollectionOfOne(self).authorize(request, entities: entities)
    }
}

extension Sequence<PolicySet> {
    /// What one set of all their policies answers, without compiling one. No two may have a policy of the same name.
    package func authorize(_ request: Request, entities: Entities) -> Response { authorize(Situation(request, entities)) }

    package func authorize(_ situation: Situation) -> Response {
        var permits: [PolicyID] = []
        var forbids: [PolicyID] = []
        var errors: [Diagnostics.PolicyError] = []
        for set in self {
            set.forEachApplicable(situation) { entry in
                switch entry.outcome(in: situation) {
                case .success(true): if entry.effect == .permit { permits.append(entry.id) } else { forbids.append(entry.id) }
                case .success(false): break
                case .failure(let error): errors.append(.init(id: entry.id, error: error))
                }
            }
        }
        let decision: Decision = forbids.isEmpty && !permits.isEmpty ? .allow : .deny
        return Response(
            decision: decision,
            diagnostics: Diagnostics(
                reasons: (forbids.isEmpty ? permits : forbids).sorted(), errors: errors.sorted { $0.id < $1.id }))
    }
}

extension PolicySet.Entry {
    /// Whether the conditions hold, the scope being fulfilled.
    fileprivate func outcome(in situation: Situation) -> Result<Bool, EvaluationError> {
        guard let program else { return .success(true) }
        let evaluator = Evaluator(program: program, situation: situation)
        return Result { () throws(EvaluationError) in try evaluator.holds() }
    }
}
