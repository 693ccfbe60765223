import Testing

@testable import Cedar

/// Policies are checked with this schema.
private let schemaText: String = """
    namespace A {
      entity Group in [Group];
      entity Color enum ["red"];
      entity User in [Group] {
        name: String, age?: Long, boss?: User, friends: Set<User>, home: { street: String, zip?: Long }, ip?: ipaddr, color: Color
      } tags String;
      entity Doc { owner: User, size: Long, meta?: { note?: String } };
      entity Bare;
      action all;
      action read in [all] appliesTo { principal: [User, Group], resource: Doc, context: { mfa: Bool, level?: Long, at: datetime } };
      action edit in [all] appliesTo { principal: User, resource: [Doc, Bare], context: { mfa: Bool } };
    }
    """

private func report(_ policies: String, _ mode: ValidationMode = .strict) throws -> ValidationReport {
    try Validator(Schema(cedar: schemaText)).validate(PolicySet(parsing: policies), mode)
}

/// What is wrong with a condition on a user who reads a document.
private func problems(_ condition: String, _ mode: ValidationMode = .strict) throws -> [ValidationError.Problem] {
    try report("permit(principal is A::User, action == A::Action::\"read\", resource) when { \(condition) };", mode).errors.map(
        \.problem)
}

struct `Conditions that are accepted` {
    @Test(arguments: [
        "principal.name == \"ann\" && principal.home.street like \"a*\"", "principal has age && principal.age > 17",
        "principal has boss.boss && principal.boss.boss.name != \"\"", "principal has home.zip && principal.home.zip < 10",
        "context has level && (context.level + 1) * 2 >= -3", "if principal has age then principal.age == 1 else false",
        "(principal has age && principal has boss) && principal.age == 1 && principal.boss.name == \"\"",
        "(principal has age || principal has age) && principal.age == 1", "!(!(principal has age)) || true",
        "resource.owner == principal",
        "principal in A::Group::\"g\" || principal in [A::Group::\"g\", A::Group::\"h\"]",
        "principal.friends.contains(resource.owner)",
        "principal.friends.containsAny([principal]) && !principal.friends.isEmpty()", "[1, 2].containsAll([3])",
        "[{a: 1}, {a: 2}].contains({a: 3})",
        "principal.hasTag(\"t\") && principal.getTag(\"t\") == \"v\"",
        "principal.hasTag(principal.name) && principal.getTag(principal.name) == \"v\"",
        "principal has ip && principal.ip.isInRange(ip(\"10.0.0.0/8\"))",
        "context.at < datetime(\"2026-01-01\").offset(duration(\"1d\"))",
        "context.at.durationSince(datetime(\"2026-01-01\")).toDays() > 1", "decimal(\"1.0\").lessThan(decimal(\"2.0\"))",
        "principal.color == A::Color::\"red\"", "resource has meta && resource.meta has note && resource.meta.note == \"\"",
        "action in A::Action::\"all\"",
        "principal is A::User && principal.name == \"\"", "resource is A::Doc && (principal is A::Group || principal.name == \"\")",
        "(if context.mfa then principal else resource.owner).name == \"\"", "{a: principal}.a.name == \"\"",
        "{a: 1} has a && {a: 1}.a == 1",
        // What is never reached is not checked.
        "principal is A::Group && principal.nothing == 1", "true || 1 == principal.nothing", "false && 1",
        "if principal is A::Group then 1 else true",
        "principal == A::Group::\"g\" && \"a\" < 1", "action == A::Action::\"edit\" && context.nothing", "1 == \"a\" || true",
        "principal has nothing && principal.nothing",
        "{a: 1} has b && 1", "principal in A::Doc::\"d\" && 1", "resource.hasTag(\"t\") && 1",
    ])
    func `nothing is found`(condition: String) throws {
        #expect(try problems(condition) == [])
        #expect(try problems(condition, .permissive) == [])
    }
}

