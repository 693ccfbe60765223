"""Section 9 of docs/proofs.md: what a grant's commitment says, and the proof of the holder's part."""
from formats.codecs import Difference, require

from .claims import grant_blinding, grant_tag, hashed, holder_relation, holder_scalars
from .statement import GRANT

EMERGENCIES, READ = 1 << 2, 1


def scalars_of(body, q):
    """Attributes 0 and 2 to 7, from the entry and the body."""
    consent = bytes.fromhex(body["consent"])
    category, kind = int.from_bytes(consent[:2], "big"), consent[2]
    permit, purposes = 0, 0
    if kind == 1:
        actions, extras = consent[3], consent[6]
        permit = int(bool(actions & READ) and not extras & EMERGENCIES and body["power"] == 0 and not body["authority"])
        purposes = int.from_bytes(consent[4:6], "big") * permit
    return [GRANT % q, body["until"], permit, hashed(4, bytes.fromhex(body["grantee"]), q), purposes, category, body["from"]]


def holder_part(group, C, scalars):
    """C over everything that is not the holder's."""
    labels = [f"G/{i}" for i in (0, 2, 3, 4, 5, 6, 7)]
    return group.product((C, 1), *((group.generator(label), -scalar) for label, scalar in zip(labels, scalars)))


def check(value, group):
    require([group.write_scalar(scalar).hex() for scalar in scalars_of(value["body"], group.q)] == value["scalars"], "other scalars")
    C, secrets = group.read(bytes.fromhex(value["C"])), value.get("secrets")
    require(group.written(group.power(C, group.q)) == 1, "outside of the group")
    A = holder_part(group, C, [int(scalar, 16) for scalar in value["scalars"]])
    relation, tag = holder_relation(group, A), grant_tag(value["origin"], bytes.fromhex(value["control"]))
    challenge = relation.verify(tag, "compact", bytes.fromhex(value["proof"]))
    require(int(value.get("x", "0"), 16) in (0, challenge), "another challenge")
    if secrets:
        seed, masks = bytes.fromhex(secrets["seed"]), [int(mask, 16) for mask in secrets["masks"]]
        witness = [grant_blinding(seed, bytes.fromhex(value["control"]), group.q), holder_scalars(seed, bytes(32), group.q)[0]]
        require([group.write_scalar(scalar).hex() for scalar in witness] == [secrets["rho"], secrets["h"]], "another rho or h")
        require(relation.prove(tag, witness, masks).hex() == value["proof"], "proven again it is not the same")


def check_grants(value, group):
    if value["accepted"]:
        return check(value, group)
    try:
        check(value, group)
    except Difference:
        return None
    raise Difference("it is accepted")
