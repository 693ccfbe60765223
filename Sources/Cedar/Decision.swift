/// What the engine answers.
package enum Decision: String, Hashable, Sendable {
    case allow, deny
}

/// Why it answers so.
package struct Diagnostics: Hashable, Sendable {
    package struct PolicyError: Hashable, Sendable {
        package let id: PolicyID
        package let error: EvaluationError

        package init(id: PolicyID, error: EvaluationError) {
            self.id = id
            self.error = error
        }
    }

    /// The policies that determined the decision, sorted: on allow every permit that applies, on deny every forbid that does.
    package let reasons: [PolicyID]
    /// The policies whose evaluation failed, sorted by id. They count as not applying.
    package let errors: [PolicyError]

    package init(reasons: [PolicyID], errors: [PolicyError]) {
        self.reasons = reasons
        self.errors = errors
    }
}

package struct Response: Hashable, Sendable {
    package let decision: Decision
    package let diagnostics: Diagnostics

    package init(decision: Decision, diagnostics: Diagnostics) {
        self.decision = decision
        self.diagnostics = diagnostics
    }
}