struct `Conditions that are refused` {
    private static let cases: [(String, ValidationError.Problem)] = [
        ("1", .unexpectedType(expected: "a boolean", found: "Long")),
        ("principal", .unexpectedType(expected: "a boolean", found: "A::User")),
        ("!1", .unexpectedType(expected: "a boolean", found: "Long")),
        ("context.mfa && 1", .unexpectedType(expected: "a boolean", found: "Long")),
        ("context.mfa || \"a\"", .unexpectedType(expected: "a boolean", found: "String")),
        ("-\"a\" == 1", .unexpectedType(expected: "a number", found: "String")),
        ("if 1 then true else false", .unexpectedType(expected: "a boolean", found: "Long")),
        ("1 + \"a\" == 1", .unexpectedType(expected: "a number", found: "String")),
        ("\"a\" < 1", .unexpectedType(expected: "Long", found: "String")),
        ("context.at < 1", .unexpectedType(expected: "Long", found: "datetime")),
        ("1 < duration(\"1d\")", .unexpectedType(expected: "Long", found: "duration")),
        ("context.at < duration(\"1d\")", .unexpectedType(expected: "datetime", found: "duration")),
        ("principal.name.isEmpty()", .unexpectedType(expected: "a set", found: "String")),
        ("1 like \"a\"", .unexpectedType(expected: "a string", found: "Long")),
        ("context.mfa is A::User", .unexpectedType(expected: "an entity", found: "Bool")),
        ("1 in principal", .unexpectedType(expected: "an entity", found: "Long")),
        ("principal in \"a\"", .unexpectedType(expected: "an entity or a set of entities", found: "String")),
        ("principal in [1]", .unexpectedType(expected: "an entity or a set of entities", found: "Set<Long>")),
        ("principal.contains(1)", .unexpectedType(expected: "a set", found: "A::User")),
        ("[1].containsAll(1)", .unexpectedType(expected: "a set", found: "Long")),
        ("1 has a", .unexpectedType(expected: "an entity or a record", found: "Long")),
        ("\"a\".b == 1", .unexpectedType(expected: "an entity or a record", found: "String")),
        ("principal.hasTag(1)", .unexpectedType(expected: "a string", found: "Long")),
        ("context.hasTag(\"a\")", .unexpectedType(expected: "an entity", found: "{at: datetime, level?: Long, mfa: Bool}")),
        ("ip(\"::1\").lessThan(decimal(\"1.0\"))", .unexpectedType(expected: "decimal", found: "ipaddr")),
        ("decimal(1) == decimal(\"1.0\")", .unexpectedType(expected: "a string", found: "Long")),
        ("principal.nmae == \"\"", .undeclaredAttribute("nmae", of: "A::User", meant: "name")),
        ("context.other == 1", .undeclaredAttribute("other", of: "{at: datetime, level?: Long, mfa: Bool}", meant: nil)),
        ("action.x == 1", .undeclaredAttribute("x", of: "A::Action", meant: nil)),
        ("principal.age == 1", .optionalAttribute("age")), ("context.level == 1", .optionalAttribute("level")),
        ("resource.meta.note == \"\"", .optionalAttribute("meta")),
        ("principal has age || principal.age == 1", .optionalAttribute("age")),
        ("!(principal has age) && principal.age == 1", .optionalAttribute("age")),
        ("if principal has age then true else principal.age == 1", .optionalAttribute("age")),
        ("principal has boss && principal.age == 1", .optionalAttribute("age")),
        ("resource.owner has age && principal.age == 1", .optionalAttribute("age")),
        ("principal.age == 1 && principal has age", .optionalAttribute("age")),
        ("(principal has age || context.mfa) && principal.age == 1", .optionalAttribute("age")),
        ("principal has boss.age && principal.age == 1", .optionalAttribute("age")),
        ("principal.getTag(\"t\") == \"\"", .untestedTag),
        ("principal.hasTag(\"t\") && principal.getTag(\"u\") == \"\"", .untestedTag),
        ("principal.hasTag(\"t\") && resource.owner.getTag(\"t\") == \"\"", .untestedTag),
        ("resource.getTag(\"t\") == \"\"", .untestedTag),
        ("if context.mfa then 1 else true", .incompatibleTypes("Long", "true")),
        ("[1, true].contains(1)", .incompatibleTypes("Long", "true")),
        ("decimal(\"a\") == decimal(\"1.0\")", .invalidArgument(.decimal)), ("ip(\"a\").isIpv4()", .invalidArgument(.ip)),
        ("context.at == datetime(\"a\")", .invalidArgument(.datetime)),
        ("duration(\"a\").toDays() == 1", .invalidArgument(.duration)),
        ("resource.owner == A::Usr::\"a\"", .unknownEntityType("A::Usr", meant: "A::User")),
        ("principal is User", .unknownEntityType("User", meant: "A::User")),
        ("false && principal is Nobody", .unknownEntityType("Nobody", meant: nil)),
        ("principal.color == A::Color::\"blue\"", .notListed(EntityUID(type: "A::Color", id: "blue"))),
        (
            "true || action == Action::\"read\"",
            .unknownAction(EntityUID(type: "Action", id: "read"), meant: EntityUID(type: "A::Action", id: "read"))
        ),
    ]

