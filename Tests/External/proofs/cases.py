"""Statements that are true, and what their provers know. Everything follows from names: no run differs from another."""
import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from formats.keys import labelled, message, public_key, sha256

from .claims import grant_blinding, hashed, holder_scalars, scalar_of
from .prover import commit
from .statement import GRANT, SUITE

ORIGIN = "north.example/ledger"
FIRST, LAST = 20_700, 21_900
NUMBER = 1 << 62


def key(name):
    return hashlib.sha256(name.encode()).digest()


class Drawn:
    """Scalars by name."""

    def __init__(self, name, q):
        self.name, self.q = name, q

    def __call__(self, what):
        return int.from_bytes(hashlib.shake_256(f"{self.name}/{what}".encode()).digest(48), "big") % self.q


def text(value):
    return len(value.encode()).to_bytes(2, "big") + value.encode()


def coded(system, code):
    return b"\4" + text(system) + text(code)


def date(day):
    return b"\1" + day.to_bytes(2, "big")


def number(scaled):
    return b"\2" + scaled.to_bytes(8, "big", signed=True)


def code(index):
    return b"\3" + index.to_bytes(2, "big")


def written(value):
    return b"\5" + text(value)


CVX = "http://hl7.org/fhir/sid/cvx"
ABSENT_VALUE = b"\0"

# Attribute 3 is the first of each.
FIELDS = {
    "vaccine": [date(45_990), coded(CVX, "207"), code(4), number(3), written("A28"), ABSENT_VALUE],
    "person": [date(39_001), code(1)],
    "result": [date(45_990), number(65), number(-128), coded("http://loinc.org", "4548-4"), ABSENT_VALUE],
    "wide": [number(1 << k) for k in range(12)] + [code(7)],
    "least": [code(3)],
}


class Record:
    """One copy of a claims set, shown."""

    def __init__(self, group, schema, clinic="north", copy=0, shown=(), fields=None, holder="ana"):
        self.issuer, self.schema = key(clinic), labelled("cordon/claims-schema/v1", schema.encode())
        h, rho0 = holder_scalars(key(holder), bytes.fromhex(public_key(self.issuer)), group.q)
        values = [scalar_of(value, group.q) for value in (FIELDS[schema] if fields is None else fields)]
        self.attributes = [int.from_bytes(self.schema, "big") % group.q, h, LAST] + values
        self.rho = (rho0 + Drawn(f"{clinic}/{schema}/{copy}", group.q)("rho1")) % group.q
        self.C = commit(group, self.rho, self.attributes)
        self.shown, self.group = sorted({0, 2, *shown}), group

    def fields(self):
        C, days = self.group.write(self.C), FIRST.to_bytes(4, "big") + LAST.to_bytes(4, "big")
        data = message("cordon/credential/v1", ORIGIN, self.schema + sha256(C) + days)
        return {
            "issuer": public_key(self.issuer), "schema": self.schema.hex(), "attributes": len(self.attributes), "from": FIRST,
            "last": LAST, "credential": Ed25519PrivateKey.from_private_bytes(self.issuer).sign(data).hex(), "C": C.hex(),
            "shown": [{"attribute": i, "scalar": self.group.write_scalar(self.attributes[i]).hex()} for i in self.shown],
        }


PURPOSES = {"treatment": 1, "research": 4, "break-glass": 5, "marketing": 10}
LABORATORY, GENETIC = 3, 8


class Grant:
    """A patient's grant, by what its commitment says."""

    def __init__(self, group, number=0, holder="ana", grantee="hillside", purposes=("treatment", "research"), category=LABORATORY,
                 permit=1, schema=GRANT):
        self.group, self.control = group, bytes.fromhex(public_key(key(f"{holder}'s grant {number}")))
        h, _ = holder_scalars(key(holder), bytes(32), group.q)
        bits = sum(1 << PURPOSES[name] for name in purposes) * permit
        self.attributes = [schema % group.q, h, LAST + number, permit, grantee_scalar(grantee, group.q), bits, category, FIRST - number]
        self.rho = grant_blinding(key(holder), self.control, group.q)
        self.C = commit(group, self.rho, self.attributes)


def grantee_scalar(name, q):
    return hashed(4, bytes.fromhex(public_key(key(name))), q)


def masks(purpose):
    """All numbers of purposes with this one's bit. There are ten, and bit 0 is none's."""
    return [number for number in range(0, 1 << 11, 2) if number >> PURPOSES[purpose] & 1]


