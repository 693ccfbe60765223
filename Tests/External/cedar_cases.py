"""Random Cedar policies, entities and requests, decided by PyPI's cedarpy (the engine of cedar-policy/cedar).

usage: cedar_cases.py decisions|parses SEED COUNT

`decisions` prints a JSON object a line for every set of policies, with ten requests each, until COUNT requests are out: the policies
as text and as the JSON that cedarpy makes of it, links, entities, requests with decision, reasons and errors. `parses` prints COUNT
texts, most of them a little wrong, and whether cedarpy reads them. The same seed prints the same.
"""

import json
import random
import re
import sys

import cedarpy

TYPES = ["User", "Group", "N::Doc", "N::M::Folder"]
IDS = ["a", "b", "é", "e\u0301", 'q"\\']
ACTIONS = [("Action", "view"), ("Action", "edit"), ("N::Action", "view"), ("Action", "readers"), ("Action", "all")]
# What an attribute of each name most likely is.
NAMES = {
    "a b": "bool", "x": "long", "y": "string", "é": "entity", "when": "set", "n": "record", "if": "decimal", "ip": "ip",
    "e\u0301": "datetime", "z": "duration",
}
KINDS = list(NAMES.values())
LONGS = [0, 1, -1, 2, 7, 86400000, 2**63 - 1, -(2**63), 4611686018427387904]
STRINGS = ["", "a", "ab", "abc", "a*b", "é", "e\u0301", "\U0001f600", '"\\\n\0', "1.5", "10.0.0.1", "2024-01-01", "1h"]
DECIMALS = ["0.0", "-0.5", "1.5", "1.5000", "01.25", "922337203685477.5807", "-922337203685477.5808"]
NO_DECIMALS = ["1", "1.", ".5", "1.23456", "922337203685477.5808", "+1.0", "a"]
ADDRESSES = ["10.0.0.1", "10.0.0.0/8", "10.1.2.3/16", "127.0.0.1", "127.0.0.0/7", "224.0.0.1", "::1", "::/0", "ff00::/8", "fe80::1/64", "1:2:3:4:5:6:7:8"]
NO_ADDRESSES = ["10.0.0", "10.0.0.1/33", "::ffff:1.2.3.4", "1::2::3", "010.0.0.1", "::1/129", "10.0.0.1/08"]
DATETIMES = ["1970-01-01", "2024-02-29", "2024-10-15T11:38:02Z", "2024-10-15T11:38:02.101-1134", "1969-12-31T23:59:59.999Z", "0000-01-01", "9999-12-31"]
NO_DATETIMES = ["2024-02-30", "2024-1-1", "2024-01-01T00:00:00", "2024-01-01T24:00:00Z", "2024-01-01T00:00:00+2400", "x"]
DURATIONS = ["0s", "1h", "60m", "1d2h3m4s5ms", "-1d", "-90s", "9223372036854775807ms", "-9223372036854775808ms"]
NO_DURATIONS = ["", "-", "1", "1h1d", "9223372036854775808ms", "1.5h", "1 h"]


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def chance(self, percent):
        return self.random.random() * 100 < percent

    def pick(self, choices):
        return self.random.choice(choices)

    # Values as entities and contexts have them

    def uid(self):
        return {"type": self.pick(TYPES), "id": self.pick(IDS)}

    def value(self, kind, depth=2):
        if kind == "bool":
            return self.chance(50)
        if kind == "long":
            return self.pick(LONGS)
        if kind == "string":
            return self.pick(STRINGS)
        if kind == "entity":
            return {"__entity": self.uid()}
        if kind in ("set", "record") and depth == 0:
            return [] if kind == "set" else {}
        if kind == "set":
            inner = self.pick(KINDS)
            return [self.value(inner if self.chance(80) else self.pick(KINDS), depth - 1) for _ in range(self.random.randint(0, 3))]
        if kind == "record":
            return self.record(depth - 1)
        texts = {"decimal": DECIMALS, "ip": ADDRESSES, "datetime": DATETIMES, "duration": DURATIONS}[kind]
        return {"__extn": {"fn": kind, "arg": self.pick(texts)}}

    def record(self, depth=2):
        names = self.random.sample(list(NAMES), self.random.randint(3, 10))
        return {name: self.value(NAMES[name] if self.chance(90) else self.pick(KINDS), depth) for name in names}

    def entities(self):
        every = [{"type": t, "id": i} for t in TYPES for i in IDS]
        chosen = self.random.sample(every, self.random.randint(4, 12))
        entities = []
        for place, uid in enumerate(chosen):
            parents = [chosen[self.random.randrange(place)] for _ in range(self.random.randint(0, 4)) if place]
            entity = {"uid": uid, "attrs": self.record(), "parents": list({json.dumps(p): p for p in parents}.values())}
            if self.chance(40):
                entity["tags"] = self.record(1)
            entities.append(entity)
        groups = [{"type": "Action", "id": "readers"}, {"type": "Action", "id": "all"}]
        entities.append({"uid": {"type": "Action", "id": "view"}, "attrs": {}, "parents": groups})
        entities.append({"uid": {"type": "N::Action", "id": "view"}, "attrs": {}, "parents": groups[:1]})
        return entities

    def request(self):
        action = self.pick(ACTIONS)
        return {"principal": self.uid(), "action": {"type": action[0], "id": action[1]}, "resource": self.uid(), "context": self.record()}

    # Text

    def space(self):
        return self.pick(["", "", "", " ", "\n", "\t", " // é \"\n", "\u00a0"])

    def quoted(self, text, star="*"):
        out = '"'
        for scalar in text:
            if scalar in '"\\':
                out += "\\" + scalar
            elif scalar == "\0":
                out += self.pick(["\\0", "\\x00", "\\u{0}"])
            elif scalar == "\n":
                out += self.pick(["\\n", "\n", "\\u{A}"])
            elif scalar == "*":
                out += star
            elif self.chance(8):
                out += "\\u{%x}" % ord(scalar)
            else:
                out += scalar
        return out + '"'

    def entity(self, uid=None):
        uid = uid or self.uid()
        return uid["type"] + self.space() + "::" + self.space() + self.quoted(uid["id"])

    def parenthesised(self, text, level, least):
        return "(" + self.space() + text + self.space() + ")" if level < least or self.chance(5) else text

    def expression(self, kind, depth, least=0):
        """Text that most likely has a value of this kind and binds at least so tightly: 0 if, 1 ||, 2 &&, 3 relations, 4 +, 5 *, 6 signs, 7 members."""
        if self.chance(4):
            kind = self.pick(KINDS)
        text, level = self.term(kind, depth)
        return self.parenthesised(text, level, least)

    def term(self, kind, depth):
        if depth == 0:
            return self.leaf(kind)
        choice = self.random.randrange(10)
        if choice == 0:
            return "if %s then %s else %s" % (
                self.expression("bool", depth - 1), self.expression(kind, depth - 1), self.expression(kind, depth - 1)), 0
        if choice == 1:
            return self.leaf(kind)
        if choice == 2:
            return self.attribute(self.expression(self.pick(["entity", "record"]), depth - 1, 7), kind), 7
        if choice == 3 and kind != "bool":
            return self.expression("entity", depth - 1, 7) + ".getTag(" + self.expression("string", depth - 1) + ")", 7
        return getattr(self, "operation_" + kind)(depth - 1)

    def attribute(self, target, kind):
        name = next(name for name in NAMES if NAMES[name] == kind) if self.chance(90) else self.pick(list(NAMES))
        if re.fullmatch("[a-z]+", name) and name != "if" and self.chance(80):
            return target + self.space() + "." + self.space() + name
        return target + "[" + self.quoted(name) + "]"

    def leaf(self, kind):
        if self.chance(30):
            return self.attribute(self.pick(["principal", "resource", "context", "action", "principal", "resource", "context"]), kind), 7
        if kind == "entity" and self.chance(60):
            return self.pick(["principal", "action", "resource"]), 7
        if kind == "record" and self.chance(60):
            return "context", 7
        if kind == "bool":
            return self.pick(["true", "false"]), 7
        if kind == "long":
            number = self.pick(LONGS)
            return str(number), 7 if number >= 0 else 6
        if kind == "string":
            return self.quoted(self.pick(STRINGS)), 7
        if kind == "entity":
            action = self.pick(ACTIONS)
            return self.entity({"type": action[0], "id": action[1]} if self.chance(10) else None), 7
        if kind == "set":
            return "[]", 7
        if kind == "record":
            return "{}", 7
        return self.constructor(kind), 7

    def constructor(self, kind):
        good, bad = {
            "decimal": (DECIMALS, NO_DECIMALS), "ip": (ADDRESSES, NO_ADDRESSES), "datetime": (DATETIMES, NO_DATETIMES),
            "duration": (DURATIONS, NO_DURATIONS)}[kind]
        return kind + "(" + self.quoted(self.pick(bad if self.chance(5) else good)) + ")"

    def call(self, receiver, name, arguments, depth):
        texts = [self.expression(kind, depth) for kind in arguments]
        if self.chance(1):
            texts.append("1")
        comma = "," if texts and self.chance(5) else ""
        return self.expression(receiver, depth, 7) + "." + name + "(" + ", ".join(texts) + comma + ")", 7

    def operation_bool(self, depth):
        choice = self.random.randrange(16)
        if choice < 2:
            operator, level = self.pick([(" && ", 2), (" || ", 1)])
            count = self.random.randint(2, 4)
            return operator.join(self.expression("bool", depth, level + 1) for _ in range(count)), level
        if choice == 2:
            return "!" * self.random.randint(1, 4) + self.expression("bool", depth, 7), 6
        if choice < 5:
            kind = self.pick(KINDS)
            return "%s %s %s" % (self.expression(kind, depth, 4), self.pick(["==", "!="]), self.expression(kind, depth, 4)), 3
        if choice == 5:
            kind = self.pick(["long", "long", "datetime", "duration"])
            return "%s %s %s" % (self.expression(kind, depth, 4), self.pick(["<", "<=", ">", ">="]), self.expression(kind, depth, 4)), 3
        if choice < 8:
            return "%s in %s" % (self.expression("entity", depth, 4), self.group(depth)), 3
        if choice == 8:
            text = "%s is %s" % (self.expression("entity", depth, 4), self.pick(TYPES))
            return text + (" in " + self.group(depth) if self.chance(50) else ""), 3
        if choice == 9:
            target = self.expression(self.pick(["entity", "record"]), depth, 4)
            name = self.pick(["x", "n.y", "n.n.when", "y", '"a b"', '"if"', self.quoted("e\u0301"), "w"])
            return target + " has " + name, 3
        if choice == 10:
            pattern = "".join(self.pick(["*", "a", "b", "\\*", "é", ""]) for _ in range(self.random.randint(0, 4)))
            return self.expression("string", depth, 4) + ' like "' + pattern + '"', 3
        if choice == 11:
            name, argument = self.pick([("contains", self.pick(KINDS)), ("containsAll", "set"), ("containsAny", "set")])
            return self.expression("set", depth, 7) + "." + name + "(" + self.expression(argument, depth) + ")", 7
        if choice == 12:
            return self.expression("set", depth, 7) + ".isEmpty()", 7
        if choice == 13:
            return self.expression("entity", depth, 7) + ".hasTag(" + self.expression("string", depth) + ")", 7
        if choice == 14:
            return self.call("decimal", self.pick(["lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual"]), ["decimal"], depth)
        if self.chance(40):
            return self.call("ip", "isInRange", ["ip"], depth)
        return self.call("ip", self.pick(["isIpv4", "isIpv6", "isLoopback", "isMulticast"]), [], depth)

    def group(self, depth):
        if self.chance(60):
            return self.expression("entity", depth, 4)
        return "[" + ", ".join(self.expression("entity", depth) for _ in range(self.random.randint(0, 3))) + "]"

    def operation_long(self, depth):
        choice = self.random.randrange(5)
        if choice == 0:
            return "-" * self.random.randint(1, 4) + self.expression("long", depth, 7), 6
        if choice == 1:
            name = self.pick(["toMilliseconds", "toSeconds", "toMinutes", "toHours", "toDays"])
            return self.call("duration", name, [], depth)
        operator, level = self.pick([(" + ", 4), (" - ", 4), (" * ", 5)])
        return self.expression("long", depth, level) + operator + self.expression("long", depth, level + 1), level

    def operation_string(self, depth):
        return self.leaf("string")

    def operation_entity(self, depth):
        return self.leaf("entity")

    def operation_set(self, depth):
        kind = self.pick(KINDS)
        elements = [self.expression(kind if self.chance(80) else self.pick(KINDS), depth) for _ in range(self.random.randint(0, 3))]
        return "[" + ", ".join(elements) + ("," if elements and self.chance(5) else "") + "]", 7

    def operation_record(self, depth):
        fields = []
        for name in self.random.sample(list(NAMES), self.random.randint(0, 3)):
            key = name if re.fullmatch("[a-z]+", name) and name != "if" and self.chance(70) else self.quoted(name)
            fields.append(key + self.space() + ": " + self.expression(self.pick(KINDS), depth))
        return "{" + ", ".join(fields) + "}", 7

    def operation_decimal(self, depth):
        return self.leaf("decimal")

    def operation_ip(self, depth):
        return self.leaf("ip")

    def operation_datetime(self, depth):
        return self.call("datetime", "offset", ["duration"], depth) if self.chance(60) else self.call("datetime", "toDate", [], depth)

    def operation_duration(self, depth):
        if self.chance(50):
            return self.call("datetime", "durationSince", ["datetime"], depth)
        return self.call("datetime", "toTime", [], depth)

    # Policies

    def reference(self, slot):
        return slot if slot else self.parenthesised(self.entity(), 7, 0)

    def scope(self, variable, is_template):
        slot = "?" + variable if is_template and self.chance(70) else None
        choice = self.random.randrange(14)
        if choice < 1:
            return "%s == %s" % (variable, self.reference(slot))
        if choice < 4:
            return "%s in %s" % (variable, self.reference(slot))
        if choice == 4:
            return "%s is %s" % (variable, self.pick(TYPES))
        if choice == 5:
            return "%s is %s in %s" % (variable, self.pick(TYPES), self.reference(slot))
        return variable

    def action(self):
        actions = [self.entity({"type": t, "id": i}) for t, i in self.random.sample(ACTIONS, self.random.randint(0, 3))]
        one = self.entity(dict(zip(("type", "id"), self.pick(ACTIONS))))
        return self.pick(["action", "action", "action", "action", "action == " + one, "action in " + one, "action in [" + ", ".join(actions) + "]"])

    def policy(self, is_template=False):
        text = ""
        for name in self.random.sample(["id", "if", "_x1"], self.random.choice([0, 0, 0, 1, 2])):
            text += "@" + name + (self.pick(["", "(" + self.quoted(self.pick(STRINGS)) + ")"])) + self.space() + " "
        text += self.pick(["permit", "permit", "permit", "forbid"]) + self.space() + "("
        text += ", ".join([self.scope("principal", is_template), self.action(), self.scope("resource", is_template)])
        text += self.pick(["", "", ","]) + ")"
        for _ in range(self.random.choice([0, 0, 1, 1, 1, 2])):
            text += self.space() + " " + self.pick(["when", "when", "unless"]) + " { " + self.expression("bool", self.random.randint(0, 4)) + " }"
        return text + self.space() + ";"

    def policies(self):
        """Static policies first, then templates; all ids are `policy0`, `policy1`, …"""
        statics = [self.policy() for _ in range(self.random.randint(1, 6))]
        templates = [self.policy(True) for _ in range(self.random.randint(0, 2))]
        return self.space().join(statics + templates)