    @Test(arguments: cases) func `in both modes`(condition: String, expected: ValidationError.Problem) throws {
        let found = try problems(condition)
        #expect(found.contains(expected), "\(found)")
        #expect(try problems(condition, .permissive).contains(expected))
    }

    private static let strict: [(String, ValidationError.Problem)] = [
        ("[] == []", .emptySet), ("principal.friends.containsAll([])", .emptySet), ("principal in []", .emptySet),
        ("ip(principal.name).isIpv4()", .argumentNotLiteral(.ip)),
        ("decimal(if context.mfa then \"1.0\" else \"2.0\") == decimal(\"1.0\")", .argumentNotLiteral(.decimal)),
        ("context.mfa == 1", .incompatibleTypes("Bool", "Long")), ("principal.name == 1", .incompatibleTypes("String", "Long")),
        ("principal.friends.contains(resource)", .incompatibleTypes("A::User", "A::Doc")),
        ("principal.friends.containsAny([resource])", .incompatibleTypes("Set<A::User>", "Set<A::Doc>")),
        ("(if context.mfa then principal else resource) == principal", .incompatibleTypes("A::User", "A::Doc")),
        ("[principal, resource].contains(principal)", .incompatibleTypes("A::User", "A::Doc")),
        ("principal.home == {street: \"a\"}", .incompatibleTypes("{street: String, zip?: Long}", "{street: String}")),
        (
            "principal.home == {street: \"a\", zip: 1}",
            .incompatibleTypes("{street: String, zip?: Long}", "{street: String, zip: Long}")
        ),
        ("[{a: 1}, {b: 1}].contains({a: 1})", .incompatibleTypes("{a: Long}", "{b: Long}")),
    ]

    @Test(arguments: strict) func `in strict mode alone`(condition: String, expected: ValidationError.Problem) throws {
        let found = try problems(condition)
        #expect(found.contains(expected), "\(found)")
        #expect(try problems(condition, .permissive) == [])
    }

    @Test func `permissive types still hold what all alternatives have`() throws {
        let either = "(if context.mfa then {a: 1, b: 2} else {a: 3})"
        #expect(try problems("\(either).a == 1", .permissive) == [])
        #expect(try problems("\(either) has b && true", .permissive) == [])
        #expect(try problems("\(either).b == 1", .permissive) == [.undeclaredAttribute("b", of: "{a: Long, …}", meant: nil)])
        #expect(try problems("(if context.mfa then principal else resource) is A::Bare && 1", .permissive) == [])
        #expect(try problems("(if context.mfa then principal else resource).name == \"\"", .permissive).count == 1)
    }
}

struct `Scopes` {
    @Test(arguments: [
        "permit(principal, action, resource);", "permit(principal == A::User::\"u\", action, resource == A::Doc::\"d\");",
        "permit(principal in A::Group::\"g\", action in A::Action::\"all\", resource is A::Doc);",
        "permit(principal is A::User in A::Group::\"g\", action in [A::Action::\"read\"], resource);",
        "permit(principal in ?principal, action, resource == ?resource);",
    ])
    func `one that can apply is accepted`(policy: String) throws {
        let report = try report(policy)
        #expect(report.isValid && report.impossible.isEmpty)
    }

