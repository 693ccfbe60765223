"""What a verifier has to refuse, made from what it accepts or by provers that lie."""
import copy

from formats.codecs import require

from .cases import Predicates, at
from .group import ELEMENT, SCALAR
from .invalid import invalid_statements
from .lies import all_lies
from .statement import parse, statement
from .vectors import Example, refused
from .verifier import Proof, Transcript, recomputed, rows


class Base:
    """An accepted proof and where its parts are."""

    def __init__(self, group, value):
        self.group, self.name, self.example = group, value["name"], Example(**value)
        self.statement, self.proof = self.example.statement, self.example.proof
        self.relation, self.fields = parse(self.statement, group), statement.parse(self.statement)
        self.parts = list(parts(self.relation, self.example.form))
        require(sum(size for _, _, size in self.parts) == len(self.proof), "parts")

    def part(self, name):
        return next((start, size) for other, start, size in self.parts if other == name)

    def read(self, name):
        start, size = self.part(name)
        return int.from_bytes(self.proof[start:start + size], "big")

    def put(self, name, value):
        start, size = self.part(name)
        return edit("proof", start, size, value.to_bytes(size, "big") if isinstance(value, int) else value)

    def rejected(self, why, *edits):
        require(refused(self.example.edited(edits), self.group), f"{self.name}: {why}: accepted")
        return {"why": why, "of": self.name, "edits": list(edits)}

    def restated(self, why, fields, proof=None, form=None):
        """The statement is another, the proof that one's if it is given."""
        new = fields if isinstance(fields, bytes) else statement.write(fields)
        edits = differences("statement", self.statement, new) if self.relation.covering else [difference("statement", self.statement, new)]
        edits += [difference("proof", self.proof, proof)] if proof else []
        return self.rejected(why, *edits, *([{"form": form}] if form else []))


def edit(where, start, take, data):
    return {"in": where, "at": start, "take": take, "put": data.hex()}


def difference(where, old, new):
    """One edit that makes new of old."""
    start = next((i for i, (a, b) in enumerate(zip(old, new)) if a != b), min(len(old), len(new)))
    end = next((i for i, (a, b) in enumerate(zip(old[start:][::-1], new[start:][::-1])) if a != b), min(len(old), len(new)) - start)
    return edit(where, start, len(old) - start - end, new[start:len(new) - end])


def differences(where, old, new, gap=16):
    """Edits that make new of old, each of less than an element and apart from the next, but for the last."""
    edits = []
    while old != new:
        start = next((i for i, (a, b) in enumerate(zip(old, new)) if a != b), min(len(old), len(new)))
        size = next((size for size in range(1, ELEMENT + 1) if old[start + size:start + size + gap] == new[start + size:start + size + gap]
                     and len(old) >= start + size + gap), None)
        edits.append(edit(where, start, size, new[start:start + size]) if size else difference(where, old, new))
        old = old[:start] + new[start:start + size] + old[start + size:] if size else new
    return edits


def parts(relation, form):
    """(name, where, size) of each part of a proof."""
    records, some = len(relation.elements), bool(relation.rows)
    def many(name, count):
        return [f"{name}{k}" for k in range(count)]
    elements = ["B"] * some
    compact = form == "compact"
    if not compact:
        elements += many("T_C", records) + ["T_B"] * some
    elements += (["V_1"] if compact else ["V_1", "V_0"]) * bool(relation.covering)
    elements += many("E", relation.degree - 1 if some else 0)
    if not compact:
        elements += ["T_E"] * some
    named = [(name, ELEMENT) for name in elements] + [("x", 16)] * compact
    scalars = many("f", relation.auxiliary) + many("z", len(relation.free)) + many("z_C", records) + ["z_B", "z_E"] * some
    scalars += ["z_V"] * bool(relation.covering)
    start = 0
    for name, size in named + [(name, SCALAR) for name in scalars]:
        yield name, start, size
        start += size


ALTERED = (
    "eight bits", "eight bits, batchable", "nothing but what is shown", "three records", "three records, batchable",
    "the last of 200, by three digits", "one of 200, by three digits, and an interval", "all kinds, three records",
    "one of five, open codes", "a difference of two records", "not a value", "two intervals of one attribute: the second is a row",
    "the same as what is shown", "one bit, the lower value")


