import TestSupport
import Testing

@testable import Cedar

struct `The hierarchy of entities` {
    private func uid(_ id: some CustomStringConvertible) -> EntityUID { EntityUID(type: "T", id: CedarString("\(id)")) }

    @Test func `an entity lies in itself, its parents and all that they lie in`() throws {
        let entities = try Entities([
            Entity(uid: uid("a"), parents: [uid("b")]), Entity(uid: uid("b"), parents: [uid("c"), uid("named")]),
            Entity(uid: uid("c")),
        ])
        for ancestor in ["a", "b", "c", "named"] { #expect(entities.isIn(uid("a"), uid(ancestor))) }
        #expect(!entities.isIn(uid("c"), uid("a")) && !entities.isIn(uid("b"), uid("a")) && !entities.isIn(uid("a"), uid("other")))
        #expect(entities.isIn(uid("other"), uid("other")) && !entities.isIn(uid("other"), uid("a")))
        #expect(entities.ancestors(of: uid("a")) == [uid("b"), uid("c"), uid("named")])
        #expect(entities[uid("named")] == nil && entities.count == 3)
    }

    @Test func `the kept ancestors are those that a walk finds`() throws {
        let seed: UInt64 = 20_261_121
        var random = SeededGenerator(seed: seed)
        var failures = Failures()
        for _ in 0..<30 {
            let size = Int.random(in: 1...25, using: &random)
            let parents = (0..<size).map { node in (0..<node).filter { _ in Int.random(in: 0..<6, using: &random) == 0 } }
            let order = (0..<size).shuffled(using: &random)
            let entities = try Entities(order.map { Entity(uid: uid($0), parents: Set(parents[$0].map { uid($0) })) })
            for node in 0..<size {
                for other in 0..<size {
                    failures.check(
                        entities.isIn(uid(node), uid(other)) == (node == other || Self.walk(node, other, parents)),
                        "\(node) in \(other)")
                }
            }
        }
        #expect(failures.isEmpty, "seed \(seed): \(failures)")
    }

    private static func walk(_ node: Int, _ other: Int, _ parents: [[Int]]) -> Bool {
        parents[node].contains { $0 == other || walk($0, other, parents) }
    }

    @Test func `a cycle is refused, however long`() {
        #expect(throws: EntitiesError.cycle(uid("a"))) { try Entities([Entity(uid: uid("a"), parents: [uid("a")])]) }
        for size in [2, 3, 50_000] {
            let ring = (0..<size).map { Entity(uid: uid($0), parents: [uid(($0 + 1) % size)]) }
            #expect { try Entities(ring) } throws: { if case .cycle? = $0 as? EntitiesError { true } else { false } }
        }
    }

    @Test func `a chain is followed as far as memory allows and then refused`() throws {
        func chain(_ length: Int) -> [Entity] { (0..<length).map { Entity(uid: uid($0), parents: [uid($0 + 1)]) } }
        let entities = try Entities(chain(2000))
        #expect(entities.isIn(uid(0), uid(2000)) && !entities.isIn(uid(2000), uid(0)))
        #expect(throws: EntitiesError.tooManyAncestors) { try Entities(chain(100_000)) }
    }

    @Test func `an entity may be said twice, not in two ways`() throws {
        let entity = Entity(uid: uid("a"), attributes: ["x": .long(1)])
        #expect(try Entities([entity, entity]).count == 1)
        #expect(throws: EntitiesError.duplicate(uid("a"))) { try Entities([entity, Entity(uid: uid("a"))]) }
    }
}

struct `Entities in JSON` {
    private let user = EntityUID(type: "U", id: "u")

    private func entities(_ text: String, _ schema: String? = nil) throws -> Entities {
        try Entities(json: Array(text.utf8), schema: schema.map { try Schema(cedar: $0) })
    }

