import Testing

@testable import Cedar

struct `Schemas in Cedar syntax` {
    @Test(arguments: [
        "", "entity A;", "entity A, B in [A, B];", "entity A in [];", "entity A = { x: Long, };",
        "entity A { \"x y\"?: Set<Set<Long>> } tags String;",
        "entity Color enum [\"red\", \"\", \"\"];", "type T = { a: T2 }; type T2 = Long; entity A { t: T };",
        "entity Set; entity B { x: Set };",
        "entity entity { namespace: type }; type type = Long;", "entity A { x: __cedar::Long, y: decimal };",
        "entity Bool; entity B { x: Bool };",
        "entity decimal; entity B { x: decimal, y: __cedar::decimal };", "type A = Long; entity A; entity B { a: A };",
        "action a; action \"b c\" in [a, Action::\"a\"];",
        "entity A; action a appliesTo { context: {}, resource: [A,A], principal: A, };",
        "namespace N { entity A; action a in [Action::\"b\", N::Action::\"b\"]; action b; }",
        "namespace N::M { entity A; } entity B { a: N::M::A };", "@doc(\"why\") @id entity A { @x(\"\") a: Long };",
        "@a namespace N {}",
        "entity A { x: Action }; action a;", "action a attributes {};", "entity A; // the last line",
    ])
    func `a schema is read`(text: String) throws {
        _ = try Schema(cedar: text)
    }

