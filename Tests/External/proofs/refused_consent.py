"""Statements with a grant that have to be refused: changed, proven by provers that lie, or invalid."""
import copy

from .cases import Covering, Grant, Predicates, Record, at, grantee_scalar, scalar
from .consent import covers
from .forgeries import BAD_ELEMENTS, altered, elements, flipped, lengths, other_form, scalars, small_order, swapped
from .group import ELEMENT
from .invalid import Broken
from .lies import Liar, Loose, multiplied
from .prover import commit, draw, one_hot
from .statement import GRANT

SMALL, FAR, ONE, ASKED = "grant 1 of 3", "grant 1 of 2, batchable", "grant 0 of 1", "what a request asks, 512 numbers of purposes"
LARGE, PURPOSE, TRIPLE = "grant 37 of 64", "a purpose that many numbers have", "three grants of one patient"


def lying_consents(group, bases, ledger):
    for why, name, fields, proof in lies(group, ledger):
        yield bases[name].restated(why, fields, proof)


def invalid_consents(group, bases, ledger):
    for why, name, fields, proof in [*of_a_covering(group, ledger), *unproven(group, bases[SMALL]), *unopened(group, bases[ONE])]:
        yield bases[name].restated(why, fields, proof)


def refused_consents(group, bases):
    """What changes of bytes make of an accepted proof."""
    for name in (SMALL, FAR, ASKED, LARGE):
        yield from altered(bases[name])
    yield from elements(bases[SMALL], BAD_ELEMENTS)
    yield from elements(bases[FAR], ("the greater of two", "1", "times one of order r"))
    for name in (SMALL, FAR):
        yield from scalars(bases[name])
        yield from swapped(bases[name])
        yield from parts_swapped(bases[name])
        yield from lengths(bases[name])
        yield from candidates(bases[name])
        yield from coverings(bases[name])
    yield from other_form(bases[SMALL])
    yield bases[FAR].rejected("said to be compact", {"form": "compact"})
    yield from candidates(bases[LARGE])
    yield from elements_of_a_covering(group, bases[SMALL])
    yield from operands(bases[ASKED])


def every_byte(base):
    """How many are refused: all. They are too many to be written down."""
    for where, byte in enumerate(base.proof):
        base.rejected(f"byte {where}", {"in": "proof", "at": where, "take": 1, "put": f"{byte ^ 1 << where % 8:02x}"})
    return len(base.proof)


def parts_swapped(base):
    names = [name for name, _, _ in base.parts]
    for left, right in (("V_1", "V_0"), ("B", "V_1"), ("V_1", "E0"), ("f6", "f7"), ("z_E", "z_V"), ("z_B", "z_V")):
        if left in names and right in names:
            yield base.rejected(f"{left} and {right} swapped", base.put(left, base.read(right)), base.put(right, base.read(left)))


def changed(base, why, change):
    fields = copy.deepcopy(base.fields)
    change(fields, fields["covering"])
    return base.restated(why, fields)


