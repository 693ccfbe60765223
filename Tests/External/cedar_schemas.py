"""Random policies, schemas and entities, checked by PyPI's cedarpy (the engine of cedar-policy/cedar).

usage: cedar_schemas.py validations|schemas|json-schemas|entities SEED COUNT

Prints COUNT lines, a JSON object each: `text`, in `validations` and `entities` the `schema`, and `passes`: whether the policies validate
strictly, the schema is one, the entities conform. Most are a little wrong. The same seed prints the same.
"""

import json
import random
import re
import sys

import cedarpy

SCHEMA = """namespace A {
  entity Group in [Group, Org];
  entity Org;
  entity Color enum ["red", "green"];
  entity User in [Group] {
    name: String, age?: Long, boss?: User, words: Set<String>, home: {street: String, zip?: Long, geo?: {lat: decimal}}, color?: Color,
    friends: Set<User>, since: datetime, ip?: ipaddr
  } tags String;
  entity Doc in [Folder] {
    owner: User, readers: Set<User>, open: Bool, size: Long, meta?: {key?: String, value: Long}, keep: duration, score: decimal
  } tags Set<String>;
  entity Folder in [Folder] {owner: User, size?: Long};
  type Ctx = {
    now: datetime, ip: ipaddr, mfa: Bool, level?: Long, who?: User, opt?: {a?: {b?: Long}}, s: Set<Long>, rs: Set<{x: Long}>, act?: Action
  };
  action all;
  action rw in [all];
  action read in [rw] appliesTo {principal: [User, Group], resource: [Doc, Folder], context: Ctx};
  action write in [rw] appliesTo {principal: [User], resource: [Doc], context: Ctx};
  @doc("x") action admin appliesTo {principal: [User], resource: [Org, Color], context: {mfa: Bool, now: datetime}};
}
"""
TYPES = ["A::User", "A::Group", "A::Org", "A::Doc", "A::Folder", "A::Color"]
ACTIONS = ["all", "rw", "read", "write", "admin"]
ATTRIBUTES = (
    "name age boss words home color friends since ip owner readers open size meta keep score now mfa level who opt s rs act street zip geo "
    "lat key value a b x nothing").split()
ENTITIES = ["principal.boss", "resource.owner", "context.who", "principal.boss.boss", "resource.owner.boss", "principal.color", "context.act"]
LONGS = ["principal.age", "resource.size", "context.level", "resource.meta.value", "context.opt.a.b", "principal.home.zip"]
STRINGS = ["principal.name", "principal.home.street", "resource.meta.key", 'principal.getTag("a")', 'principal.getTag("b")']
SETS = ["principal.words", "principal.friends", "resource.readers", "context.s", "context.rs", 'resource.getTag("a")', "[]"]
EXTENSIONS = [
    'decimal("1.0")', 'ip("10.0.0.1")', 'datetime("2024-01-01")', 'duration("1h")', 'decimal("x")', 'ip("")', 'datetime("q")', "ip(true)",
    "ip(principal.name)", "decimal(1)", "context.ip", "context.now", "resource.score", "resource.keep", "principal.since", "principal.ip",
    'datetime("2024-01-01").offset(duration("1h"))', "context.now.durationSince(principal.since)", "context.now.toDate()",
    "context.now.toTime()", "principal.home.geo.lat"]
