"""Section 9 of docs/proofs.md: what the commitment of a grant is to, and the proof in its body that it is."""
import functools

from proofs.claims import grant_blinding, grant_tag, holder_relation, holder_scalars
from proofs.grants import holder_part, scalars
from proofs.group import Group

from .codecs import require


@functools.cache
def found_group():
    return Group.found()


def check_commitment(entry, body, what):
    """An element of the group, and what is left of it without the grant's own attributes somebody can open."""
    event, group = entry["event"], found_group()
    require((event["commitment"] is None) == (body["proof"] is None), f"{what}: a commitment without a proof, or a proof without one")
    if event["commitment"] is None:
        return
    C = group.read(bytes.fromhex(event["commitment"]))
    require(group.product((C, group.q)) == 1, f"{what}: outside of the group")
    relation = holder_relation(group, holder_part(group, C, scalars(event, body, group.q)))
    relation.verify(grant_tag(entry["origin"], bytes.fromhex(event["control"])), "compact", bytes.fromhex(body["proof"]))


def check_opening(entry, body, seed):
    """The commitment is what the patient of this seed makes."""
    event, group = entry["event"], found_group()
    control = bytes.fromhex(event["control"])
    h, rho = holder_scalars(seed, control, group.q)[0], grant_blinding(seed, control, group.q)
    powers = [(group.generator(f"G/{number}"), scalar) for number, scalar in ({1: h} | scalars(event, body, group.q)).items()]
    made = group.product((group.generator("H"), rho), *powers)
    require(group.write(made).hex() == event["commitment"], "a commitment that this seed does not make")