class Covering:
    """One of the candidates, by its place, re-randomised."""

    def __init__(self, group, grants, place, shown=(3, 4, 6), delta="delta"):
        self.group, self.grants, self.place = group, grants, place
        grant = grants[min(place, len(grants) - 1)]
        self.delta = Drawn(f"{place} of {len(grants)}", group.q)(delta) if isinstance(delta, str) else delta
        self.attributes, self.rho = grant.attributes, (grant.rho + self.delta) % group.q
        self.C = group.product((grant.C, 1), (group.generator("H"), self.delta))
        self.shown = sorted({0, *shown})

    def fields(self):
        write = self.group.write
        return {
            "C": write(self.C).hex(), "shown": [{"attribute": i, "scalar": scalar(self.attributes[i], self.group.q)} for i in self.shown],
            "candidates": [write(grant.C).hex() for grant in self.grants],
        }


def records_of(records, covering):
    """The grant is one more."""
    return [*records, covering] if covering else records


def opened(covering):
    """The place, and what a prover knows besides."""
    return (covering.place, {"delta": covering.delta}) if covering else (0, {})


def at(attribute, record=0):
    return {"record": record, "attribute": attribute}


def scalar(value, q):
    return (value % q).to_bytes(32, "big").hex()


class Predicates:
    """How predicates are written, shortly."""

    def __init__(self, q):
        self.q = q

    def between(self, of, low, high):
        return {"kind": 1, "of": of, "low": low, "high": high}

    def member(self, of, values):
        return {"kind": 2, "of": of, "set": sorted(scalar(value, self.q) for value in values)}

    def is_not(self, of, value):
        return {"kind": 3, "of": of, "value": scalar(value, self.q)}

    def differ(self, of, other):
        return {"kind": 4, "of": of, "other": other}

    def same(self, of, other):
        return {"kind": 5, "of": of, "other": other}

    def sum(self, terms, low, width):
        terms = [{"of": of, "coefficient": coefficient % (1 << 32)} for of, coefficient in terms]
        return {"kind": 6, "terms": terms, "low": scalar(low, self.q), "width": width}


def build(group, records, predicates, covering=None, **changes):
    """The statement's fields. Several records are one holder's, and so is the grant."""
    ties = [Predicates(group.q).same(at(1), at(1, record)) for record in range(1, len(records) + bool(covering))]
    changes |= {"covering": covering.fields()} if covering else {}
    return {
        "version": 2 if covering else 1, "suite": SUITE, "parameters": group.parameters.hex(), "origin": ORIGIN,
        "verifier": public_key(key("verifier")), "nonce": key("nonce").hex(), "request": key("request").hex(), "until": 29_900_000,
        "records": [record.fields() for record in records], "predicates": ties + predicates, **changes,
    }