    @Test(arguments: [
        "entity", "entity A", "entity ;", "entity A,;", "entity A in B C;", "entity A { x: Long y: Long };", "entity A { x Long };",
        "entity A { x:: Long };",
        "entity A enum [];", "entity A enum [\"a\",];", "entity A enum [a];", "entity A enum [\"a\"] in B;", "entity \"A\";",
        "entity in;", "entity A { if: Long };",
        "entity A { x: Set<Long };", "entity A { x: Set<> };", "entity A { x: Long, x: String };", "entity A\u{E9};",
        "entity A tags;", "@a @a entity A;",
        "entity __cedar;", "namespace __cedar {}", "namespace A::__cedar { }", "type Long = String;", "type Set = Long;", "type A;",
        "type A = ;", "type \"A\" = Long;",
        "namespace N { namespace M {} }", "namespace {}", "namespace N {", "namespace N {} namespace N {}", "action;",
        "action a in [];", "action a in b::c;",
        "action a appliesTo {};", "action a appliesTo { principal: A };",
        "entity A; action a appliesTo { principal: A, resource: [] };",
        "entity A; action a appliesTo { principal: A, resource: A, principal: A };",
        "entity A; action a appliesTo { principal: A resource: A };",
        "action a attributes { x: Long };", "entity A { x: \"Long\" };", "entity A { x: __cedar };", "entity A \"", "@ entity A;",
        "@a(b) entity A;", "entity A;; ",
        "permit(principal, action, resource);",
    ])
    func `broken syntax is refused with its place`(text: String) {
        #expect { try Schema(cedar: text) } throws: { error in
            if case .syntax(let error)? = error as? SchemaError { error.position != .none } else { false }
        }
    }

    @Test func `the message says where and what was expected`() throws {
        #expect(throws: SchemaError.self) { try Schema(cedar: "entity A;\n  entity B { x: }") }
        do throws(SchemaError) {
            _ = try Schema(cedar: "entity A;\n  entity B { x: }")
        } catch {
            #expect(error.description == "2:17: expected a type, found }")
        }
    }

    @Test(arguments: [
        ("entity A in B;", SchemaError.undefinedType("B", in: "entity type `A`")),
        ("entity A { x: Boolean };", .undefinedType("Boolean", in: "entity type `A`")),
        ("entity A { x: __cedar::Bytes };", .undefinedType("__cedar::Bytes", in: "entity type `A`")),
        ("type T = { x: U };", .undefinedType("U", in: "common type `T`")),
        ("namespace N { entity A; } entity B { a: A };", .undefinedType("A", in: "entity type `B`")),
        ("namespace N { entity A; } namespace N::M { entity B { a: A }; }", .undefinedType("A", in: "entity type `N::M::B`")),
        ("action a; entity A in Action;", .undefinedType("Action", in: "entity type `A`")),
        ("entity A { x: Action };", .undefinedType("Action", in: "entity type `A`")),
        ("entity A; action a appliesTo { principal: Action, resource: A };", .undefinedType("Action", in: "action Action::\"a\"")),
        ("action a in b;", .undefinedAction("Action::\"b\"", in: "action Action::\"a\"")),
        ("namespace N { action a in Action::\"b\"; }", .undefinedAction("Action::\"b\"", in: "action N::Action::\"a\"")),
        ("entity A; entity A;", .duplicate("the entity type `A`")),
        ("entity A; entity A enum [\"a\"];", .duplicate("the entity type `A`")),
        ("type T = Long; type T = Long;", .duplicate("the common type `T`")),
        ("action a, a;", .duplicate("the action Action::\"a\"")),
        ("entity A; namespace N { type A = Long; }", .shadowed("`N::A`")),
        ("type A = Long; namespace N { entity A; }", .shadowed("`N::A`")),
        ("action a; namespace N { action a; }", .shadowed("the action N::Action::\"a\"")),
        ("type A = B; type B = Set<A>;", .cyclicType("A")), ("type A = { a?: A };", .cyclicType("A")),
        ("action a in b; action b in a;", .cyclicAction("Action::\"a\"")), ("action a in a;", .cyclicAction("Action::\"a\"")),
        (
            "entity A; action a appliesTo { principal: A, resource: A, context: Long };",
            .notARecord("the context of action Action::\"a\"")
        ),
        ("entity Action;", .actionDeclaredAsEntityType("Action")),
        ("namespace N { entity Action; }", .actionDeclaredAsEntityType("N::Action")),
    ])
    func `a schema that contradicts itself is refused`(text: String, expected: SchemaError) {
        #expect(throws: expected) { try Schema(cedar: text) }
    }

    @Test func `types nest so deep and no deeper, also through common types`() throws {
        func nested(_ depth: Int) -> String {
            "type T = \(String(repeating: "Set<", count: depth - 1))Long\(String(repeating: ">", count: depth - 1));"
        }
        _ = try Schema(cedar: nested(SchemaLimits.maximumDepth))
        #expect(throws: SchemaError.self) { try Schema(cedar: nested(SchemaLimits.maximumDepth + 1)) }
        #expect(throws: SchemaError.self) { try Schema(cedar: nested(100_000)) }
        let chain = (1...100).map { "type T\($0) = { a: T\($0 - 1) };" }.joined()
        #expect { try Schema(cedar: "type T0 = Long;" + chain) } throws: {
            if case .tooDeep? = $0 as? SchemaError { true } else { false }
        }
    }

    @Test func `a chain of names is no nesting`() throws {
        let chain = (1...4000).reversed().map { "type T\($0) = T\($0 - 1);" }.joined()
        #expect(try Schema(cedar: "type T0 = Long; entity A { x: T4000 };" + chain) == Schema(cedar: "entity A { x: Long };"))
    }

    @Test func `too many declarations are refused`() {
        let names = (0...SchemaLimits.maximumDeclarations).map { "E\($0)" }.joined(separator: ",")
        #expect(throws: SchemaError.tooLarge) { try Schema(cedar: "entity \(names);") }
    }

    @Test func `more actions on more types than could be checked are refused`() {
        let types = (0..<1001).map { "E\($0)" }.joined(separator: ",")
        let text = "entity \(types); action a appliesTo { principal: [\(types)], resource: [\(types)] };"
        #expect(throws: SchemaError.tooLarge) { try Schema(cedar: text) }
    }

    @Test func `size is bounded before anything is read`() {
        let text = String(repeating: " ", count: SchemaLimits.maximumSize + 1)
        #expect(throws: SchemaError.tooLarge) { try Schema(cedar: text) }
        #expect(throws: SchemaError.tooLarge) { try Schema(json: Array(text.utf8)) }
    }

    @Test func `a name means what stands nearest, and a common type before an entity type`() throws {
        let inner = try Schema(cedar: "namespace N { type T = String; entity T; entity A { x: T }; }")
        #expect(inner == (try Schema(cedar: "namespace N { entity T; entity A { x: __cedar::String }; }")))
        let outer = try Schema(cedar: "entity T; namespace N { entity A { x: T }; }")
        #expect(outer.entityType("N::A").map { outer.name(of: $0.shape) } == "{x: T}")
    }

    @Test func `two schemas differ where anything that they allow differs`() throws {
        let base =
            "entity A in B { x: Long, y?: Set<String> } tags Bool; entity B; action a in g; action g; action b appliesTo { principal: A, resource: B };"
        let schema = try Schema(cedar: base)
        #expect(schema == (try Schema(cedar: "type T = Long;" + base.replacing("x: Long", with: "x: T"))))
        for (old, new) in [
            ("in B {", "{"), ("x: Long", "x: String"), ("y?", "y"), ("Set<String>", "Set<Long>"), ("tags Bool", ""), ("in g", ""),
            ("principal: A", "principal: B"), ("resource: B", "resource: [A, B]"),
            ("resource: B", "resource: B, context: { z?: Long }"),
            ("entity B;", "entity B enum [\"b\"];"), ("entity B;", "entity B; entity C;"), ("action g;", "action g; action h;"),
        ] {
            #expect(schema != (try Schema(cedar: base.replacing(old, with: new))), "\(old) and \(new)")
        }
    }

    @Test func `what Cedar syntax cannot say is not written in it`() throws {
        for text in [
            #"{"":{"commonTypes":{"T":{"type":"Record","attributes":{}}},"entityTypes":{"A":{"shape":{"type":"T"}}},"actions":{}}}"#,
            #"{"":{"entityTypes":{"A":{}},"actions":{"a":{"appliesTo":{"principalTypes":["A"],"resourceTypes":[]}}}}}"#,
            #"{"N":{"commonTypes":{"A":{"type":"Long"}},"entityTypes":{"A":{},"B":{"tags":{"type":"Entity","name":"A"}}},"actions":{}}}"#,
        ] {
            let schema = try Schema(json: Array(text.utf8))
            #expect { try schema.fragment.cedarText() } throws: {
                if case .notExpressible? = $0 as? SchemaError { true } else { false }
            }
            #expect(try Schema(json: schema.fragment.json) == schema)
        }
    }

    @Test func `annotations survive in either syntax`() throws {
        let text = "@a(\"\u{E9}\\n\")\nnamespace N {\n  @b(\"\")\n  entity A = {\n    @c(\"d\")\n    x?: __cedar::Long\n  };\n}\n"
        let fragment = try SchemaFragment(cedar: text)
        #expect(try fragment.cedarText() == text)
        #expect(try Schema(json: fragment.json).fragment.cedarText() == text)
    }
}