RECORDS = ["context", "principal.home", "resource.meta", "context.opt", "principal.home.geo", "context.opt.a"]
TESTS = [
    "principal has age", "context has level", "resource has meta", "principal has boss", "context has who", "context has opt.a.b",
    "context has opt.a", "resource has owner", "principal has color", "principal has ip", "principal has boss.boss",
    "resource has meta.key", "principal has home.zip", "principal has home.geo", 'principal.hasTag("a")', 'resource.hasTag("a")']


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.pick = self.random.choice

    def chance(self, percent):
        return self.random.randrange(100) < percent

    def uid(self):
        rare = {0: 'A::None::"x"', 1: 'A::Action::"none"', 2: 'A::Color::"blue"', 3: 'A::Color::"red"'}
        number = self.random.randrange(40)
        if number in rare:
            return rare[number]
        return 'A::Action::"%s"' % self.pick(ACTIONS) if number < 10 else '%s::"%s"' % (self.pick(TYPES[:5]), self.pick("abc"))

    def either(self, kind, depth):
        return "(if %s then %s else %s)" % (self.boolean(depth - 1), kind(depth - 1), kind(depth - 1))

    def entity(self, depth):
        if depth <= 0 or self.chance(60):
            return self.pick(["principal", "resource", "principal", "resource", "action", self.uid()])
        return self.pick(ENTITIES) if self.chance(60) else self.either(self.entity, depth) if self.chance(80) else self.any(depth - 1)

    def long(self, depth):
        if depth <= 0 or self.chance(40):
            return str(self.random.randint(-5, 9))
        if self.chance(60):
            return self.pick(LONGS)
        return self.pick([
            lambda: "(%s %s %s)" % (self.long(depth - 1), self.pick("+-*"), self.long(depth - 1)), lambda: "(-%s)" % self.long(depth - 1),
            lambda: self.either(self.long, depth), lambda: 'duration("1d").toHours()', lambda: self.any(depth - 1)])()

    def string(self, depth):
        if depth <= 0 or self.chance(50):
            return '"%s"' % self.pick(["a", "b", "street"])
        return self.pick(STRINGS) if self.chance(70) else self.either(self.string, depth) if self.chance(70) else self.any(depth - 1)

    def set(self, depth):
        if self.chance(40):
            return self.pick(SETS)
        kind = self.pick([self.long, self.string, self.entity, self.boolean, self.any])
        return "[" + ", ".join(kind(depth - 1) for _ in range(self.random.randint(1, 3))) + "]"

    def extension(self, depth):
        return self.pick(EXTENSIONS)

    def record(self, depth):
        if self.chance(40):
            return self.pick(RECORDS)
        names = self.random.sample(["x", "y", "street", "zip"], self.random.randint(0, 2))
        return "{" + ", ".join("%s: %s" % (name, self.any(depth - 1)) for name in names) + "}"

    def any(self, depth):
        return self.pick([self.boolean, self.long, self.string, self.entity, self.set, self.extension, self.record])(depth)

    def test(self, depth):
        if self.chance(40):
            return self.pick(TESTS)
        if self.chance(20):
            return "%s.hasTag(%s)" % (self.entity(depth - 1), self.string(depth - 2))
        target = self.pick(["principal", "resource", "context", self.entity(depth - 1), self.record(depth - 1)])
        return "%s has %s" % (target, ".".join(self.pick(ATTRIBUTES) for _ in range(self.random.choice([1, 1, 1, 2]))))

    def comparison(self, depth):
        kind = self.pick([self.long, self.string, self.entity, self.set, self.extension, self.record, self.boolean])
        other = kind if self.chance(85) else self.any
        return "%s %s %s" % (kind(depth - 1), self.pick(["==", "==", "!=", "<", "<=", ">", ">="]), other(depth - 1))

    def membership(self, depth):
        others = "[" + ", ".join(self.entity(depth - 2) for _ in range(self.random.randint(0, 3))) + "]"
        return "%s in %s" % (self.entity(depth - 1), self.entity(depth - 1) if self.chance(60) else others)

    def type_test(self, depth):
        name = self.pick(TYPES + ["A::Action", "None"] if self.chance(30) else TYPES)
        return "%s is %s%s" % (self.entity(depth - 1), name, " in " + self.entity(depth - 1) if self.chance(30) else "")

    def call(self, depth):
        method = self.pick(["contains", "containsAll", "containsAny", "isEmpty", "isIpv4", "isInRange", "lessThan", "like"])
        if method in ("isEmpty", "isIpv4"):
            return "%s.%s()" % (self.pick([self.set, self.extension])(depth - 1), method)
        if method in ("isInRange", "lessThan"):
            return "%s.%s(%s)" % (self.extension(depth - 1), method, self.extension(depth - 1))
        if method == "like":
            return '%s like "a*"' % self.string(depth - 1)
        return "%s.%s(%s)" % (self.set(depth - 1), method, (self.any if method == "contains" else self.set)(depth - 1))

    def boolean(self, depth):
        if depth <= 0:
            return self.pick(["true", "false", "context.mfa", "resource.open"])
        chain = lambda operator: operator.join(self.boolean(depth - 1) for _ in range(self.random.randint(2, 3)))
        return "(" + self.random.choices(
            [lambda: chain(" && "), lambda: chain(" || "), lambda: "!" + self.boolean(depth - 1), lambda: self.test(depth),
             lambda: self.either(self.boolean, depth), lambda: self.comparison(depth), lambda: self.membership(depth),
             lambda: self.type_test(depth), lambda: self.call(depth), lambda: self.any(depth - 1)],
            [20, 8, 5, 20, 4, 16, 8, 5, 12, 2])[0]() + ")"

    def scope(self, variable):
        constraint = self.random.choices(["", " == %s", " in %s", " is %s", " is %s in %s"], [50, 15, 10, 20, 5])[0]
        if " is " in constraint:
            constraint = constraint.replace("%s", self.pick(TYPES), 1)
        return variable + (constraint % self.uid() if "%s" in constraint else constraint)

    def policy(self):
        names = ", ".join('A::Action::"%s"' % self.pick(ACTIONS) for _ in range(self.random.randint(0, 2)))
        action = self.random.choices(
            ["action", 'action == A::Action::"%s"' % self.pick(ACTIONS), 'action in A::Action::"%s"' % self.pick(ACTIONS), "action in [%s]" % names],
            [35, 35, 20, 10])[0]
        text = "%s(%s, %s, %s)" % (self.pick(["permit", "forbid"]), self.scope("principal"), action, self.scope("resource"))
        for _ in range(self.random.choice([0, 1, 1, 1, 2])):
            text += " %s { %s }" % (self.pick(["when", "when", "unless"]), self.boolean(self.random.randint(1, 3)))
        return text + ";"

    def changed(self, pieces, others):
        """With one to three pieces replaced, left out, repeated or swapped."""
        pieces = list(pieces)
        for _ in range(self.random.choice([0, 1, 1, 1, 2, 3])):
            place, other = self.random.randrange(len(pieces)), self.random.randrange(len(pieces))
            change = self.random.randrange(5)
            if change == 0 and len(pieces) > 1:
                del pieces[place]
            elif change == 1:
                pieces.insert(place, self.pick(others))
            elif change == 2:
                pieces[place] = self.pick(others)
            elif change == 3:
                pieces[place], pieces[other] = pieces[other], pieces[place]
            else:
                pieces[place:place] = pieces[place : place + self.random.randint(1, 8)]
        return pieces


