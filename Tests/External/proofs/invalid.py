"""Statements that break a rule, with proofs of them that hold in everything else."""
import copy

from .cases import Drawn, Predicates, Record, at, build, opened, records_of, scalar
from .prover import auxiliary_values, draw, prove
from .statement import Equation, Relation, statement


class Lenient(Relation):
    """Takes any statement that it can make sense of."""

    def check(self):
        pass

    check_ties = check_size = check

    def add_interval(self, left, low, width):
        """One of a single value has no bits."""
        if width:
            super().add_interval(left, low, width)
        else:
            self.add_equation(Equation(left, low, []))


def proven(group, form, fields, attributes, rho, secrets=None, twist=None):
    relation, data = Lenient(fields, group), statement.write(fields)
    secrets = {"attributes": attributes, "rho": rho, "b": auxiliary_values(relation, attributes),
               **draw(relation, Drawn("invalid", group.q)), **(secrets or {})}
    return prove(relation, form, data, secrets, twist)[0]


class Broken:
    def __init__(self, group, base, records, covering=None):
        self.group, self.records, self.P, self.covering = group, records, Predicates(group.q), covering
        self.attributes, self.base = [record.attributes for record in records_of(records, covering)], base

    def made(self, why, predicates, change=lambda fields: None, ties=True, covering=None):
        covering = covering or self.covering
        fields, records = build(self.group, self.records, predicates, covering), records_of(self.records, covering)
        if not ties:
            fields["predicates"] = predicates
        change(fields)
        attributes, rho = [record.attributes for record in records], [record.rho for record in records]
        place, delta = opened(covering)
        relation = Lenient(fields, self.group)
        honest = {"b": auxiliary_values(relation, attributes, place), **delta}
        return why, self.base, fields, proven(self.group, "compact", fields, attributes, rho, honest)


def invalid_statements(group, bases):
    yield from of_one(group)
    yield from of_shown(group)
    yield from of_several(group)
    yield from unproven(group, bases["one bit, the lower value"])


def of_one(group):
    q, person = group.q, Broken(group, "eight bits", [Record(group, "person")])
    P = person.P
    day = person.attributes[0][3]
    yield person.made("an interval of one value", [], lambda s: s["predicates"].append(P.between(at(3), day, day)))
    yield person.made("two attributes of a sum are one", [P.sum([(at(3), 2), (at(3), -1)], day, 1)])
    yield person.made("a coefficient of 0", [P.sum([(at(4), 0), (at(3), 1)], day, 1)])
    yield person.made("a sum of one term", [P.sum([(at(3), 1)], day, 1)])
    yield person.made("a width of 0", [P.sum([(at(3), 1), (at(4), 1)], day + 1, 0)])
    yield person.made("a set of one value", [P.member(at(3), [day])])
    yield person.made("a set with a value twice", [{"kind": 2, "of": at(3), "set": [scalar(day, q)] * 2}])
    yield person.made("a set that descends", [{"kind": 2, "of": at(3), "set": [scalar(day, q), scalar(3, q)]}])
    yield person.made("a set with a value not below q", [{"kind": 2, "of": at(3), "set": [scalar(day, q), f"{q + 3:064x}"]}])
    yield person.made("not a value that is not below q", [{"kind": 3, "of": at(3), "value": f"{q + 5:064x}"}])
    yield person.made("a sum from what is not below q", [
        {**P.sum([(at(3), 1), (at(4), 1)], 0, 1), "low": f"{q + day + 1:064x}"}])
    yield person.made("the holder's secret is not a value", [P.is_not(at(1), 5)])
    yield person.made("the holder's secret differs from a field", [P.differ(at(1), at(3))])
    yield person.made("the same attribute is the same", [P.same(at(3), at(3))])


