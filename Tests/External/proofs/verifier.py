"""Section 6 of docs/proofs.md: a proof is read and checked."""
import hashlib

from formats.codecs import Reader, require

from .group import ELEMENT, SCALAR
from .sponge import Sponge, decode_field, session_id

FORMS = {"compact": "CMPT", "batchable": "DSFS"}


def tag(form):
    return f"CORDON-V01-PRESENTATION-{FORMS[form]}-with-sigma-proofs_Shake128_SG3072".encode()


class Proof:
    """The parts of a proof, of the lengths that the statement gives them."""

    def __init__(self, relation, form, data):
        self.reader, self.group = Reader(data), relation.group
        records, rows = len(relation.elements), bool(relation.rows)
        batchable = form == "batchable"
        self.B = self.elements(rows)
        if batchable:
            self.T_C, self.T_B = self.elements(records), self.elements(rows)
        self.V_1 = self.elements(bool(relation.covering))
        if batchable:
            self.V_0 = self.elements(bool(relation.covering))
        self.E = self.elements(relation.degree - 1 if rows else 0)
        if batchable:
            self.T_E = self.elements(rows)
        else:
            self.x = self.reader.take(16)
        self.f, self.z = self.scalars(relation.auxiliary), self.scalars(len(relation.free))
        self.z_C, self.z_B, self.z_E = self.scalars(records), self.scalars(rows), self.scalars(rows)
        self.z_V = self.scalars(bool(relation.covering))
        require(self.reader.position == len(data), "bytes follow")

    def elements(self, count):
        return [self.group.read(self.reader.take(ELEMENT)) for _ in range(count)]

    def scalars(self, count):
        return [self.group.read_scalar(self.reader.take(SCALAR)) for _ in range(count)]


class Transcript:
    def __init__(self, form, data, group):
        self.sponge, self.group = Sponge.tagged(tag(form)), group
        self.sponge.absorb(len(data).to_bytes(4, "big") + data)

    def absorb(self, elements):
        for element in elements:
            self.sponge.absorb(self.group.write(element))

    def y(self):
        return decode_field(self.sponge.squeeze(48), self.group.q)

    def x(self):
        return self.sponge.squeeze(16)


def record_commitments(relation, z, z_C, x):
    """T_C of each record from the responses."""
    group = relation.group
    result = []
    for record, C in enumerate(relation.elements):
        powers = [(group.generator("H"), z_C[record]), (C, -x)]
        for number in range(relation.attributes[record]):
            powers.append((group.generator(f"G/{number}"), relation.response((record, number), z, x) % group.q))
        result.append(group.product(*powers))
    return result


def auxiliary_commitment(group, f, z_B, B, x):
    return group.product((group.generator("H"), z_B), (B, -x), *((group.generator(f"K/{k}"), value) for k, value in enumerate(f)))


def row_commitment(group, P, z_E, E, x):
    return group.product((group.generator("Q"), P), (group.generator("H"), z_E), *((element, -x ** (k + 1)) for k, element in enumerate(E)))


def place_commitment(relation, chances, z_V, V_1, x):
    """V_0 from the responses; of a prover's masks too, with x = 0. Candidates behind the last are the last: one power of it is enough."""
    group, exponents = relation.group, {}
    for place, chance in enumerate(chances):
        candidate = relation.candidate(place)
        exponents[candidate] = (exponents.get(candidate, 0) + chance) % group.q
    return group.product((group.generator("H"), z_V), (V_1, -x), (relation.elements[-1], x * x),
                         *((candidate, -exponent) for candidate, exponent in exponents.items()))


def digest(group, element):
    return hashlib.sha256(group.write(element)).hexdigest()


def verify(relation, form, data, statement):
    """Every step that can be recomputed, as the vectors name them; Difference if the proof does not hold."""
    group, proof = relation.group, Proof(relation, form, data)
    transcript = Transcript(form, statement, group)
    steps = {
        "session": session_id(tag(form)).hex(), "auxiliary": relation.auxiliary, "rows": len(relation.rows),
        "variables": [[list(where) for where in class_] for class_ in relation.hidden], "determined": relation.determined,
    }
    if form == "batchable":
        check_batchable(relation, proof, transcript, steps)
    else:
        check_compact(relation, proof, transcript, steps)
    steps["T_C"] = [digest(group, element) for element in proof.T_C]
    if relation.rows:
        steps["degree"] = relation.degree
        steps["T_B"], steps["T_E"] = digest(group, proof.T_B[0]), digest(group, proof.T_E[0])
    if relation.covering:
        steps["V_0"] = digest(group, proof.V_0[0])
    return steps


def recomputed(relation, proof, x):
    """The responses of all variables, T_C of each record, T_B, V_0."""
    z = relation.complete(proof.f, proof.z, x)
    T_C = record_commitments(relation, z, proof.z_C, x)
    T_B = [auxiliary_commitment(relation.group, proof.f, proof.z_B[0], proof.B[0], x)] if relation.rows else []
    V_0 = [place_commitment(relation, relation.chances(proof.f, x), proof.z_V[0], proof.V_1[0], x)] if relation.covering else []
    return z, T_C, T_B, V_0


def rows(relation, proof, z, x, y, steps):
    """T_E, if there are rows."""
    steps["y"] = relation.group.write_scalar(y).hex()
    P = relation.combined(proof.f, z, x, y) % relation.group.q
    steps["P"] = relation.group.write_scalar(P).hex()
    return [row_commitment(relation.group, P, proof.z_E[0], proof.E, x)]


def check_compact(relation, proof, transcript, steps):
    x = int.from_bytes(proof.x, "little")
    z, proof.T_C, proof.T_B, proof.V_0 = recomputed(relation, proof, x)
    transcript.absorb(proof.B + proof.T_C + proof.T_B + proof.V_1 + proof.V_0)
    if relation.rows:
        proof.T_E = rows(relation, proof, z, x, transcript.y(), steps)
        transcript.absorb(proof.E + proof.T_E)
    steps["x"] = transcript.x().hex()
    require(steps["x"] == proof.x.hex(), "another challenge")


def check_batchable(relation, proof, transcript, steps):
    transcript.absorb(proof.B + proof.T_C + proof.T_B + proof.V_1 + proof.V_0)
    y = transcript.y() if relation.rows else None
    transcript.absorb(proof.E + proof.T_E)
    steps["x"] = transcript.x().hex()
    x = int.from_bytes(bytes.fromhex(steps["x"]), "little")
    z, T_C, T_B, V_0 = recomputed(relation, proof, x)
    require(T_C == proof.T_C, "a record's equation does not hold")
    require(T_B == proof.T_B, "the equation of the auxiliary values does not hold")
    require(V_0 == proof.V_0, "the equation of the candidates does not hold")
    if relation.rows:
        require(rows(relation, proof, z, x, y, steps) == proof.T_E, "the equation of the rows does not hold")