def true_cases(group):
    """(name, form, records, predicates, whether the secrets are told)"""
    P = Predicates(group.q)
    vaccine, person, result = (Record(group, name) for name in ("vaccine", "person", "result"))
    wide, least = Record(group, "wide"), Record(group, "least")
    small = [scalar_of(value, group.q) for value in (coded(CVX, name) for name in ("03", "141", "207", "208", "210"))]
    open_code = vaccine.attributes[4]
    three = [vaccine, person, result]
    yield "nothing but what is shown", "compact", [Record(group, "vaccine", shown=(3, 4))], [], True
    yield "four attributes", "compact", [least], [], False
    yield "sixteen attributes, all fields shown", "compact", [Record(group, "wide", shown=range(3, 16))], [], False
    yield "three records", "compact", [Record(group, "vaccine", shown=(3, 4)), person, Record(group, "result", shown=(5,))], [], True
    yield "three records, batchable", "batchable", three, [], False
    yield "one bit, the lower value", "compact", [least], [P.between(at(3), 3, 4)], False
    yield "one bit, the upper value", "batchable", [least], [P.between(at(3), 2, 3)], False
    yield "eight bits", "compact", [person], [P.between(at(3), 38_900, 39_155)], True
    yield "eight bits, batchable", "batchable", [person], [P.between(at(3), 38_900, 39_155)], False
    yield "uneven weights, the lowest value", "compact", [person], [P.between(at(3), 39_001, 39_005)], False
    yield "uneven weights, the highest value", "compact", [person], [P.between(at(3), 38_997, 39_001)], False
    yield "sixteen bits, eighteen or older", "compact", [person], [P.between(at(3), 0, 39_407)], False
    yield "32 bits", "compact", [result], [P.between(at(4), NUMBER, NUMBER + (1 << 32) - 1)], False
    yield "62 bits", "compact", [result], [P.between(at(5), NUMBER - 200, NUMBER - 201 + (1 << 62))], False
    yield "63 bits, the widest interval", "compact", [result], [P.between(at(5), 1, 1 << 63)], False
    yield "128 auxiliary values", "compact", [wide], [
        P.between(at(3), 0, (1 << 63) - 1), P.between(at(14), 0, (1 << 63) - 1), P.is_not(at(15), 8), P.is_not(at(4), 0)], False
    yield "one of two", "compact", [least], [P.member(at(3), [3, 9])], False
    yield "one of five, open codes", "compact", [vaccine], [P.member(at(4), small)], False
    yield "the last of 32", "compact", [person], [P.member(at(3), range(38_970, 39_002))], False
    yield "one of 33, by two digits", "compact", [least], [P.member(at(3), range(0, 33))], True
    yield "the last of 33, which fills up the table", "compact", [person], [P.member(at(3), range(38_969, 39_002))], False
    yield "the last of 200, by three digits", "compact", [vaccine], [P.member(at(4), [open_code, *range(199)])], True
    yield "one of 200, by three digits, and an interval", "batchable", [person], [
        P.between(at(3), 39_000, 39_003), P.member(at(4), range(200))], False
    yield "one of 2,401, by four digits", "compact", [least], [P.member(at(3), range(2401))], False
    yield "not a value", "compact", [vaccine], [P.is_not(at(4), small[0])], False
    yield "two attributes differ", "compact", [vaccine], [P.differ(at(5), at(6))], True
    yield "attributes of two records differ", "compact", [vaccine, person], [P.differ(at(3), at(3, 1))], False
    yield "two that are shown differ", "compact", [Record(group, "vaccine", shown=(3, 5))], [P.differ(at(3), at(5))], False
    yield "fields of two records are the same", "compact", [vaccine, result], [P.same(at(3), at(3, 1))], False
    yield "the same as what is shown", "compact", [Record(group, "vaccine", shown=(3,)), result], [P.same(at(3, 1), at(3))], False
    yield "what is shown, tied, in an interval: a row", "compact", [Record(group, "vaccine", shown=(3,)), result], [
        P.same(at(3, 1), at(3)), P.between(at(3, 1), 45_985, 45_992)], False
    yield "a difference of two records", "compact", [vaccine, person], [P.sum([(at(3), 1), (at(3, 1), -1)], 6_935, 127)], False
    yield "a difference that may be negative", "compact", [vaccine, person], [P.sum([(at(3, 1), 1), (at(3), -1)], -6_990, 15)], False
    yield "a sum with coefficients", "compact", [result], [P.sum([(at(4), 3), (at(5), -2), (at(3), 1)], NUMBER + 46_400, 100)], False
    yield "a sum of two that are determined: a row", "compact", [vaccine, person], [
        P.between(at(3), 45_989, 45_992), P.between(at(3, 1), 39_000, 39_003), P.sum([(at(3), 1), (at(3, 1), -1)], 6_985, 7)], True
    yield "eight terms", "compact", [wide], [
        P.sum([(at(3 + k), (-1) ** k * (k + 1)) for k in range(8)], -4 * NUMBER - 4_000, 8_191)], False
    yield "greatest coefficients", "compact", [result], [
        P.sum([(at(4), (1 << 31) - 1), (at(5), -1 << 31)], -NUMBER + ((1 << 31) - 1) * 65 + (1 << 31) * 128 - 3, 7)], False
    yield "two intervals of one attribute: the second is a row", "compact", [person], [
        P.between(at(3), 39_000, 39_003), P.between(at(3), 38_999, 39_001)], False
    yield "a sum, then an interval of an attribute that stands in it", "compact", [vaccine, person], [
        P.sum([(at(3), 1), (at(3, 1), -1)], 6_985, 7), P.between(at(3), 45_989, 45_992)], False
    yield "two intervals of one sum", "compact", [vaccine, person], [
        P.sum([(at(3), 1), (at(3, 1), -1)], 6_985, 7), P.sum([(at(3), 1), (at(3, 1), -1)], 6_988, 3)], False
    yield "all kinds, three records", "compact", three, [
        P.between(at(3, 1), 38_990, 39_005), P.member(at(4), small), P.is_not(at(5), 9), P.differ(at(6), at(5)),
        P.same(at(3), at(3, 2)), P.sum([(at(3), 1), (at(3, 1), -1)], 6_985, 7), P.member(at(4, 1), range(40))], False
    yield "all kinds, three records, batchable", "batchable", three, [
        P.member(at(4, 1), range(200)), P.sum([(at(3), 1), (at(3, 1), -1)], 6_985, 7), P.same(at(3, 2), at(3)),
        P.differ(at(6), at(5)), P.is_not(at(5), 9), P.member(at(4), small), P.between(at(3, 1), 38_990, 39_005)], False