    @Test(arguments: [
        ("permit(principal is A::Doc, action, resource);", ValidationError.Problem.noApplicableAction),
        ("permit(principal == A::Color::\"red\", action, resource);", .noApplicableAction),
        ("permit(principal in A::Doc::\"d\", action, resource);", .noApplicableAction),
        ("permit(principal is A::Group, action == A::Action::\"edit\", resource);", .noApplicableAction),
        ("permit(principal is A::Group, action, resource is A::Bare);", .noApplicableAction),
        ("permit(principal is A::Doc in A::Group::\"g\", action, resource);", .noApplicableAction),
        ("permit(principal, action == A::Action::\"all\", resource);", .noApplicableAction),
        ("permit(principal, action in [], resource);", .noApplicableAction),
        ("permit(principal, action in [], resource);", .emptySet),
        ("permit(principal == A::Usr::\"u\", action, resource);", .unknownEntityType("A::Usr", meant: "A::User")),
        ("permit(principal is Nobody, action, resource);", .unknownEntityType("Nobody", meant: nil)),
        (
            "permit(principal, action == A::Action::\"drop\", resource);",
            .unknownAction(EntityUID(type: "A::Action", id: "drop"), meant: nil)
        ),
        ("permit(principal, action in [A::Action::\"read\", A::Action::\"drop\"], resource);", .noApplicableAction),
        ("permit(principal == A::Color::\"blue\", action, resource);", .notListed(EntityUID(type: "A::Color", id: "blue"))),
        ("permit(principal is Nobody in ?principal, action, resource);", .unknownEntityType("Nobody", meant: nil)),
    ])
    func `one that cannot apply is refused`(policy: String, expected: ValidationError.Problem) throws {
        let found = try report(policy).errors.map(\.problem)
        #expect(found.contains(expected), "\(found)")
    }

    @Test func `a condition is checked in every environment that the scope leaves`() throws {
        let policy = "permit(principal, action, resource) when { principal.name == \"\" };"
        #expect(try report(policy).errors.map(\.problem) == [.undeclaredAttribute("name", of: "A::Group", meant: nil)])
        #expect(try report(policy.replacing("action,", with: "action == A::Action::\"edit\",")).isValid)
    }

    @Test func `a policy that is never true is told, and is no error`() throws {
        let report = try report(
            "permit(principal, action, resource) when { false }; permit(principal, action, resource) when { principal is A::Doc };")
        #expect(report.isValid && report.impossible == ["policy0", "policy1"])
    }

    @Test func `links are checked with their entities`() throws {
        var set = try PolicySet(parsing: "permit(principal in ?principal, action, resource);")
        for (id, type) in [("good", "A::Group"), ("unknown", "Nobody"), ("never", "A::Doc")] as [(CedarString, EntityType)] {
            try set.add(Link(id: id, templateID: "policy0", values: [.principal: EntityUID(type: type, id: "x")]))
        }
        let report = try Validator(Schema(cedar: schemaText)).validate(set)
        #expect(report.errors.map(\.policy) == ["never", "unknown", "unknown"])
        #expect(report.errors.map(\.problem).contains(.unknownEntityType("Nobody", meant: nil)))
    }
}

struct `What validation tells` {
    @Test func `each error has its policy and its place, and comes once`() throws {
        let report = try report(
            "permit(principal, action, resource);\n\npermit(principal, action == A::Action::\"read\", resource) when {\n  resource.size == \"a\" ||\n  context.mfa.x };"
        )
        #expect(
            report.errors.map(\.description) == [
                "policy \"policy1\" at 4:3: `Long` and `String` have no common type",
                "policy \"policy1\" at 5:3: expected an entity or a record, found Bool",
            ])
        #expect(Set(report.errors).count == report.errors.count)
    }

    @Test func `the order of policies does not matter`() throws {
        let schema = try Schema(cedar: schemaText)
        let bodies = try ["principal.x", "1", "principal.age == 1", "true"].map {
            try PolicyBody(parsing: "permit(principal, action, resource) when { \($0) };")
        }
        var reports: Set<ValidationReport> = []
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2]] {
            var set = PolicySet()
            for place in order { try set.add(bodies[place], id: CedarString("p\(place)")) }
            reports.insert(Validator(schema).validate(set))
        }
        #expect(reports.count == 1)
    }
}