def of_shown(group):
    base = "nothing but what is shown"
    shown = Broken(group, base, [Record(group, "vaccine", shown=(3, 5))])
    P, day = shown.P, shown.attributes[0][3]
    yield shown.made("an interval of what is shown", [P.between(at(3), day, day + 1)])
    yield shown.made("what is shown is one of two", [P.member(at(3), [day, day + 1])])
    yield shown.made("what is shown is not a value", [P.is_not(at(3), 1)])
    yield shown.made("the holder's secret is shown", [], lambda s: s["records"][0]["shown"].insert(
        1, {"attribute": 1, "scalar": scalar(shown.attributes[0][1], group.q)}))
    yield shown.made("the schema is not shown", [], lambda s: s["records"][0]["shown"].pop(0))
    yield shown.made("the last day is not shown", [], lambda s: s["records"][0]["shown"].pop(1))
    yield shown.made("a value twice", [], lambda s: s["records"][0]["shown"].insert(2, s["records"][0]["shown"][2]))
    yield shown.made("values out of order", [], lambda s: s["records"][0]["shown"].reverse())
    yield shown.made("one attribute with two scalars", [], lambda s: s["records"][0]["shown"].insert(
        2, {"attribute": 3, "scalar": scalar(3, group.q)}))
    yield shown.made("a shown scalar not below q", [], lambda s: s["records"][0]["shown"][-1].update(
        scalar=f"{int(s['records'][0]['shown'][-1]['scalar'], 16) + group.q:064x}"))
    yield shown.made("the last day is another", [], lambda s: s["records"][0].update(last=s["records"][0]["last"] + 1))
    yield shown.made("the schema is another", [], lambda s: s["records"][0].update(schema="11" * 32))
    yield shown.made("version 2, proven", [], lambda s: s.update(version=2))
    yield shown.made("another suite, proven", [], lambda s: s.update(suite="sigma-proofs_Shake128_P256"))
    yield shown.made("other parameters, proven", [], lambda s: s.update(parameters="11" * 32))
    yield shown.made("an origin with a line break", [], lambda s: s.update(origin="north.example\nledger"))
    short = Broken(group, base, [Record(group, "short", fields=[])])
    yield short.made("three attributes", [])


def of_several(group):
    two = Broken(group, "a difference of two records", [Record(group, "vaccine"), Record(group, "person")])
    P = two.P
    yield two.made("records that are not tied", [], ties=False)
    yield two.made("the holder's secret is the same as a field", [P.same(at(1), at(1, 1)), P.same(at(1), at(3))], ties=False)
    same = Broken(group, "fields of two records are the same", [Record(group, "vaccine"), Record(group, "result")])
    day = same.attributes[0][3]
    yield same.made("a sum of two that are tied", [P.same(at(3), at(3, 1)), P.sum([(at(3), 2), (at(3, 1), -1)], day, 1)])
    yield same.made("a sum of two that are tied and cancel", [
        P.same(at(3), at(3, 1)), P.sum([(at(3), 1), (at(3, 1), -1), (at(5), 1)], 4, 1)])
    both = Broken(group, "a difference of two records", [Record(group, "vaccine", shown=(3,)), Record(group, "person", shown=(3,))])
    yield both.made("two that are shown and differ are the same", [P.same(at(3), at(3, 1))])
    holders = Broken(group, "a difference of two records", [Record(group, "vaccine"), Record(group, "person", holder="ben")])
    yield holders.made("two holders", [], ties=False)
    yield holders.made("two holders, tied", [])


def unproven(group, base):
    """No proof of these could be made: that of the base stands in its place."""
    def changed(why, change):
        fields = copy.deepcopy(base.fields)
        change(fields, fields["records"], fields["predicates"])
        return why, base.name, fields, None
    P = Predicates(group.q)
    yield changed("low above high", lambda s, r, p: p[0].update(low=p[0]["high"], high=p[0]["low"]))
    yield changed("too wide an interval", lambda s, r, p: p[0].update(low=0, high=1 << 63))
    yield changed("the widest numbers", lambda s, r, p: p[0].update(low=0, high=(1 << 64) - 1))
    yield changed("no set", lambda s, r, p: p.__setitem__(0, P.member(at(3), [])))
    yield changed("too wide a sum", lambda s, r, p: p.__setitem__(0, P.sum([(at(3), 1), (at(2), 1)], 0, 1 << 63)))
    yield changed("no terms", lambda s, r, p: p.__setitem__(0, P.sum([], 0, 1)))
    yield changed("nine terms", lambda s, r, p: p.__setitem__(0, P.sum([(at(3), 1)] * 9, 0, 1)))
    yield changed("a record that is not there", lambda s, r, p: p[0].update(of=at(3, 1)))
    yield changed("an attribute that is not there", lambda s, r, p: p[0].update(of=at(4)))
    yield changed("attribute 255", lambda s, r, p: p[0].update(of=at(255, 255)))
    yield changed("no records", lambda s, r, p: r.clear())
    yield changed("33 predicates", lambda s, r, p: p.extend(P.is_not(at(3), k + 10) for k in range(32)))
    yield changed("129 auxiliary values", lambda s, r, p: p.extend([P.between(at(3), 0, 1 << 62), P.between(at(3), 0, 1 << 62), P.is_not(
        at(3), 5), P.is_not(at(3), 6)]))
    yield changed("17 attributes", lambda s, r, p: r[0].update(attributes=17))
    yield changed("no attributes", lambda s, r, p: r[0].update(attributes=0))
