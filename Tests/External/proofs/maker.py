"""Makes vectors: true statements with their proofs, and what has to be refused."""
import json

from formats.codecs import require

from . import blocks, cases, forgeries, made_grants
from .cases import Drawn, build, key, opened, records_of, true_cases
from .claims import holder_relation, holder_scalars, holder_tag, scalar_of
from .consent import Ledger, consent_cases
from .group import ELEMENT, SCALAR
from .prover import auxiliary_values, draw, prove
from .refused_consent import ONE, every_byte, invalid_consents, lying_consents, refused_consents
from .statement import Relation, statement
from .vectors import check_accepted
from .verifier import verify

BYTES = 500_000


def made(group):
    """The files by their names."""
    accepted = [accept(group, *case) for case in true_cases(group)]
    bases = {value["name"]: forgeries.Base(group, value) for value in accepted}
    refused, lies = list(forgeries.edited(group, bases)), list(forgeries.proven(group, bases))
    head = {"tag": group.tag, "p": f"{group.p:x}", "q": f"{group.q:x}", "r": f"{group.r:x}", "parameters": group.parameters.hex()}
    files = {
        "python.json": {
            "group": head, "accepted": [shortened(value) for value in accepted], "rejected": numbered(refused),
            "holders": list(holders(group)), "scalars": list(scalars(group)), "seeds": list(seeds(group))},
        "python-lies.json": {"accepted": [shortened(value) for value in told_of(lies, accepted)], "rejected": numbered(lies)},
        **consents(group), "python-grants.json": {"grants": list(made_grants.made(group))}, "blocks.json": blocks.made(),
    }
    return {name: laid_out(file) for name, file in files.items()}


def consents(group):
    ledger = Ledger(group)
    accepted = [accept(group, *case) for case in consent_cases(group, ledger)]
    bases = {value["name"]: forgeries.Base(group, value) for value in accepted}
    require(every_byte(bases[ONE]) == len(bases[ONE].proof), "every byte")
    lies, invalid = (list(made(group, bases, ledger)) for made in (lying_consents, invalid_consents))
    return {
        "python-consent.json": {
            "candidates": ledger.pool, "accepted": [shortened(value, ledger.pool, 8) for value in accepted],
            "rejected": numbered(refused_consents(group, bases))},
        **{name: {"accepted": [shortened(value, least=8) for value in told_of(rejected, accepted)], "rejected": numbered(rejected)}
           for name, rejected in (("python-consent-lies.json", lies), ("python-consent-invalid.json", invalid))},
    }


def told_of(lies, accepted):
    """What they are made from, shortly."""
    names = {lie["of"] for lie in lies}
    return [{what: value[what] for what in ("name", "form", "statement", "proof")} for value in accepted if value["name"] in names]


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


def accept(group, name, form, records, predicates, told, covering=None):
    value = build(group, records, predicates, covering)
    data, relation = statement.write(value), Relation(value, group)
    all_records, (place, delta) = records_of(records, covering), opened(covering)
    attributes = [record.attributes for record in all_records]
    secrets = {"attributes": attributes, "rho": [record.rho for record in all_records],
               "b": auxiliary_values(relation, attributes, place), **delta, **draw(relation, Drawn(name, group.q))}
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


def shortened(value, pool=(), least=16):
    """Runs of numbers in a set are pieces, and candidates of the pool."""
    data, last = split(bytes.fromhex(value["statement"]), pool)
    pieces, start, at = [], 0, 0
    while at + SCALAR * least <= len(data):
        first, step, count = run(data, at)
        if count >= least:
            pieces += [data[start:at].hex(), {"first": first, "step": step, "count": count}]
            start = at = at + SCALAR * count
        else:
            at += 1
    pieces = [piece for piece in pieces + [data[start:].hex()] if piece] + last
    return {**value, "statement": pieces} if len(pieces) > 1 else value


def run(data, at):
    """Numbers that are counted up."""
    def number(place):
        return int.from_bytes(data[at + SCALAR * place:at + SCALAR * (place + 1)], "big")
    first, count = number(0), 1
    step = number(1) - first
    while first < 1 << 32 and 0 < step < 1 << 16 and len(data) - at >= SCALAR * (count + 1) and number(count) == first + step * count:
        count += 1
    return first, step, count


def split(data, pool):
    """The end of a statement, as far back as candidates of the pool go."""
    last = []
    while (element := data[-ELEMENT:].hex()) in pool:
        index, data = pool.index(element), data[:-ELEMENT]
        if last and last[0]["candidate"] == index + 1:
            last[0] = {"candidate": index, "count": last[0]["count"] + 1}
        else:
            last.insert(0, {"candidate": index, "count": 1})
    return data, last


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
