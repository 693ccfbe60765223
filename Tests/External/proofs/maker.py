"""Makes vectors: true statements with their proofs, and what has to be refused."""
import json

from formats.codecs import require

from . import cases, forgeries
from .cases import Drawn, build, key, true_cases
from .claims import holder_relation, holder_scalars, holder_tag, scalar_of
from .prover import auxiliary_values, draw, prove
from .statement import Relation, statement
from .vectors import check_accepted
from .verifier import verify

BYTES = 400_000


def made(group):
    """The files by their names."""
    accepted = [accept(group, *case) for case in true_cases(group)]
    bases = {value["name"]: forgeries.Base(group, value) for value in accepted}
    refused, lies = list(forgeries.edited(group, bases)), list(forgeries.proven(group, bases))
    short = [{what: value[what] for what in ("name", "form", "statement", "proof")} for value in accepted
             if value["name"] in {lie["of"] for lie in lies}]
    head = {"tag": group.tag, "p": f"{group.p:x}", "q": f"{group.q:x}", "r": f"{group.r:x}", "parameters": group.parameters.hex()}
    files = {
        "python.json": {
            "group": head, "accepted": [shortened(value) for value in accepted], "rejected": numbered(refused),
            "holders": list(holders(group)), "scalars": list(scalars(group)), "seeds": list(seeds(group))},
        "python-lies.json": {"accepted": [shortened(value) for value in short], "rejected": numbered(lies)},
    }
    return {name: laid_out(file) for name, file in files.items()}


def numbered(values):
    return [{"name": f"{number}: {value['why']}", **value} for number, value in enumerate(values, 1)]


def laid_out(file):
    lines = "{\n" + ",\n".join(f"{json.dumps(name)}: {part(value)}" for name, value in file.items()) + "\n}\n"
    require(len(lines) <= BYTES, f"{len(lines)} bytes")
    return lines


def part(value):
    """One line for each example."""
    if isinstance(value, dict):
        return line(value)
    return "[\n" + ",\n".join(map(line, value)) + "\n]"


def line(value):
    return json.dumps(value, separators=(",", ":"))


def hexed(value, group):
    return [hexed(item, group) for item in value] if isinstance(value, list) else group.write_scalar(value).hex()


def accept(group, name, form, records, predicates, told):
    value = build(group, records, predicates)
    data, relation = statement.write(value), Relation(value, group)
    attributes = [record.attributes for record in records]
    secrets = {"attributes": attributes, "rho": [record.rho for record in records], "b": auxiliary_values(relation, attributes),
               **draw(relation, Drawn(name, group.q))}
    proof, more = prove(relation, form, data, secrets)
    steps = verify(relation, form, proof, data)
    if told:
        steps.update(more)
    else:
        del steps["variables"], steps["session"]
    told = {"secrets": {what: hexed(item, group) for what, item in secrets.items()}} if told else {}
    result = {"name": name, "form": form, "statement": data.hex(), "signed": True, **told, "steps": steps, "proof": proof.hex()}
    check_accepted(result, group)
    return result


def shortened(value):
    """Runs of numbers in a set are pieces."""
    data, pieces, start, at = bytes.fromhex(value["statement"]), [], 0, 0
    while at + 32 * 16 <= len(data):
        count = run(data, at)
        if count >= 16:
            pieces += [data[start:at].hex(), {"first": int.from_bytes(data[at:at + 32], "big"), "step": 1, "count": count}]
            start = at = at + 32 * count
        else:
            at += 1
    return {**value, "statement": [piece for piece in pieces + [data[start:].hex()] if piece]} if pieces else value


def run(data, at):
    first, count = int.from_bytes(data[at:at + 32], "big"), 0
    while first < 1 << 32 and data[at + 32 * count:at + 32 * count + 32] == (first + count).to_bytes(32, "big"):
        count += 1
    return count


def holders(group):
    for number, context in enumerate((key("card").hex(), key("another card").hex())):
        h, rho0 = holder_scalars(key("ana"), bytes.fromhex(cases.public_key(key("north"))), group.q)
        A, tag = group.product((group.generator("H"), rho0), (group.generator("G/1"), h)), holder_tag(context)
        relation, masks = holder_relation(group, A), [Drawn(context, group.q)(f"mask/{k}") for k in range(2)]
        proof = relation.prove(tag, [rho0, h], masks)
        good = {"name": f"holder {number}", "context": context, "A": group.write(A).hex(), "accepted": True,
                "secrets": hexed_secrets(group, rho0, h, masks), "x": proof[:32].hex(), "proof": proof.hex()}
        yield good
    yield from forgeries.holders(group, good, relation, [rho0, h], masks)


def hexed_secrets(group, rho0, h, masks):
    return {"rho0": hexed(rho0, group), "h": hexed(h, group), "masks": hexed(masks, group)}


def scalars(group):
    values = {
        "absent": b"\0", "the first date": cases.date(0), "a date": cases.date(45_990), "the last date": cases.date(65_535),
        "no number": cases.number(0), "a number": cases.number(65), "a number below zero": cases.number(-128),
        "the least number": cases.number(-1 << 62), "the greatest number": cases.number((1 << 62) - 1),
        "the first code": cases.code(0), "a code": cases.code(4), "the last code": cases.code(65_535),
        "an open code": cases.coded(cases.CVX, "207"), "an open code without a system": cases.coded("", "207"),
        "text": cases.written("A28"), "no text": cases.written(""), "text beyond ASCII": cases.written("Zürich – 東京"),
    }
    for name, value in values.items():
        yield {"name": name, "value": value.hex(), "scalar": hexed(scalar_of(value, group.q), group)}


def seeds(group):
    for holder, clinic in (("ana", "north"), ("ana", "hillside"), ("ben", "north")):
        public = cases.public_key(key(clinic))
        h, rho0 = holder_scalars(key(holder), bytes.fromhex(public), group.q)
        yield {"seed": key(holder).hex(), "clinic": public, "h": hexed(h, group), "rho0": hexed(rho0, group)}