def edited(group, bases):
    """What changes of bytes make of an accepted proof."""
    for name in ALTERED:
        yield from altered(bases[name])
    yield from elements(bases["eight bits"], BAD_ELEMENTS)
    yield from elements(bases["eight bits, batchable"], ("times one of order r",))
    yield from elements(bases["the last of 200, by three digits"], ("the greater of two",))
    for name in ("eight bits", "eight bits, batchable", "three records", "all kinds, three records"):
        yield from scalars(bases[name])
        yield from swapped(bases[name])
        yield from lengths(bases[name])
    yield from heads(bases["eight bits"])
    yield from heads(bases["nothing but what is shown"], False)
    yield from operands(bases)
    yield from records(bases["three records"])
    yield from other_form(bases["eight bits"])
    yield from other_form(bases["nothing but what is shown"])


def proven(group, bases):
    """What only a proof of its own can show: provers lie, or keep to a statement that is invalid."""
    for why, name, fields, proof in [*all_lies(group, bases), *invalid_statements(group, bases)]:
        yield bases[name].restated(why, fields, proof)


BAD_ELEMENTS = ("the greater of two", "0", "1", "p - 1", "p", "p + 1", "all bits", "of order r", "times one of order r")


def altered(base):
    """A bit of each part, of about twelve of them."""
    for count, (name, start, size) in enumerate(base.parts[::max(1, len(base.parts) // 12)]):
        where = start + (count * 7 + 5) % size
        yield base.rejected(f"{name} altered", edit("proof", where, 1, bytes([base.proof[where] ^ 1 << count % 8])))


def elements(base, bad):
    group = base.group
    odd = small_order(group)
    for name in [name for name, _, size in base.parts if size == ELEMENT]:
        element = base.read(name)
        values = {
            "the greater of two": group.p - element, "0": 0, "1": 1, "p - 1": group.p - 1, "p": group.p, "p + 1": group.p + 1,
            "all bits": (1 << 3072) - 1, "of order r": odd, "times one of order r": group.written(element * odd),
        }
        for why in bad:
            yield base.rejected(f"{name} is {why}", base.put(name, int(values[why])))


def small_order(group):
    """An element of order r: no power of a generator."""
    element = group.written(group.power(2, 2 * group.q))
    require(element != 1 and group.written(group.power(element, group.r)) == 1, "its order is not r")
    return element


def scalars(base):
    q, names = base.group.q, [name for name, _, size in base.parts if size == SCALAR]
    for name in names[::max(1, len(names) // 6)]:
        value = base.read(name)
        yield base.rejected(f"{name} is not below q", base.put(name, value + q if value + q < 1 << 256 else q))
    name = names[0]
    value = base.read(name)
    for why, other in {"q": q, "all bits": (1 << 256) - 1, "0": 0, "one more": (value + 1) % q, "its opposite": q - value}.items():
        yield base.rejected(f"{name} is {why}", base.put(name, other))


def swapped(base):
    names = [name for name, _, _ in base.parts]
    for left, right in (("f0", "f1"), ("z0", "z1"), ("z_C0", "z_C1"), ("z_B", "z_E")):
        if left in names and right in names:
            yield base.rejected(f"{left} and {right} swapped", base.put(left, base.read(right)), base.put(right, base.read(left)))


def lengths(base):
    size = len(base.proof)
    yield base.rejected("a byte follows", edit("proof", size, 0, b"\0"))
    yield base.rejected("a scalar follows", edit("proof", size, 0, bytes(32)))
    yield base.rejected("a byte short", edit("proof", size - 1, 1, b""))
    yield base.rejected("a scalar short", edit("proof", size - 32, 32, b""))
    yield base.rejected("empty", edit("proof", 0, size, b""))
    yield base.rejected("a byte before it", edit("proof", 0, 0, b"\0"))
    yield base.rejected("the last part twice", edit("proof", size, 0, base.proof[-32:]))
    yield base.rejected("a byte follows the statement", edit("statement", len(base.statement), 0, b"\0"))
    yield base.rejected("the statement is a byte short", edit("statement", len(base.statement) - 1, 1, b""))


def flipped(value):
    return f"{int(value[:2], 16) ^ 1:02x}" + value[2:]


def heads(base, elements=True):
    """Everything else in a statement, each another."""
    def changed(why, change):
        fields = copy.deepcopy(base.fields)
        change(fields, fields["records"][0])
        return base.restated(why, fields)
    yield changed("version 2", lambda s, _: s.update(version=2))
    yield changed("another suite", lambda s, _: s.update(suite="sigma-proofs_Shake128_P256"))
    yield changed("suite in other letters", lambda s, _: s.update(suite=s["suite"].lower()))
    for name in ("parameters", "verifier", "nonce", "request"):
        yield changed(f"another {name}", lambda s, _, name=name: s.update({name: flipped(s[name])}))
    yield changed("another origin", lambda s, _: s.update(origin="south.example/ledger"))
    yield changed("no origin", lambda s, _: s.update(origin=""))
    yield changed("until later", lambda s, _: s.update(until=s["until"] + 1))
    for name in ("issuer", "schema", "credential"):
        yield changed(f"another {name}", lambda _, r, name=name: r.update({name: flipped(r[name])}))
    yield changed("one attribute more", lambda _, r: r.update(attributes=r["attributes"] + 1))
    yield changed("one attribute less", lambda _, r: r.update(attributes=r["attributes"] - 1))
    yield changed("valid from earlier", lambda _, r: r.update({"from": r["from"] - 1}))
    yield changed("valid until later", lambda _, r: r.update(last=r["last"] + 1))

    def longer(_, record):
        record["last"] += 1
        record["shown"][1]["scalar"] = f"{record['last']:064x}"
    yield changed("valid until later, and shown so", longer)
    group, C = base.group, base.relation.elements[0]
    for why, value in {
        "another C": group.written(C * C), "C of order r": small_order(group),
        "C times one of order r": group.written(C * small_order(group)),
        "the greater of two for C": group.p - C, "C is 1": 1, "C is 0": 0, "C is p - 1": group.p - 1,
    }.items() if elements else ():
        yield changed(why, lambda _, r, value=value: r.update(C=int(value).to_bytes(ELEMENT, "big").hex()))
    if len(base.fields["records"][0]["shown"]) > 2:
        def other(_, record):
            record["shown"][2]["scalar"] = f"{int(record['shown'][2]['scalar'], 16) + 1:064x}"
        yield changed("another value shown", other)
        yield changed("one value less shown", lambda _, r: r["shown"].pop())
    shown = {"attribute": 3, "scalar": f"{5:064x}"}
    if base.fields["predicates"] == []:
        yield changed("one value more shown", lambda _, r: r["shown"].append({**shown, "attribute": 7}))


def operands(bases):
    def changed(name, why, change):
        base = bases[name]
        fields = copy.deepcopy(base.fields)
        change(fields["predicates"])
        return base.restated(why, fields)
    for name in ("eight bits", "eight bits, batchable"):
        yield changed(name, "low one less", lambda p: p[0].update(low=p[0]["low"] - 1))
        yield changed(name, "low one more", lambda p: p[0].update(low=p[0]["low"] + 1))
        yield changed(name, "high one less", lambda p: p[0].update(high=p[0]["high"] - 1))
        yield changed(name, "high one more", lambda p: p[0].update(high=p[0]["high"] + 1))
        yield changed(name, "both one more", lambda p: p[0].update(low=p[0]["low"] + 1, high=p[0]["high"] + 1))
        yield changed(name, "of another attribute", lambda p: p[0].update(of=at(4)))
        yield changed(name, "a predicate more", lambda p: p.append({"kind": 3, "of": at(4), "value": f"{9:064x}"}))
        yield changed(name, "no predicate", lambda p: p.clear())
        yield changed(name, "a sum for an interval", lambda p: p.__setitem__(0, Predicates(1 << 256).sum(
            [(at(3), 1), (at(4), 1)], p[0]["low"], p[0]["high"] - p[0]["low"])))
        yield changed(name, "the same predicate twice", lambda p: p.append(p[0]))
    for name, count in (("one of five, open codes", 5), ("the last of 200, by three digits", 200)):
        for number in (0, count // 2, count - 1):
            yield changed(name, f"value {number} of the set altered", lambda p, number=number: p[0]["set"].__setitem__(
                number, p[0]["set"][number][:-1] + f"{int(p[0]['set'][number][-1], 16) ^ 1:x}"))
        yield changed(name, "without the first value of the set", lambda p: p[0]["set"].pop(0))
        yield changed(name, "of another attribute", lambda p: p[0].update(of=at(5)))
    yield changed("not a value", "another value", lambda p: p[0].update(value=flipped(p[0]["value"])))
    yield changed("not a value", "of another attribute", lambda p: p[0].update(of=at(5)))
    yield changed("not a value", "one of two instead", lambda p: p.__setitem__(0, {
        "kind": 2, "of": at(4), "set": sorted([p[0]["value"], f"{1:064x}"])}))
    last = "a difference of two records"
    yield changed(last, "low one more", lambda p: p[1].update(low=f"{int(p[1]['low'], 16) + 1:064x}"))
    yield changed(last, "width one more", lambda p: p[1].update(width=p[1]["width"] + 1))
    yield changed(last, "width one less", lambda p: p[1].update(width=p[1]["width"] - 1))
    yield changed(last, "another coefficient", lambda p: p[1]["terms"][0].update(coefficient=2))
    yield changed(last, "the other sign", lambda p: p[1]["terms"][1].update(coefficient=1))
    yield changed(last, "terms swapped", lambda p: p[1]["terms"].reverse())
    yield changed(last, "another attribute", lambda p: p[1]["terms"][0].update(of=at(5)))
    yield changed(last, "predicates swapped", lambda p: p.reverse())
    both = "all kinds, three records"
    for number in range(8):
        yield changed(both, f"predicates {number} and {number + 1} swapped", lambda p, number=number: p.__setitem__(
            slice(number, number + 2), p[number:number + 2][::-1]))
    for number in range(2, 9):
        yield changed(both, f"without predicate {number}", lambda p, number=number: p.pop(number))
    yield changed("the same as what is shown", "the same as another field", lambda p: p[1].update(of=at(7, 1)))
    yield changed("the same as what is shown", "differ for are the same", lambda p: p[1].update(kind=4))


def records(base):
    """Records in another order, left out, twice."""
    def changed(why, change):
        fields = copy.deepcopy(base.fields)
        change(fields["records"])
        return base.restated(why, fields)
    yield changed("records swapped", lambda r: r.__setitem__(slice(0, 2), r[:2][::-1]))
    yield changed("a record in place of another", lambda r: r.__setitem__(1, r[0]))
    yield changed("commitments swapped", lambda r: (lambda a, b: (r[1].update(C=a), r[2].update(C=b)))(r[2]["C"], r[1]["C"]))
    yield changed("credentials swapped", lambda r: (lambda a, b: (r[1].update(credential=a), r[2].update(credential=b)))(
        r[2]["credential"], r[1]["credential"]))


def other_form(base):
    """The same proof in the other form: its bytes as they are, and with what that form sends."""
    yield base.rejected("said to be batchable", {"form": "batchable"})
    relation, proof = base.relation, Proof(base.relation, "compact", base.proof)
    x = int.from_bytes(proof.x, "little")
    transcript = Transcript("compact", base.statement, base.group)
    z, T_C, T_B, V_0 = recomputed(relation, proof, x)
    transcript.absorb(proof.B + T_C + T_B + proof.V_1 + V_0)
    T_E = rows(relation, proof, z, x, transcript.y(), {}) if relation.rows else []
    start = len(proof.B + proof.V_1 + proof.E) * ELEMENT
    elements = proof.B + T_C + T_B + proof.V_1 + V_0 + proof.E + T_E
    data = b"".join(map(base.group.write, elements)) + base.proof[start + 16:]
    yield base.rejected("written in the other form", difference("proof", base.proof, data), {"form": "batchable"})


def holders(group, good, relation, witness, masks):
    q, proof, A = group.q, bytes.fromhex(good["proof"]), int(good["A"], 16)

    def rejected(why, data=proof, element=A, context=good["context"]):
        return {"name": f"holder: {why}", "context": context, "A": int(element).to_bytes(ELEMENT, "big").hex(), "accepted": False,
                "proof": data.hex()}
    for count, why in enumerate(("the challenge", "rho0's response", "h's response")):
        where = 32 * count + 11
        yield rejected(f"{why} altered", proof[:where] + bytes([proof[where] ^ 4]) + proof[where + 1:])
        yield rejected(f"{why} not below q", proof[:32 * count] + int(q).to_bytes(32, "big") + proof[32 * count + 32:])
    yield rejected("responses swapped", proof[:32] + proof[64:] + proof[32:64])
    yield rejected("a byte follows", proof + b"\0")
    yield rejected("a byte short", proof[:-1])
    yield rejected("another card", context=flipped(good["context"]))
    yield rejected("another A", element=group.written(A * A))
    yield rejected("the greater of two for A", element=group.p - A)
    yield rejected("A times one of order r", element=group.written(A * small_order(group)))
    yield rejected("A is 1", element=1)