def passes(check, *arguments):
    try:
        check(*arguments)
        return True
    except ValueError:
        return False


def validations(generator, count):
    schema = cedarpy.Schema.from_str(SCHEMA)
    for _ in range(count):
        text = generator.policy()
        yield {"text": text, "schema": SCHEMA, "passes": cedarpy.validate_policies(text, schema).validation_passed}


PIECES = re.compile(r'"(?:\\.|[^"\\])*"|[A-Za-z_0-9]+|::|\S')
WORDS = (
    "entity action type namespace in enum appliesTo principal resource context tags attributes Set Long String Bool Boolean Action decimal "
    "ipaddr __cedar if A B N T , ; : :: { } [ ] ( ) < > = ? @ \"a\"").split()


def schemas(generator, count):
    pieces = PIECES.findall(SCHEMA)
    start = pieces.index("entity")
    small = PIECES.findall('@a entity B in [A::Org]; type T = {"x": __cedar::Long}; action a in [A::Action::"all"] appliesTo {principal: B, resource: B, context: T,};')
    for _ in range(count):
        text = " ".join(generator.changed(small + pieces[: start + generator.random.randint(0, 40)] + ["}"] * generator.random.randint(0, 3)
                                           if generator.chance(20) else small + pieces, WORDS))
        yield {"text": text, "passes": passes(cedarpy.Schema.from_str, text)}