def links(generator, policy_set):
    found = []
    for template in policy_set.templates():
        for number in range(generator.random.randint(1, 5)):
            values = {slot: generator.uid() for slot in template["slots"]}
            found.append({"template_id": template["id"], "new_id": "%s-%d" % (template["id"], number), "values": values})
    return found


def decided(request, policies, entities):
    result = cedarpy.is_authorized(request, policies, entities)
    return dict(
        request, decision=result.decision.name.lower(), reasons=sorted(result.diagnostics.reasons),
        errors=sorted(re.match("error while evaluating policy `([^`]*)`", error).group(1) for error in result.diagnostics.errors))


def decisions(generator, count):
    done = 0
    while done < count:
        text = generator.policies()
        policy_set = cedarpy.PolicySet.from_str(text)
        new = links(generator, policy_set)
        policy_set = policy_set.with_linked_batch(new) if new else policy_set
        entities = generator.entities()
        handle = cedarpy.Entities.from_json_str(json.dumps(entities))
        requests = [decided(generator.request(), policy_set, handle) for _ in range(10)]
        done += len(requests)
        case = {"policies": text, "links": new, "entities": entities, "requests": requests}
        yield dict(case, json=json.loads(cedarpy.policies_to_json_str(text)))


PIECES = re.compile(r'"(?:\\.|[^"\\])*"|[A-Za-z_0-9]+|::|[=!<>]=|&&|\|\||\s+|.', re.S)


def parses(generator, count):
    for _ in range(count):
        text = generator.policy(generator.chance(20))
        for _ in range(generator.random.choice([0, 1, 1, 1, 2])):
            pieces = PIECES.findall(text)
            place = generator.random.randrange(len(pieces))
            change = generator.random.randrange(4)
            other = generator.pick(pieces + ["if", "in", "has", "is", "like", "==", "-", "!", "(", ")", "[", "]", "?principal", '"a*"', "1", ",", ".", "::", "\\"])
            if change == 0:
                del pieces[place]
            elif change == 1:
                pieces.insert(place, other)
            elif change == 2:
                pieces[place] = other
            else:
                pieces[place] = pieces[place][: generator.random.randint(0, len(pieces[place]))]
            text = "".join(pieces)
            if not text:
                text = ";"
        try:
            cedarpy.PolicySet.from_str(text)
            yield {"text": text, "reads": True}
        except ValueError as error:
            yield {"text": text, "reads": False, "error": str(error)}


def main():
    what, seed, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    for case in {"decisions": decisions, "parses": parses}[what](Generator(seed), count):
        print(json.dumps(case))


if __name__ == "__main__":
    main()