    private func value(_ json: String, _ schema: String? = nil) throws -> Value? {
        try entities(#"[{"uid":{"type":"U","id":"u"},"attrs":{"x":\#(json)},"parents":[]}]"#, schema)[user]?.attributes["x"]
    }

    @Test func `every kind of value is read and written`() throws {
        let text = #"""
            [{"uid": {"__entity": {"type": "N::U", "id": "\u00e9\""}}, "parents": [{"type": "G", "id": ""}], "tags": {"t": [1, 1, "a"]},
              "attrs": {"b": true, "l": -9223372036854775808, "e": {"__entity": {"type": "U", "id": "v"}}, "r": {"": {}, "s": []},
                        "d": {"__extn": {"fn": "decimal", "arg": "-1.5"}}, "i": {"__extn": {"fn": "ip", "arg": "10.0.0.0/8"}},
                        "t": {"__extn": {"fn": "datetime", "arg": "2026-11-21T18:30:00Z"}}, "u": {"__extn": {"fn": "duration", "arg": "-1h"}}}}]
            """#
        let read = try entities(text)
        let entity = try #require(read[EntityUID(type: "N::U", id: "\u{E9}\"")])
        #expect(entity.tags["t"] == .set(ValueSet([.string("a"), .long(1)])))
        #expect(
            entity.attributes["l"] == .long(.min) && entity.attributes["u"] == .duration(DurationValue(milliseconds: -3_600_000)))
        #expect(try Entities(json: read.json()).all.elementsEqual([entity]))
    }

    @Test func `calls with several arguments are made`() throws {
        func call(_ function: String, _ arguments: String) -> String { #"{"__extn":{"fn":"\#(function)","args":[\#(arguments)]}}"# }
        let day = call("datetime", #""1970-01-02""#)
        let hour = #"{"__extn":{"fn":"duration","arg":"1h"}}"#
        #expect(try value(call("offset", "\(day),\(hour)")) == .datetime(DatetimeValue(milliseconds: 90_000_000)))
        #expect(
            try value(call("durationSince", "\(day),\(call("offset", "\(day),\(hour)"))"))
                == .duration(DurationValue(milliseconds: -3_600_000)))
        #expect(try value(call("toDate", call("offset", "\(day),\(hour)"))) == .datetime(DatetimeValue(milliseconds: 86_400_000)))
    }

    @Test func `where a schema says what stands, escapes may be left out`() throws {
        let schema = "entity U { x: T }; type T = { e: U, d: decimal, i: ipaddr, s: Set<datetime>, r?: { u: duration } };"
        let bare = #"{"e":{"type":"U","id":"v"},"d":"1.0","i":{"fn":"ip","arg":"::1"},"s":["2026-01-01"],"r":{"u":"1d"}}"#
        let full = #"""
            {"e":{"__entity":{"type":"U","id":"v"}},"d":{"__extn":{"fn":"decimal","arg":"1.0"}},"i":{"__extn":{"fn":"ip","arg":"::1"}},
             "s":[{"__extn":{"fn":"datetime","arg":"2026-01-01"}}],"r":{"u":{"__extn":{"fn":"duration","arg":"1d"}}}}
            """#
        #expect(try value(bare, schema) == value(full))
        #expect(try value(full, schema) == value(full))
        #expect(try value(bare) != value(full))
    }

    @Test(arguments: [
        "null", "1.5", #"{"__entity":1}"#, #"{"__entity":{"type":"U"}}"#, #"{"__entity":{"type":"U::","id":"a"}}"#,
        #"{"__entity":{"type":"in","id":"a"}}"#,
        #"{"__entity":{"type":"U","id":"a","x":1}}"#, #"{"__entity":{"type":"U","id":"a"},"x":1}"#,
        #"{"__entity":{"type":"U","id":1}}"#,
        #"{"__extn":{"fn":"decimal"}}"#, #"{"__extn":{"fn":"decimal","arg":"x"}}"#, #"{"__extn":{"fn":"decimal","arg":1}}"#,
        #"{"__extn":{"fn":"what","arg":"1.0"}}"#,
        #"{"__extn":{"fn":"decimal","arg":"1.0","args":["1.0"]}}"#, #"{"__extn":{"fn":"decimal","args":["1.0","1.0"]}}"#,
        #"{"__extn":{"fn":"decimal","args":[]}}"#,
        #"{"__extn":{"fn":"offset","arg":{"__extn":{"fn":"datetime","arg":"1970-01-01"}}}}"#, #"{"__extn":"decimal"}"#,
        #"{"__expr":"1"}"#,
        #"{"a":{"__extn":1,"b":2}}"#, "[null]", #"{"__extn":{"fn":"isIpv4","args":[{"__extn":{"fn":"ip","arg":"::1"}}]}}"#,
    ])
    func `a value that is none is refused with its place`(json: String) {
        #expect { try value(json) } throws: { error in
            switch error as? EntitiesError {
            case .format(let error): error.path.hasPrefix("entities[0].attrs.x")
            case .json: true
            default: false
            }
        }
    }

    @Test(arguments: [
        "1", "{}", "[1]", "[{}]", #"[{"uid":{"type":"U","id":"u"},"attrs":{}}]"#, #"[{"uid":{"type":"U","id":"u"},"parents":[]}]"#,
        #"[{"uid":"U::\"u\"","attrs":{},"parents":[]}]"#, #"[{"uid":{"type":"U","id":"u"},"attrs":{},"parents":{}}]"#,
        #"[{"uid":{"type":"U","id":"u"},"attrs":{},"parents":[],"tag":{}}]"#,
        #"[{"uid":{"type":"U","id":"u"},"attrs":[],"parents":[]}]"#,
        #"[{"uid":{"type":"U","id":"u"},"attrs":{},"parents":["U"]}]"#,
    ])
    func `what is no list of entities is refused`(text: String) {
        #expect { try entities(text) } throws: { if case .format? = $0 as? EntitiesError { true } else { false } }
    }

    @Test func `a value that JSON could not say is not written`() throws {
        for name in ["__entity", "__extn", "__expr"] as [CedarString] {
            let entities = try Entities([Entity(uid: user, attributes: ["r": .record([name: .long(1)])])])
            #expect(throws: EntitiesError.notExpressible(name)) { try entities.json() }
        }
    }

    @Test func `values nest so deep and no deeper`() throws {
        func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
        _ = try value(nested(Limits.valueDepth - 3))
        #expect(throws: EntitiesError.self) { try value(nested(Limits.valueDepth)) }
    }

    @Test func `the actions of the schema are there, with their groups`() throws {
        let entities = try entities("[]", "action a in b; action b in c; action c;")
        #expect(entities.isIn(EntityUID(type: "Action", id: "a"), EntityUID(type: "Action", id: "c")) && entities.count == 3)
    }

    @Test func `the context of a request is read as its action declares it`() throws {
        let schema = try Schema(cedar: "entity U; action a appliesTo { principal: U, resource: U, context: { d: decimal } };")
        let json = Array(#"{"d":"1.0"}"#.utf8)
        let action = EntityUID(type: "Action", id: "a")
        #expect(try Record(json: json, schema: schema, action: action) == ["d": .decimal(DecimalValue(tenThousandths: 10_000))])
        #expect(try Record(json: json) == ["d": .string("1.0")])
        #expect(throws: EntitiesError.self) { try Record(json: Array(#"{"d":"x"}"#.utf8), schema: schema, action: action) }
        #expect(throws: EntitiesError.self) { try Record(json: Array("[]".utf8)) }
    }
}