def candidates(base):
    """The list of candidates, each time another."""
    count = len(base.fields["covering"]["candidates"])

    def swapped_places(left, right):
        def change(_, covering):
            items = covering["candidates"]
            items[left], items[right] = items[right], items[left]
        return change
    yield changed(base, "the first two candidates swapped", swapped_places(0, 1))
    yield changed(base, "the last two candidates swapped", swapped_places(count - 2, count - 1))
    for place in sorted({0, count // 2, count - 1}):
        yield changed(base, f"candidate {place} another", lambda _, c, place=place: c["candidates"].__setitem__(
            place, multiplied(base.group, c["candidates"][place], base.group.generator("G/5"))))
    yield changed(base, "without the first candidate", lambda _, c: c["candidates"].pop(0))
    yield changed(base, "without the last candidate", lambda _, c: c["candidates"].pop())
    if count < 64:
        yield changed(base, "the last candidate once more", lambda _, c: c["candidates"].append(c["candidates"][-1]))
        yield changed(base, "the first candidate once more", lambda _, c: c["candidates"].insert(0, c["candidates"][0]))
        yield changed(base, "C' among the candidates", lambda _, c: c["candidates"].append(c["C"]))
    else:
        yield changed(base, "65 candidates", lambda _, c: c["candidates"].append(c["candidates"][-1]))


def coverings(base):
    """What else stands there."""
    group = base.group
    yield changed(base, "C' is the candidate", lambda _, c: c.update(C=c["candidates"][1]))
    yield changed(base, "C' re-randomised once more", lambda _, c: c.update(C=multiplied(group, c["C"], group.generator("H"))))
    yield changed(base, "no candidates", lambda _, c: c["candidates"].clear())
    yield changed(base, "version 1", lambda s, _: s.update(version=1))
    yield changed(base, "version 3", lambda s, _: s.update(version=3))
    yield changed(base, "without the covering", lambda s, _: s.pop("covering"))
    yield changed(base, "version 1 without the covering", lambda s, _: (s.pop("covering"), s.update(version=1)))
    yield changed(base, "nothing shown of the grant", lambda _, c: c["shown"].clear())
    yield changed(base, "without what the grant is", lambda _, c: c["shown"].pop(0))
    yield changed(base, "the permit not shown", lambda _, c: c["shown"].pop(1))
    for place, name in ((0, "what it is"), (1, "permit"), (2, "grantee"), (3, "category")):
        yield changed(base, f"another {name}", lambda _, c, place=place: c["shown"][place].update(
            scalar=f"{int(c['shown'][place]['scalar'], 16) ^ 1:064x}"))
    yield changed(base, "the category as from", lambda _, c: c["shown"][3].update(attribute=7))
    yield changed(base, "purposes shown", lambda _, c: c["shown"].insert(3, {"attribute": 5, "scalar": f"{18:064x}"}))
    yield changed(base, "the grant tied the other way", lambda s, _: s["predicates"].__setitem__(
        0, {"kind": 5, "of": at(1, 1), "other": at(1)}))
    yield changed(base, "a predicate more", lambda s, _: s["predicates"].append(
        {"kind": 3, "of": at(2, 1), "value": f"{1:064x}"}))


def elements_of_a_covering(group, base):
    C, odd = int(base.fields["covering"]["C"], 16), small_order(group)
    for why, value in {"the greater of two": group.p - C, "0": 0, "1": 1, "p - 1": group.p - 1, "p": group.p, "of order r": odd,
                       "times one of order r": group.written(C * odd), "all bits": (1 << 3072) - 1}.items():
        data = int(value).to_bytes(ELEMENT, "big").hex()
        yield changed(base, f"C' is {why}", lambda _, c, data=data: c.update(C=data))
        if why != "times one of order r":
            yield changed(base, f"the last candidate is {why}", lambda _, c, data=data: c["candidates"].__setitem__(-1, data))
    first = int(base.fields["covering"]["candidates"][0], 16)
    yield changed(base, "the greater of two for the first candidate", lambda _, c: c["candidates"].__setitem__(
        0, int(group.p - first).to_bytes(ELEMENT, "big").hex()))


def operands(base):
    def of(predicate):
        return lambda s, _: predicate(s["predicates"][1])
    yield changed(base, "a mask less", of(lambda p: p["set"].pop()))
    yield changed(base, "the mask that it is left out", of(lambda p: p["set"].remove(f"{18:064x}")))
    yield changed(base, "another mask", of(lambda p: p["set"].__setitem__(0, f"{1:064x}")))
    yield changed(base, "of another attribute", of(lambda p: p.update(of=at(7, 1))))
    yield changed(base, "of the record", of(lambda p: p.update(of=at(3))))
    yield changed(base, "the predicate left out", lambda s, _: s["predicates"].pop())


class Consent(Liar):
    """A prover who knows every opening, of a list of his making."""

    def __init__(self, group, ledger, covering=None, predicates=(), record=None, form="compact", base=None):
        self.ledger = ledger
        super().__init__(group, base or (SMALL if form == "compact" else FAR), [record or Record(group, "least")], list(predicates), form,
                         covering or ledger.three())

    def altered(self, why, delta=None, attributes=None, factors=(), **secrets):
        """C' times powers of generators, and what is then said to be in it."""
        covering = self.fields["covering"]
        for label, exponent in factors:
            factor = self.group.power(self.group.generator(label), exponent % self.group.q)
            covering["C"] = multiplied(self.group, covering["C"], factor)
        self.attributes = [self.attributes[0], attributes or self.attributes[1]]
        return self.lie(why, **({} if delta is None else {"delta": delta}), **secrets)


def lies(group, ledger):
    yield from other_grants(group, ledger)
    yield from digits(group, ledger)
    yield from contents(group, ledger)
    yield from of_order_r(group, ledger)
    yield from neutral(group, ledger)


def hot(*values):
    """The auxiliary values of two digits, from the weights of the places 0 to 7; the upper digit is 0."""
    return [*values, *[0] * (7 - len(values))][:7] + [0] * 7


def other_grants(group, ledger):
    """Grants that are none of the candidates."""
    own, other = ledger.ana[0], ledger.ana[1]
    strange = ledger.three()
    strange.grants = [ledger.ben, *ledger.others[:2]]
    for form in ("compact", "batchable"):
        yield Consent(group, ledger, strange, form=form, base=None).lie("a grant that is no candidate")
    yield Consent(group, ledger, strange).lie("a grant that is no candidate, delta 0", delta=0)
    for place in (0, 2, 8, 63):
        liar = Consent(group, ledger)
        yield liar.lie(f"another's place: {place}", b=one_hot(place, 2, 8))
    two = Covering(group, [own, other, ledger.ben], 1)
    liar = Consent(group, ledger, two)
    yield liar.lie("a grant of one's own at another's place", b=hot())
    yield Consent(group, ledger).lie("another delta", delta=Covering(group, [own], 0).delta + 1)
    yield Consent(group, ledger).lie("delta 0", delta=0)
    yield Consent(group, ledger).lie("the opposite of delta", delta=-ledger.three().delta % group.q)
    foreign = Covering(group, [own, ledger.ben, ledger.others[0]], 1)
    yield Consent(group, ledger, foreign).lie("another holder's grant, tied")
    of_ana = [foreign.attributes[0], own.attributes[1], *foreign.attributes[2:]]
    yield Consent(group, ledger, foreign).altered("another holder's grant, opened with one's own h", attributes=of_ana)
    yield Consent(group, ledger, foreign).altered("another holder's grant, his h exchanged for one's own", attributes=of_ana, factors=[
        ("G/1", own.attributes[1] - ledger.ben.attributes[1])])
    yield Consent(group, ledger, ledger.three(), record=Record(group, "least", holder="ben")).lie("another holder's record, tied")


def combined(group, grants, weights):
    """C' of a product of powers of candidates, opened."""
    q = group.q
    covering = Covering(group, grants, 0)
    covering.attributes = [sum(weight * grant.attributes[i] for grant, weight in zip(grants, weights)) % q for i in range(8)]
    covering.rho = (sum(weight * grant.rho for grant, weight in zip(grants, weights)) + covering.delta) % q
    covering.C = commit(group, covering.rho, covering.attributes)
    return covering


def digits(group, ledger):
    """Digits that are none; C' as they say, so that the rows alone show it."""
    q, half = group.q, pow(2, -1, group.q)
    grants = ledger.purposes
    for why, weights in {
        "two ones and a minus one": (-1, 1, 1), "a two and a minus one": (-1, 2, 0), "a three and two minus ones": (-1, -1, 3),
        "halves of two": (0, half, half), "thirds of three": (pow(3, -1, q),) * 3, "a number and what is left": (1_000, -999, 0),
    }.items():
        covering = combined(group, grants, weights)
        for form in ("compact", "batchable") if why.startswith("two ones") else ("compact",):
            base = TRIPLE if form == "compact" else None
            yield Consent(group, ledger, covering, form=form, base=base).lie(f"{why}, C' of the product", b=hot(*weights[1:]))
    for why, weights, b in (("the upper digit", (2, 0, -1), [0] * 7 + [-1, *[0] * 6]),
                            ("both digits", (-2, 0, 3), [*[0] * 6, -1, 2, *[0] * 6])):
        liar = Consent(group, ledger, combined(group, grants, weights), base=TRIPLE)
        yield liar.lie(f"{why} two and minus one, C' of the product", b=b)
    for why, b in {
        "two ones": hot(1, 1), "all ones": [1] * 14, "a two": hot(2), "a minus one": hot(-1), "a two and a minus one": hot(2, -1),
        "two ones in the upper digit": [1, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0],
    }.items():
        yield Consent(group, ledger).lie(f"{why}, C' of one candidate", b=b)
    purposes = combined(group, [ledger.ana[0], ledger.ana[1], ledger.ana[0]], (-1, 2, 0))
    yield Consent(group, ledger, purposes).lie("of two grants' purposes a third, C' of the product", b=hot(2))


def contents(group, ledger):
    """C' says what no candidate says."""
    P, q = Predicates(group.q), group.q
    forbids, own = ledger.ana[2], ledger.ana[0]

    def claimed(grant, place, value, **options):
        covering = ledger.three(grant)
        covering.attributes = [value if i == place else item for i, item in enumerate(grant.attributes)]
        return Consent(group, ledger, covering, **options)
    for place, why, grant, value in (
            (3, "no permit, shown as one", forbids, 1), (4, "another grantee shown", own, grantee_scalar("south", q)),
            (6, "another category shown", own, 5), (0, "a claims set as a grant", Grant(group, 4, schema=5), GRANT % q)):
        difference = value - grant.attributes[place]
        yield claimed(grant, place, value).lie(why)
        yield claimed(grant, place, value).altered(f"{why}, C' changed to it", factors=[(f"G/{place}", difference)])
        if place == 3:
            yield claimed(grant, place, value, form="batchable").altered(
                f"{why}, C' changed to it", factors=[(f"G/{place}", difference)])
    research = Grant(group, 6, purposes=("research",))
    for why, value in (("a purpose that the grant does not have", 1 << 4), ("one purpose for another", 1 << 1)):
        liar = claimed(research, 5, value, predicates=[covers(P, "treatment", 1)], base=PURPOSE)
        yield liar.lie(why)
        yield liar.altered(f"{why}, C' changed to it", factors=[("G/5", value - research.attributes[5])])
    later = claimed(own, 2, own.attributes[2] + 9, predicates=[P.between(at(2, 1), own.attributes[2] + 8, own.attributes[2] + 9)])
    yield later.altered("a later day, C' changed to it", factors=[("G/2", 9)])
    yield Consent(group, ledger).altered("C' has a part of K/0", factors=[("K/0", 1)])
    yield Consent(group, ledger).altered("C' has a part of G/8", factors=[("G/8", 1)])
    yield Consent(group, ledger).altered("C' has a part of Q", factors=[("Q", 1)])
    record = Consent(group, ledger)
    record.fields["records"][0]["C"] = multiplied(group, record.fields["records"][0]["C"], group.generator("G/5"))
    yield record.lie("the record's C has a part of G/5")


def of_order_r(group, ledger):
    odd = small_order(group)
    for part in ("V_1", "B"):
        yield Consent(group, ledger).lie(f"{part} times one of order r, proven", {part: odd})
    for part in ("V_1", "V_0"):
        yield Consent(group, ledger, ledger.covering(2, 1), form="batchable").lie(f"{part} times one of order r, proven", {part: odd})
    liar = Consent(group, ledger)
    liar.fields["covering"]["C"] = multiplied(group, liar.fields["covering"]["C"], odd)
    yield liar.lie("C' times one of order r, proven")
    liar = Consent(group, ledger)
    for name, place in (("C", None), ("candidates", 1)):
        covering = liar.fields["covering"]
        if place is None:
            covering[name] = multiplied(group, covering[name], odd)
        else:
            covering[name][place] = multiplied(group, covering[name][place], odd)
    yield liar.lie("C' and its candidate times one of order r, proven")


def neutral(group, ledger):
    loose = Loose(group.tag, group.q, group.r)
    zero = {"a": [0] * 14}
    for form in ("compact", "batchable"):
        liar = Consent(loose, ledger, form=form)
        yield liar.lie("V_1 is 1", **zero, vV=[5, 0])
        yield liar.lie("V_0 is 1", **zero, vV=[0, 5])
    first = Consent(loose, ledger, Covering(loose, ledger.among(3, 1), 1, delta=0))
    drawn = draw(first.relation, lambda _: 0)
    yield first.lie("every mask 0", **drawn)


def of_a_covering(group, ledger):
    q = group.q

    def broken(covering=None, base=SMALL, record=None):
        return Broken(group, base, [record or Record(group, "least")], covering or ledger.three())
    one = broken()
    P, attributes = one.P, one.attributes[1]
    holder = {"attribute": 1, "scalar": scalar(attributes[1], q)}
    yield one.made("a grant that is not tied", [], ties=False)
    yield one.made("another holder's grant, not tied", [], ties=False, covering=Covering(group, [ledger.ana[0], ledger.ben], 1))
    yield one.made("the holder's secret shown of the grant, tied", [], lambda s: s["covering"]["shown"].insert(1, holder))
    yield one.made("the holder's secret shown of the grant", [], lambda s: s["covering"]["shown"].insert(1, holder), ties=False)
    yield one.made("the holder's secret is a field of the grant", [P.same(at(1, 1), at(2, 1))], ties=False)
    yield one.made("the holder's secret of the grant is not a value", [P.is_not(at(1, 1), 5)])
    yield one.made("the holder's secret of the grant differs from a field", [P.differ(at(1, 1), at(2, 1))])
    yield one.made("what it is is not shown", [], lambda s: s["covering"]["shown"].pop(0))
    yield one.made("another thing than a grant", [], covering=ledger.three(Grant(group, 5, schema=GRANT + 1)))
    record = Record(group, "vaccine")
    record.attributes, record.rho = record.attributes[:8], record.rho
    record.C = commit(group, record.rho, record.attributes)
    yield one.made("a claims set in place of a grant", [], covering=Covering(group, [ledger.ben, record], 1, shown=(2, 3)))
    yield one.made("shown out of order", [], lambda s: s["covering"]["shown"].reverse())
    yield one.made("two that are shown swapped", [], lambda s: s["covering"]["shown"].__setitem__(
        slice(2, 4), s["covering"]["shown"][2:][::-1]))
    yield one.made("a value twice", [], lambda s: s["covering"]["shown"].append(s["covering"]["shown"][-1]))
    yield one.made("a shown scalar not below q", [], lambda s: s["covering"]["shown"][-1].update(
        scalar=f"{attributes[6] + q:064x}"))
    yield one.made("version 3, proven", [], lambda s: s.update(version=3))
    yield one.made("version 1 with a covering, proven", [], lambda s: s.update(version=1))
    yield one.made("version 0, proven", [], lambda s: s.update(version=0))
    yield one.made("the permit is shown and not a value", [P.is_not(at(3, 1), 0)])
    yield one.made("the category is shown and one of two", [P.member(at(6, 1), [attributes[6], 9])])
    yield one.made("the permit is shown and in an interval", [P.between(at(3, 1), 0, 1)])
    yield one.made("two that are shown of the grant and differ are the same", [P.same(at(3, 1), at(6, 1))])
    same = broken(ledger.three(shown=(4, 6)), record=Record(group, "least", fields=[b"\3\0\1"]))
    yield same.made("a sum of two that are tied", [P.same(at(3), at(3, 1)), P.sum([(at(3), 2), (at(3, 1), -1)], 1, 1)])


def unproven(group, base):
    """That of the base stands in the place of a proof."""
    P = Predicates(group.q)

    def restated(why, change):
        fields = copy.deepcopy(base.fields)
        change(fields, fields["covering"], fields["predicates"])
        return why, base.name, fields, None
    yield restated("a record behind the grant", lambda s, c, p: p.append(P.is_not(at(3, 2), 5)))
    yield restated("attribute 8 of the grant", lambda s, c, p: p.append(P.is_not(at(8, 1), 5)))
    yield restated("attribute 8 of the grant shown", lambda s, c, p: c["shown"].append({"attribute": 8, "scalar": f"{0:064x}"}))
    yield restated("attribute 255 of the grant shown", lambda s, c, p: c["shown"].append({"attribute": 255, "scalar": f"{0:064x}"}))
    yield restated("tied to a record behind the grant", lambda s, c, p: p.append(P.same(at(1), at(1, 2))))
    yield restated("no records", lambda s, c, p: s["records"].clear())
    yield restated("a record more, not tied", lambda s, c, p: s["records"].append(s["records"][0]))
    yield restated("nine records", lambda s, c, p: s["records"].extend(s["records"] * 8))
    yield restated("115 auxiliary values of predicates", lambda s, c, p: p.extend(
        [P.between(at(2, 1), 0, (1 << 57) - 1), P.between(at(2, 1), 0, (1 << 57) - 1), P.is_not(at(2, 1), 5)]))
    yield restated("a value of the grant flipped", lambda s, c, p: c["shown"][2].update(scalar=flipped(c["shown"][2]["scalar"])))


def unopened(group, base):
    """Bytes of the covering cut off, or more of them."""
    size = len(base.statement)
    for why, start, take, data in (
            ("the last candidate left out of the list", size - ELEMENT, ELEMENT, b""),
            ("an element follows", size, 0, bytes(ELEMENT - 1) + b"\2"),
            ("one candidate more counted", size - ELEMENT - 1, 1, b"\2"), ("no candidate counted", size - ELEMENT - 1, 1, b"\0"),
            ("255 candidates counted", size - ELEMENT - 1, 1, b"\xff")):
        statement = base.statement[:start] + data + base.statement[start + take:]
        yield why, base.name, statement, None
