"""Reads vectors; fixtures/vectors/zk/README.md says how they are laid out."""
import functools

from formats.codecs import Difference, require

from . import blocks, grants
from .claims import holder_relation, holder_scalars, holder_tag, scalar_of
from .group import SCALAR
from .prover import commit, prove
from .statement import check_signatures, parse
from .verifier import verify


def joined(value, pool=()):
    """`Bytes`: hexadecimal, or pieces, some of them candidates of the file's pool."""
    if isinstance(value, str):
        return bytes.fromhex(value)
    return b"".join(bytes.fromhex(piece) if isinstance(piece, str) else counted(piece, pool) for piece in value)


def counted(piece, pool):
    count = piece["count"]
    if "candidate" in piece:
        require(piece["candidate"] + count <= len(pool), "a candidate that is not there")
        return b"".join(map(bytes.fromhex, pool[piece["candidate"]:piece["candidate"] + count]))
    return b"".join((piece["first"] + piece["step"] * number).to_bytes(SCALAR, "big") for number in range(count))


def scalars(value):
    """The same with every hexadecimal number read."""
    return [scalars(item) for item in value] if isinstance(value, list) else int(value, 16)


class Example:
    """What is proven, in which form, and the proof."""

    def __init__(self, form, statement, proof, pool=(), **_):
        self.form, self.statement, self.proof = form, joined(statement, pool), joined(proof)

    def edited(self, edits):
        result = Example(self.form, self.statement.hex(), self.proof.hex())
        for edit in edits:
            if "form" in edit:
                result.form = edit["form"]
                continue
            data = getattr(result, edit["in"])
            require(edit["at"] + edit["take"] <= len(data), "an edit beyond the end")
            setattr(result, edit["in"], data[:edit["at"]] + bytes.fromhex(edit["put"]) + data[edit["at"] + edit["take"]:])
        return result

    def verify(self, group):
        relation = parse(self.statement, group)
        return relation, verify(relation, self.form, self.proof, self.statement)


def refused(example, group):
    try:
        example.verify(group)
    except Difference as difference:
        return str(difference)
    return None


def check_group(value, group):
    for name in ("p", "q", "r"):
        require(int(value[name], 16) == getattr(group, name), f"another {name}")
    require(value["tag"] == group.tag and value["parameters"] == group.parameters.hex(), "other parameters")


def check_rerandomised(relation, delta):
    group = relation.group
    original = group.product((relation.elements[-1], 1), (group.generator("H"), -delta))
    require(original in relation.candidates, "another C'")


def check_accepted(value, group, pool=()):
    example = Example(**value, pool=pool)
    relation, steps = example.verify(group)
    if value.get("signed"):
        check_signatures(relation.value)
    if "secrets" in value:
        secrets = {name: scalars(item) for name, item in value["secrets"].items()}
        for element, rho, attributes in zip(relation.elements, secrets["rho"], secrets["attributes"], strict=True):
            require(commit(group, rho, attributes) == element, "another C")
        if relation.covering:
            check_rerandomised(relation, secrets["delta"])
        proof, more = prove(relation, example.form, example.statement, secrets)
        steps.update(more)
        require(proof == example.proof, "proven again it is not the same")
    for name, step in value.get("steps", {}).items():
        require(name in steps and steps[name] == step, f"another {name}: {steps.get(name)}")


def check_holder(value, group):
    A, proof, secrets = group.read(bytes.fromhex(value["A"])), bytes.fromhex(value["proof"]), value.get("secrets")
    relation, tag = holder_relation(group, A), holder_tag(value["context"])
    challenge = relation.verify(tag, "compact", proof)
    require(int(value.get("x", "0"), 16) in (0, challenge), "another challenge")
    if secrets:
        witness = scalars([secrets["rho0"], secrets["h"]])
        require(relation.map(witness) == [A], "another A")
        require(relation.prove(tag, witness, scalars(secrets["masks"])) == proof, "proven again it is not the same")


def check_holders(value, group):
    if value["accepted"]:
        return check_holder(value, group)
    try:
        check_holder(value, group)
    except Difference:
        return None
    raise Difference("it is accepted")


def check_scalar(value, group):
    require(scalar_of(bytes.fromhex(value["value"]), group.q) == int(value["scalar"], 16), "another scalar")


def check_seed(value, group):
    made = holder_scalars(bytes.fromhex(value["seed"]), bytes.fromhex(value["clinic"]), group.q)
    require(made == (int(value["h"], 16), int(value["rho0"], 16)), "another h or rho0")


def check(name, file, group):
    """How many are accepted and refused; Difference at the first that should not be."""
    pool = file.get("candidates", [])
    if name == "blocks.json":
        blocks.check(file)
        return 0, 0
    unknown = set(file) - {"group", "candidates", "accepted", "rejected", "holders", "scalars", "seeds", "grants"}
    require(not unknown, f"{name}: {unknown}")
    if "group" in file:
        check_group(file["group"], group)
    for part, check_one in (("accepted", functools.partial(check_accepted, pool=pool)), ("holders", check_holders),
                            ("scalars", check_scalar), ("seeds", check_seed), ("grants", grants.check_grants)):
        for number, value in enumerate(file.get(part, [])):
            try:
                check_one(value, group)
            except Difference as difference:
                raise Difference(f"{name}: {value.get('name', f'{part} {number}')}: {difference}") from None
    bases = {value["name"]: Example(**value, pool=pool) for value in file.get("accepted", [])}
    for value in file.get("rejected", []):
        example = bases[value["of"]].edited(value["edits"]) if "of" in value else Example(**value, pool=pool)
        require(refused(example, group), f"{name}: {value['name']} is accepted")
    return len(file.get("accepted", [])), len(file.get("rejected", []))
