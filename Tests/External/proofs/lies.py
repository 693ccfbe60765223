"""Provers who know what is committed to and prove what is not true."""
from .cases import FIELDS, Drawn, Predicates, Record, at, build, code, date, key, opened, records_of
from .group import Group
from .invalid import proven
from .prover import auxiliary_values, draw
from .statement import Relation


class Liar:
    """One record, one statement, and whatever is proven of them."""

    def __init__(self, group, base, records, predicates, form="compact", covering=None):
        self.group, self.base, self.form = group, base, form
        self.fields = build(group, records, predicates, covering)
        (place, self.opened), records = opened(covering), records_of(records, covering)
        self.attributes, self.rho = [record.attributes for record in records], [record.rho for record in records]
        self.relation = Relation(self.fields, group)
        self.honest = auxiliary_values(self.relation, self.attributes, place)

    def lie(self, why, twist=None, **secrets):
        secrets = {name: [value % self.group.q for value in item] if name == "b" else item for name, item in secrets.items()}
        return why, self.base, self.fields, proven(
            self.group, self.form, self.fields, self.attributes, self.rho, {"b": self.honest, **self.opened, **secrets}, twist)

    def bits(self, why, **changed):
        """The honest values but for some, `b4` for the fourth."""
        values = list(self.honest)
        for name, value in changed.items():
            values[int(name[1:])] = value
        return self.lie(why, b=values)


def all_lies(group, bases):
    yield from of_an_interval(group, bases)
    yield from of_sets(group)
    yield from of_others(group)
    yield from of_order_r(group)
    yield from neutral(group)
    yield simulated(group, bases["eight bits"])


def of_an_interval(group, bases):
    P = Predicates(group.q)
    for name in ("eight bits, batchable", "eight bits"):
        form = bases[name].example.form
        liar = Liar(group, name, [Record(group, "person")], [P.between(at(3), 38_900, 39_155)], form)
        yield liar.bits("a digit is 2, the sum right", b5=0, b4=2)
        if form == "batchable":
            continue
        yield liar.bits("a digit is -1, the sum right", b7=1, b6=0, b5=-1)
        yield liar.bits("digits of another number", b0=0)
        outside = Record(group, "person", fields=[date(39_156), FIELDS["person"][1]])
        liar = Liar(group, name, [outside], [P.between(at(3), 38_900, 39_155)])
        yield liar.lie("outside, the sum right", b=[256 - 127, 1, 1, 1, 1, 1, 1, 0])
        yield liar.lie("outside, digits of the end", b=[1] * 8)
    uneven = Liar(group, "eight bits", [Record(group, "person", fields=[date(39_006), FIELDS["person"][1]])],
                  [P.between(at(3), 39_001, 39_005)])
    yield uneven.lie("one too many for uneven weights", b=[0, 2, 1])


def of_sets(group):
    P, q = Predicates(group.q), group.q
    person = Record(group, "person")
    day = person.attributes[3]

    def liar(base, values):
        return Liar(group, base, [person], [P.member(at(3), values)])
    small = liar("eight bits", [5, 6, 8])
    yield small.lie("none of three, the sum right", b=[day - 5, 0])
    yield liar("eight bits", [38_990, 38_995, 38_996]).lie("two of three, the sum right", b=[1, 1])
    large = Liar(group, "one of 33, by two digits", [Record(group, "least", fields=[code(40)])], [P.member(at(3), range(33))])
    yield large.lie("none of 33, place 0", b=large.honest)
    yield large.lie("none of 33, the sum right", b=[40] + large.honest[1:])
    inside = Liar(group, "one of 33, by two digits", [Record(group, "least")], [P.member(at(3), range(33))])
    yield inside.lie("one of 33, two places by halves", b=[2 * pow(2, -1, q), pow(2, -1, q), 0, pow(2, -1, q), *inside.honest[4:]])