struct `Schemas in JSON syntax` {
    private func schema(_ entityTypes: String, actions: String = "{}", commonTypes: String = "{}") throws(SchemaError) -> Schema {
        try Schema(json: Array(#"{"":{"entityTypes":\#(entityTypes),"actions":\#(actions),"commonTypes":\#(commonTypes)}}"#.utf8))
    }

    @Test func `both syntaxes say the same`() throws {
        let json = try schema(
            #"{"A":{"memberOfTypes":["B"],"shape":{"type":"Record","attributes":{"x":{"type":"Extension","name":"ipaddr","required":false}}},"#
                + #""tags":{"type":"Set","element":{"type":"T"}},"annotations":{"doc":"why","flag":null}},"B":{"enum":["b"]}}"#,
            actions:
                #"{"a":{"memberOf":[{"id":"g"}],"appliesTo":{"principalTypes":["A"],"resourceTypes":["B"],"context":{"type":"R"}}},"g":{}}"#,
            commonTypes: #"{"T":{"type":"Boolean"},"R":{"type":"Record","attributes":{"e":{"type":"Entity","name":"A"}}}}"#)
        let cedar = try Schema(
            cedar: "entity A in B { x?: ipaddr } tags Set<Bool>; entity B enum [\"b\"]; action g;"
                + "action a in g appliesTo { principal: A, resource: B, context: { e: A } };")
        #expect(json == cedar)
    }

    @Test(arguments: [
        "{\"A\":{\"memberOf\":[]}}", "{\"A\":{\"enum\":[]}}", "{\"A\":{\"enum\":[1]}}",
        "{\"A\":{\"enum\":[\"a\"],\"tags\":{\"type\":\"Long\"}}}", "{\"A\":1}", "[]",
        "{\"in\":{}}", "{\"A::B\":{}}", "{\"\":{}}", "{\"A\":{\"memberOfTypes\":[\"B::\"]}}", "{\"A\":{\"memberOfTypes\":\"B\"}}",
        "{\"A\":{\"tags\":null}}",
        "{\"A\":{\"shape\":{\"type\":\"Record\"}}}", "{\"A\":{\"shape\":{\"attributes\":{}}}}",
        "{\"A\":{\"tags\":{\"type\":\"Set\"}}}",
        "{\"A\":{\"tags\":{\"type\":\"Long\",\"name\":\"x\"}}}", "{\"A\":{\"tags\":{\"type\":\"Long\",\"required\":false}}}",
        "{\"A\":{\"tags\":{\"type\":\"Entity\"}}}",
        "{\"A\":{\"tags\":{\"type\":\"Set\",\"element\":\"Long\"}}}", "{\"A\":{\"annotations\":{\"1\":\"\"}}}",
        "{\"A\":{\"annotations\":{\"a\":1}}}",
        "{\"A\":{\"shape\":{\"type\":\"Record\",\"attributes\":{},\"additionalAttributes\":true}}}",
        "{\"A\":{\"shape\":{\"type\":\"Record\",\"attributes\":{\"x\":{\"type\":\"Long\",\"required\":1}}}}}",
    ])
    func `an entity type that is none is refused with its place`(entityTypes: String) {
        #expect { try schema(entityTypes) } throws: { error in
            if case .format(let error)? = error as? SchemaError { error.path.hasPrefix("schema.") } else { false }
        }
    }

    @Test(arguments: [
        #"{"a":{"memberOf":["b"]}}"#, #"{"a":{"memberOf":[{"type":"Action"}]}}"#, #"{"a":{"appliesTo":{"principalTypes":[]}}}"#,
        #"{"a":{"attributes":{"x":1}}}"#,
        #"{"a":{"appliesTo":{"principalTypes":[],"resourceTypes":[],"principal":[]}}}"#, #"{"a":{"appliesTo":null}}"#, #"{"a":[]}"#,
    ])
    func `an action that is none is refused`(actions: String) {
        #expect { try schema("{}", actions: actions) } throws: { if case .format? = $0 as? SchemaError { true } else { false } }
    }

    @Test(arguments: ["Long", "Record", "Set", "String", "Bool", "Boolean", "Entity", "Extension", "__cedar", "if", "a b"])
    func `a common type cannot have a reserved name`(name: String) {
        #expect(throws: SchemaError.self) { try schema("{}", commonTypes: "{\"\(name)\":{\"type\":\"Long\"}}") }
    }

    @Test func `what the type says must be is looked up as nothing else`() throws {
        _ = try schema(#"{"A":{"tags":{"type":"EntityOrCommon","name":"A"}}}"#)
        #expect(throws: SchemaError.self) { try schema(#"{"A":{"tags":{"type":"A"}}}"#) }
        #expect(throws: SchemaError.self) { try schema(#"{"A":{"tags":{"type":"Entity","name":"String"}}}"#) }
        #expect(throws: SchemaError.self) { try schema(#"{"A":{"tags":{"type":"Extension","name":"ip"}}}"#) }
        #expect(throws: SchemaError.self) { try schema(#"{"A":{"shape":{"type":"Long"}}}"#) }
    }

    @Test(arguments: [
        "", "1", "[]", "{\"\":1}", "{\"\":{}}", "{\"\":{\"entityTypes\":{}}}", "{\"N::\":{\"entityTypes\":{},\"actions\":{}}}",
        "{\"\":{\"entityTypes\":{},\"actions\":{},\"annotations\":{\"a\":\"\"}}}",
        "{\"N\":{\"entityTypes\":{},\"actions\":{},\"types\":{}}}",
    ])
    func `what is no schema is refused`(text: String) {
        #expect(throws: SchemaError.self) { try Schema(json: Array(text.utf8)) }
    }
}
