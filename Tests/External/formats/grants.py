"""Section 9 of docs/proofs.md: what the commitment of a grant is to, and the proof in its body that it is."""
import functools

from proofs.claims import grant_tag, hashed, holder_relation, holder_scalars
from proofs.group import Group

from . import layouts
from .codecs import Difference, require, text
from .keys import labelled


@functools.cache
def found_group():
    return Group.found()


def scalars(event, body, q):
    """Attributes 0 and 2 to 7 by their number: all but the holder's secret."""
    try:
        consent = layouts.consent.parse(bytes.fromhex(body["consent"]))
    except Difference:
        consent = {"category": 0, "tag": 0}
    plain = consent["content"] if consent["tag"] == 1 and body["power"] == 0 and body["authority"] is None else None
    permits = plain is not None and plain["actions"] & 1 == 1 and plain["extras"] & 4 == 0
    return {0: int.from_bytes(labelled("cordon/grant-commitment/v1"), "big") % q, 2: event["until"], 3: int(permits),
            4: hashed(4, bytes.fromhex(body["grantee"]), q), 5: plain["purposes"] if permits else 0, 6: consent["category"],
            7: event["from"]}


def tag(origin, control):
    return grant_tag(labelled("cordon/grant-context/v1", text.write(origin), bytes.fromhex(control)).hex())


def check_commitment(entry, body, what):
    """An element of the group, and what is left of it without the grant's own attributes somebody can open."""
    event, group = entry["event"], found_group()
    require((event["commitment"] is None) == (body["proof"] is None), f"{what}: a commitment without a proof, or a proof without one")
    if event["commitment"] is None:
        return
    C = group.read(bytes.fromhex(event["commitment"]))
    require(group.product((C, group.q)) == 1, f"{what}: outside of the group")
    known = [(group.generator(f"G/{number}"), -scalar) for number, scalar in scalars(event, body, group.q).items()]
    relation = holder_relation(group, group.product((C, 1), *known))
    relation.verify(tag(entry["origin"], event["control"]), "compact", bytes.fromhex(body["proof"]))


def check_opening(entry, body, seed):
    """The commitment is what the patient of this seed makes."""
    event, group = entry["event"], found_group()
    h, rho = holder_scalars(seed, bytes.fromhex(event["control"]), group.q, b"cordon/grant-blinding/v1")
    powers = [(group.generator(f"G/{number}"), scalar) for number, scalar in ({1: h} | scalars(event, body, group.q)).items()]
    made = group.product((group.generator("H"), rho), *powers)
    require(group.write(made).hex() == event["commitment"], "a commitment that this seed does not make")