def of_others(group):
    P = Predicates(group.q)
    person, vaccine, result = (Record(group, name) for name in ("person", "vaccine", "result"))
    day = person.attributes[3]
    equal = Liar(group, "not a value", [person], [P.is_not(at(3), day)])
    yield equal.lie("it is the value", b=[0])
    yield equal.lie("it is the value, 1", b=[1])
    same = Liar(group, "fields of two records are the same", [vaccine, result], [P.differ(at(3), at(3, 1))])
    yield same.lie("the two are the same", b=[1])
    yield Liar(group, "a difference of two records", [vaccine, person], [P.same(at(3), at(3, 1))]).lie("the two differ")
    below = Liar(group, "eight bits", [person], [P.sum([(at(3), 1), (at(4), 1)], day + 2, 3)])
    yield below.lie("a sum below", b=[-1, 0])
    twice = Liar(group, "eight bits", [person], [P.between(at(3), day, day + 3), P.between(at(3), day + 1, day + 4)])
    yield twice.lie("not in the second interval", b=[0, 0, 0, 0])
    yield twice.lie("not in the second interval, the sum right", b=[0, 0, -1, 0])
    for why, change in {
        "what is shown is not committed to": lambda record: record["shown"][-1].update(scalar=f"{46_000:064x}"),
        "C has a part of K/0": lambda record: record.update(C=multiplied(group, record["C"], group.generator("K/0"))),
        "C has a part of another attribute": lambda record: record.update(C=multiplied(group, record["C"], group.generator("G/15"))),
    }.items():
        liar = Liar(group, "nothing but what is shown", [Record(group, "vaccine", shown=(3,))], [])
        change(liar.fields["records"][0])
        yield liar.lie(why)


def multiplied(group, element, factor):
    return group.write(group.written(int(element, 16) * factor)).hex()


def of_order_r(group):
    odd = group.written(group.power(2, 2 * group.q))
    P = Predicates(group.q)
    for name, form in (("eight bits", "compact"), ("eight bits, batchable", "batchable")):
        liar = Liar(group, name, [Record(group, "person")], [P.between(at(3), 38_900, 39_155)], form)
        for part in ("B", "E") if form == "compact" else ("T_C",):
            yield liar.lie(f"{part} times one of order r, proven", {part: odd})
        if form == "batchable":
            continue
        liar.fields["records"][0]["C"] = multiplied(group, liar.fields["records"][0]["C"], odd)
        yield liar.lie("C times one of order r, proven")


class Loose(Group):
    """Writes the neutral element too."""

    def write(self, element):
        return int(element).to_bytes(384, "big")


def neutral(group):
    """Equations that hold, with neutral elements in them."""
    P, loose = Predicates(group.q), Loose(group.tag, group.q, group.r)
    person = Record(loose, "person")
    for name, predicates in (("eight bits", [P.between(at(3), 38_900, 39_155)]), ("nothing but what is shown", [])):
        liar = Liar(loose, name, [person], predicates)
        zero = {what: 0 if isinstance(value, int) else [0] * len(value) for what, value in draw(liar.relation, Drawn("", group.q)).items()}
        yield liar.lie("every mask 0", **zero)
        yield liar.lie("every T_C 1", **{what: zero[what] for what in ("a", "v", "tC") if what in zero})
        if predicates:
            yield liar.lie("T_B is 1", a=zero["a"], tB=0)
            yield liar.lie("T_E is 1", a=zero["a"], s=[0, 5])
    lowest = Liar(loose, "eight bits", [person], [P.between(at(3), person.attributes[3], person.attributes[3] + 3)])
    yield lowest.lie("B is 1", b=[0, 0], rB=0)
    yield lowest.lie("E is 1", a=[0, 0], s=[5, 0])


def simulated(group, base):
    """Responses and a challenge drawn, and what makes the equations hold: compact, so nothing but the challenge shows it."""
    drawn = Drawn("simulated", group.q)
    scalars = b"".join(group.write_scalar(drawn(f"{k}")) for k in range(len(base.parts) - 3))
    elements = [group.written(group.power(group.generator("H"), drawn(name))) for name in ("B", "E")]
    return "simulated", base.name, base.fields, b"".join(map(group.write, elements)) + key("x")[:16] + scalars
