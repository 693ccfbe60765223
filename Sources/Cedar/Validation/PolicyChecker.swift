/// Checks one policy after the other and keeps what it finds.
struct PolicyChecker {
    private let schema: Schema
    private var typechecker: Typechecker
    private var errors: [ValidationError] = []
    private var impossible: [PolicyID] = []
    /// Expressions looked at, each once for every environment.
    private var steps = 0

    /// A schema with many environments and policies with many expressions could keep a checker busy for days.
    static let maximumSteps = 256 << 20

    init(_ schema: Schema, _ mode: ValidationMode) {
        self.schema = schema
        typechecker = Typechecker(schema, mode)
    }

    var report: ValidationReport {
        ValidationReport(errors: errors.sorted(), impossible: impossible.sorted())
    }

    mutating func check(_ id: PolicyID, _ body: PolicyBody) {
        guard body.conditions.allSatisfy({ $0.expression.height <= Limits.expressionDepth }) else {
            errors.append(ValidationError(policy: id, position: body.position, problem: .tooDeep))
            return
        }
        var names = NameFinder(schema)
        names.look(body)
        var findings = names.findings
        let scope = PolicyScope(body, schema)
        let cost = (names.expressions + 1).multipliedReportingOverflow(by: scope.environments)
        guard !cost.overflow, cost.partialValue <= Self.maximumSteps - steps else {
            add(findings.union([Finding(position: body.position, problem: .tooLarge)]), to: id)
            return
        }
        steps += cost.partialValue
        if !scope.canApply { findings.insert(Finding(position: body.position, problem: .noApplicableAction)) }
        if typechecker.mode == .strict, case .inAny([]) = body.action {
            findings.insert(Finding(position: body.position, problem: .emptySet))
        }
        typechecker.begin()
        var canBeTrue = false
        var isSound = true
        scope.forEachEnvironment { environment in
            let answer = typechecker.check(body.conditions, in: environment)
            if answer.type != .false { canBeTrue = true }
            isSound = isSound && answer.isSound
        }
        if !canBeTrue { impossible.append(id) }
        findings.formUnion(typechecker.findings)
        // Whatever is faulty was reported; what was not is refused all the same.
        if !isSound && findings.isEmpty { findings.insert(Finding(position: body.position, problem: .untyped)) }
        add(findings, to: id)
    }

    mutating func check(_ link: Link, of template: Template) {
        var body = template.body
        var findings: Set<Finding> = []
        for (slot, uid) in link.values {
            switch slot {
            case .principal: body.principal = body.principal.filled(with: uid)
            case .resource: body.resource = body.resource.filled(with: uid)
            }
            var names = NameFinder(schema)
            names.look(uid.type, at: .none)
            findings.formUnion(names.findings)
        }
        if !PolicyScope(body, schema).canApply { findings.insert(Finding(position: body.position, problem: .noApplicableAction)) }
        add(findings, to: link.id)
    }

    private mutating func add(_ findings: Set<Finding>, to policy: PolicyID) {
        errors += findings.map { ValidationError(policy: policy, position: $0.position, problem: $0.problem) }
    }
}

/// Where a policy can apply, as far as its scope and the schema tell.
struct PolicyScope {
    private let principal: ScopeConstraint
    private let resource: ScopeConstraint
    /// Places in `Schema.actions`.
    private let actions: [Int]
    private let schema: Schema

    init(_ body: PolicyBody, _ schema: Schema) {
        principal = body.principal
        resource = body.resource
        self.schema = schema
        switch body.action {
        case .any: actions = Array(schema.actions.indices)
        case .equal(let uid): actions = schema.place(of: uid).map { [$0] } ?? []
        case .in(let uid): actions = Self.actions(within: [uid], schema)
        case .inAny(let uids): actions = Self.actions(within: uids, schema)
        }
    }

    /// None where one of the groups is not declared.
    private static func actions(within uids: [EntityUID], _ schema: Schema) -> [Int] {
        var groups: Set<Int> = []
        for uid in uids {
            guard let place = schema.place(of: uid) else { return [] }
            groups.insert(place)
        }
        return schema.actions.indices.filter { action in
            groups.contains { $0 == action || schema.actions[action].ancestors.contains($0) }
        }
    }

    var canApply: Bool { environments > 0 }

    /// How many `forEachEnvironment` visits.
    var environments: Int {
        actions.reduce(0) { count, place in
            let action = schema.actions[place]
            let principals = action.principals.count { allows(principal, $0) }
            return count + principals * action.resources.count { allows(resource, $0) }
        }
    }

    func forEachEnvironment(_ visit: (RequestEnvironment) -> Void) {
        for place in actions {
            let action = schema.actions[place]
            let resources = action.resources.filter { allows(resource, $0) }
            guard !resources.isEmpty else { continue }
            for principal in action.principals where allows(self.principal, principal) {
                for resource in resources { visit(RequestEnvironment(action: place, principal: principal, resource: resource)) }
            }
        }
    }

    private func allows(_ constraint: ScopeConstraint, _ type: EntityTypeID) -> Bool {
        switch constraint {
        case .any, .equal(.slot), .in(.slot): true
        case .equal(.uid(let uid)): schema.id(of: uid.type) == type
        case .in(.uid(let uid)): canLie(type, in: uid.type)
        case .is(let name), .isIn(let name, .slot): schema.id(of: name) == type
        case .isIn(let name, .uid(let uid)): schema.id(of: name) == type && canLie(type, in: uid.type)
        }
    }

    private func canLie(_ type: EntityTypeID, in ancestor: EntityType) -> Bool {
        guard let ancestor = schema.id(of: ancestor) else { return false }
        return type == ancestor || schema.canLie(type, in: ancestor)
    }
}

/// What is known of a request before it comes.
struct RequestEnvironment {
    /// A place in `Schema.actions`.
    let action: Int
    let principal: EntityTypeID
    let resource: EntityTypeID
}
