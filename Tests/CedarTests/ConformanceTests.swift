import Testing

@testable import Cedar

struct `Entities against a schema` {
    private let schema: String = """
        entity Color enum ["red"];
        entity Group in [Org];
        entity Org;
        entity User in [Group] { name: String, age?: Long, color?: Color, friends?: Set<User>, home?: { zip: Long, code?: String }, does?: Action }
          tags Set<Color>;
        action all; action read in [all]; action write in [read];
        """

    private func refusal(_ json: String) throws -> EntityValidationError.Reason? {
        let schema = try Schema(cedar: schema)
        do throws(EntitiesError) {
            _ = try Entities(json: Array(json.utf8), schema: schema)
            return nil
        } catch .invalid(let error) {
            return error.reason
        }
    }

    private func user(_ attributes: String, parents: String = "", tags: String = "") -> String {
        #"[{"uid":{"type":"User","id":"u"},"attrs":{\#(attributes)},"parents":[\#(parents)],"tags":{\#(tags)}}]"#
    }

    @Test func `an entity that is what the schema says passes`() throws {
        let attributes =
            #""name":"u","age":1,"color":{"type":"Color","id":"red"},"friends":[{"type":"User","id":"gone"}],"home":{"zip":1},"#
            + #""does":{"type":"Action","id":"read"}"#
        #expect(
            try refusal(user(attributes, parents: #"{"type":"Group","id":"g"},{"type":"Org","id":"o"}"#, tags: #""t":[]"#)) == nil)
        #expect(try refusal(user(#""name":"u""#)) == nil)
        #expect(try refusal(#"[{"uid":{"type":"Color","id":"red"},"attrs":{},"parents":[]}]"#) == nil)
        #expect(try refusal(#"[{"uid":{"type":"Action","id":"read"},"attrs":{},"parents":[{"type":"Action","id":"all"}]}]"#) == nil)
    }

    @Test func `what the schema does not say is refused`() throws {
        func uid(_ type: EntityType, _ id: CedarString) -> EntityUID { EntityUID(type: type, id: id) }
        let name = #""name":"u""#
        let cases: [(String, EntityValidationError.Reason)] = [
            (user(""), .missingAttribute("name")),
            (user(#"\#(name),"other":1"#), .undeclaredAttribute("other")),
            (user(#""name":1"#), .wrongType(attribute: "name", expected: "String")),
            (user(#"\#(name),"age":"1""#), .wrongType(attribute: "age", expected: "Long")),
            (user(#"\#(name),"friends":[{"type":"Org","id":"o"}]"#), .wrongType(attribute: "friends", expected: "Set<User>")),
            (user(#"\#(name),"home":{}"#), .wrongType(attribute: "home", expected: "{code?: String, zip: Long}")),
            (user(#"\#(name),"home":{"zip":1,"x":1}"#), .wrongType(attribute: "home", expected: "{code?: String, zip: Long}")),
            (user(#"\#(name),"color":{"type":"Color","id":"blue"}"#), .notListed(uid("Color", "blue"))),
            (user(#"\#(name),"does":{"type":"Action","id":"drop"}"#), .notListed(uid("Action", "drop"))),
            (user(name, parents: #"{"type":"User","id":"v"}"#), .undeclaredParent(uid("User", "v"))),
            (user(name, parents: #"{"type":"Nobody","id":"v"}"#), .undeclaredParent(uid("Nobody", "v"))),
            (user(name, parents: #"{"type":"Action","id":"all"}"#), .undeclaredParent(uid("Action", "all"))),
            (user(name, tags: #""t":[{"type":"Org","id":"o"}]"#), .wrongTagType(tag: "t", expected: "Set<Color>")),
            (user(name, tags: #""t":[{"type":"Color","id":"blue"}]"#), .notListed(uid("Color", "blue"))),
            (#"[{"uid":{"type":"Org","id":"o"},"attrs":{},"parents":[],"tags":{"t":1}}]"#, .tagsNotDeclared),
            (#"[{"uid":{"type":"Nobody","id":"n"},"attrs":{},"parents":[]}]"#, .undeclaredType),
            (#"[{"uid":{"type":"Color","id":"blue"},"attrs":{},"parents":[]}]"#, .notListed(uid("Color", "blue"))),
            (#"[{"uid":{"type":"Color","id":"red"},"attrs":{"x":1},"parents":[]}]"#, .undeclaredAttribute("x")),
            (
                #"[{"uid":{"type":"Color","id":"red"},"attrs":{},"parents":[{"type":"Org","id":"o"}]}]"#,
                .undeclaredParent(uid("Org", "o"))
            ),
            (#"[{"uid":{"type":"Action","id":"drop"},"attrs":{},"parents":[]}]"#, .notTheDeclaredAction),
            (#"[{"uid":{"type":"Action","id":"read"},"attrs":{},"parents":[]}]"#, .notTheDeclaredAction),
            (#"[{"uid":{"type":"Action","id":"all"},"attrs":{"x":1},"parents":[]}]"#, .notTheDeclaredAction),
            (#"[{"uid":{"type":"Action","id":"all"},"attrs":{},"parents":[],"tags":{"x":1}}]"#, .notTheDeclaredAction),
            (#"[{"uid":{"type":"N::Action","id":"all"},"attrs":{},"parents":[]}]"#, .notTheDeclaredAction),
        ]
        for (json, expected) in cases { #expect(try refusal(json) == expected, "\(json)") }
    }

    @Test func `an ancestor that is reached by another entity counts, too`() throws {
        let json = #"""
            [{"uid":{"type":"Group","id":"g"},"attrs":{},"parents":[{"type":"User","id":"u"}]}]
            """#
        #expect(try refusal(json) == .undeclaredParent(EntityUID(type: "User", id: "u")))
    }
}

struct `Requests against a schema` {
    private func refusal(
        principal: EntityUID = EntityUID(type: "User", id: "u"), action: EntityUID = EntityUID(type: "Action", id: "read"),
        resource: EntityUID = EntityUID(type: "Doc", id: "d"), context: Record = ["n": .long(1)]
    ) throws -> RequestValidationError? {
        let schema = try Schema(
            cedar: """
                entity User; entity Doc; entity Other; entity Color enum ["red"];
                action read appliesTo { principal: [User, Color], resource: [Doc, Color], context: { n: Long, c?: Color, a?: Action } };
                action group;
                """)
        do throws(RequestValidationError) {
            try schema.validate(Request(principal: principal, action: action, resource: resource, context: context))
            return nil
        } catch {
            return error
        }
    }

    @Test func `a request that the action allows passes`() throws {
        #expect(try refusal() == nil)
        #expect(try refusal(context: ["n": .long(1), "c": .entity(EntityUID(type: "Color", id: "red"))]) == nil)
        #expect(try refusal(principal: EntityUID(type: "Color", id: "red"), resource: EntityUID(type: "Color", id: "red")) == nil)
    }

    @Test func `any other is refused`() throws {
        let action = EntityUID(type: "Action", id: "read")
        let context = "{a?: Action, c?: Color, n: Long}"
        func uid(_ type: EntityType, _ id: CedarString = "x") -> EntityUID { EntityUID(type: type, id: id) }
        #expect(try refusal(principal: uid("Nobody")) == .undeclaredPrincipalType("Nobody"))
        #expect(try refusal(principal: action) == .undeclaredPrincipalType("Action"))
        #expect(try refusal(principal: uid("Other")) == .principalNotApplicable("Other", action: action))
        #expect(try refusal(principal: uid("Color", "blue")) == .notListed(uid("Color", "blue")))
        #expect(try refusal(resource: uid("Nothing")) == .undeclaredResourceType("Nothing"))
        #expect(try refusal(resource: uid("Other")) == .resourceNotApplicable("Other", action: action))
        #expect(try refusal(resource: uid("Color", "blue")) == .notListed(uid("Color", "blue")))
        #expect(try refusal(action: uid("Action", "drop")) == .undeclaredAction(uid("Action", "drop")))
        #expect(try refusal(action: uid("Action", "group")) == .principalNotApplicable("User", action: uid("Action", "group")))
        #expect(try refusal(context: [:]) == .invalidContext(action: action, expected: context))
        #expect(try refusal(context: ["n": .string("1")]) == .invalidContext(action: action, expected: context))
        #expect(try refusal(context: ["n": .long(1), "m": .long(1)]) == .invalidContext(action: action, expected: context))
        #expect(try refusal(context: ["n": .long(1), "c": .entity(uid("Color", "blue"))]) == .notListed(uid("Color", "blue")))
        #expect(try refusal(context: ["n": .long(1), "a": .entity(uid("Action", "drop"))]) == .notListed(uid("Action", "drop")))
    }
}
