/// Checks policies against a schema: what it accepts cannot err on requests and entities that the schema describes, but for overflow
/// and for entities that do not exist.
///
/// A policy is checked once for each request environment, that is each action with each type of principal and of resource that it
/// applies to, as far as the policy's scope lets it apply there.
package struct Validator: Sendable {
    package let schema: Schema

    package init(_ schema: Schema) {
        self.schema = schema
    }

    package func validate(_ set: PolicySet, _ mode: ValidationMode = .strict) -> ValidationReport {
        var checker = PolicyChecker(schema, mode)
        // In order, so that the same policies are found too large each time.
        for policy in set.policies.values.sorted(by: { $0.id < $1.id }) { checker.check(policy.id, policy.body) }
        for template in set.templates.values.sorted(by: { $0.id < $1.id }) { checker.check(template.id, template.body) }
        for link in set.links.values {
            guard let template = set.templates[link.templateID] else { continue }
            checker.check(link, of: template)
        }
        return checker.report
    }
}
