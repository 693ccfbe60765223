"""Section 9 of docs/proofs.md: what a grant's commitment says, and the proof of the holder's part."""
from formats import layouts
from formats.codecs import Difference, require

from .claims import grant_blinding, grant_tag, hashed, holder_relation, holder_scalars
from .statement import GRANT

EMERGENCIES, READ = 1 << 2, 1


def scalars(event, body, q):
    """Attributes 0 and 2 to 7 by their number: all but the holder's secret."""
    try:
        consent = layouts.consent.parse(bytes.fromhex(body["consent"]))
    except Difference:
        consent = {"category": 0, "tag": 0}
    plain = consent["content"] if consent["tag"] == 1 and body["power"] == 0 and not body["authority"] else None
    permits = plain is not None and plain["actions"] & READ == READ and not plain["extras"] & EMERGENCIES
    return {0: GRANT % q, 2: event["until"], 3: int(permits), 4: hashed(4, bytes.fromhex(body["grantee"]), q),
            5: plain["purposes"] if permits else 0, 6: consent["category"], 7: event["from"]}


def scalars_of(body, group):
    """The same of a vector, as it shows them."""
    return [group.write_scalar(scalar).hex() for scalar in scalars(body, body, group.q).values()]


def holder_part(group, C, known):
    """C over everything that is not the holder's."""
    return group.product((C, 1), *((group.generator(f"G/{number}"), -scalar) for number, scalar in known.items()))


def check(value, group):
    require(scalars_of(value["body"], group) == value["scalars"], "other scalars")
    C, secrets = group.read(bytes.fromhex(value["C"])), value.get("secrets")
    require(group.written(group.power(C, group.q)) == 1, "outside of the group")
    A = holder_part(group, C, scalars(value["body"], value["body"], group.q))
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