JSON_SCHEMA = {
    "": {"entityTypes": {"B": {"annotations": {"a": "x"}}}, "actions": {}, "commonTypes": {"L": {"type": "Long"}}},
    "N": {
        "commonTypes": {"T": {"type": "Record", "attributes": {"x": {"type": "L"}, "y": {"type": "Set", "element": {"type": "Boolean"}, "required": False}}}},
        "entityTypes": {
            "A": {"memberOfTypes": ["A", "B"], "shape": {"type": "T"}, "tags": {"type": "EntityOrCommon", "name": "E"}},
            "E": {"enum": ["a", "b"]}},
        "actions": {
            "a": {"memberOf": [{"id": "b"}, {"id": "b", "type": "N::Action"}],
                  "appliesTo": {"principalTypes": ["A"], "resourceTypes": ["E", "B"], "context": {"type": "T"}}},
            "b": {}}}}


def json_schemas(generator, count):
    pieces = PIECES.findall(json.dumps(JSON_SCHEMA))
    others = pieces + ['"Entity"', '"name"', '"Extension"', '"ipaddr"', '"String"', "null", "1", '"__cedar::String"', '"required"', '"N::A"', '"Action"']
    for _ in range(count):
        text = " ".join(generator.changed(pieces, others))
        yield {"text": text, "passes": passes(cedarpy.Schema.from_json_str, text)}


ENTITIES_JSON = [
    {"uid": {"type": "A::User", "id": "u"}, "parents": [{"type": "A::Group", "id": "g"}, {"type": "A::Org", "id": "o"}], "tags": {"t": "v"},
     "attrs": {"name": "u", "age": 1, "boss": {"__entity": {"type": "A::User", "id": "v"}}, "words": ["a"], "home": {"street": "s", "geo": {"lat": "1.0"}},
               "color": {"type": "A::Color", "id": "red"}, "friends": [], "since": "2024-01-01", "ip": {"__extn": {"fn": "ip", "arg": "::1"}}}},
    {"uid": {"__entity": {"type": "A::Group", "id": "g"}}, "parents": [{"type": "A::Group", "id": "h"}], "attrs": {}},
    {"uid": {"type": "A::Color", "id": "green"}, "parents": [], "attrs": {}},
    {"uid": {"type": "A::Action", "id": "rw"}, "parents": [{"type": "A::Action", "id": "all"}], "attrs": {}},
    {"uid": {"type": "A::Folder", "id": "f"}, "parents": [{"type": "A::Folder", "id": "e"}], "attrs": {"owner": {"type": "A::User", "id": "u"}, "size": 0}}]


def entities(generator, count):
    schema = cedarpy.Schema.from_str(SCHEMA)
    pieces = PIECES.findall(json.dumps(ENTITIES_JSON))
    others = pieces + ["null", "1", "true", '"A::Doc"', '"blue"', '"__entity"', '"nothing"', '"A::Action"', '"fn"', '"decimal"']
    for _ in range(count):
        text = " ".join(generator.changed(pieces, others))
        yield {"text": text, "schema": SCHEMA, "passes": passes(cedarpy.Entities.from_json_str, text, schema)}


def main():
    what, seed, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    cases = {"validations": validations, "schemas": schemas, "json-schemas": json_schemas, "entities": entities}
    for case in cases[what](Generator(seed), count):
        print(json.dumps(case))


if __name__ == "__main__":
    main()
