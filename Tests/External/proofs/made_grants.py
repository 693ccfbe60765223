"""Commitments of grants: what they say of bodies of every kind, and what has to be refused."""
from formats.keys import labelled, text

from .cases import FIRST, LABORATORY, LAST, ORIGIN, Drawn, key, public_key
from .claims import grant_blinding, grant_tag, holder_relation, holder_scalars, holder_tag
from .forgeries import small_order
from .grants import EMERGENCIES, READ, holder_part, scalars, scalars_of
from .prover import commit


def permits(category=LABORATORY, actions=READ, purposes=1 << 1 | 1 << 4, extras=0):
    return category.to_bytes(2, "big") + b"\1" + bytes([actions]) + purposes.to_bytes(2, "big") + bytes([extras])


# Name, consent, power, whether under an authority.
BODIES = (
    ("treatment and research", permits(), 0, False),
    ("every purpose, every extra but emergencies", permits(10, purposes=2046, extras=3), 0, False),
    ("in emergencies alone", permits(9, purposes=1 << 8, extras=EMERGENCIES), 0, False), ("a power", permits(), 1, False),
    ("a guardianship", permits(), 3, False), ("under an authority", permits(), 0, True),
    ("a restriction", b"\0\3\2\0\0", 0, False), ("a document", b"\0\3\3\0\2{}", 0, False),
    ("a category that no record has", permits(999), 0, False), ("a consent that cannot be read", b"\0\3\7", 0, False))


def made(group):
    for number, (name, consent, power, authority) in enumerate(BODIES):
        yield one(group, name, number, consent, power, authority)
    (name, *rest) = BODIES[0]
    base = one(group, name, 0, *rest)
    for why, change in changes(group, base):
        value = {**base, "name": f"{base['name']}: {why}", "accepted": False, **change}
        del value["secrets"], value["x"]
        yield value


def one(group, name, number, consent, power, authority, holder="ana"):
    seed, control = key(holder), bytes.fromhex(public_key(key(f"{holder}'s grant {number}")))
    body = {"grantee": public_key(key("hillside")), "power": power, "authority": authority, "consent": consent.hex(),
            "from": FIRST + number, "until": LAST + number}
    known, h = scalars(body, body, group.q), holder_scalars(seed, bytes(32), group.q)[0]
    rho = grant_blinding(seed, control, group.q)
    attributes = known | {1: h}
    C = commit(group, rho, [attributes[number] for number in range(8)])
    relation, tag = holder_relation(group, holder_part(group, C, known)), grant_tag(ORIGIN, control)
    masks = [Drawn(name, group.q)(f"mask/{k}") for k in range(2)]
    proof = relation.prove(tag, [rho, h], masks)

    def hexed(values):
        return [group.write_scalar(value).hex() for value in values]
    return {"name": name, "origin": ORIGIN, "control": control.hex(), "body": body, "scalars": scalars_of(body, group),
            "C": group.write(C).hex(), "accepted": True,
            "secrets": {"seed": seed.hex(), "rho": hexed([rho])[0], "h": hexed([h])[0], "masks": hexed(masks)},
            "x": proof[:32].hex(), "proof": proof.hex()}


def changes(group, base):
    """What is not so, everything else as it was; the scalars follow the body."""
    C, proof, body = int(base["C"], 16), base["proof"], base["body"]

    def said(**change):
        changed = {**body, **change}
        return {"body": changed, "scalars": scalars_of(changed, group)}
    yield "another grantee", said(grantee=public_key(key("south")))
    yield "another purpose", said(consent=permits(purposes=1 << 1 | 1 << 5).hex())
    yield "a purpose more", said(consent=permits(purposes=1 << 1 | 1 << 4 | 1 << 10).hex())
    yield "another category", said(consent=permits(4).hex())
    yield "in emergencies alone", said(consent=permits(extras=EMERGENCIES).hex())
    yield "a power", said(power=1)
    yield "under an authority", said(authority=True)
    yield "until later", said(until=body["until"] + 1)
    yield "from earlier", said(**{"from": body["from"] - 1})
    yield "another ledger", {"origin": "south.example/ledger"}
    yield "another grant", {"control": public_key(key("ana's grant 1"))}
    for why, element in (("times one of order r", group.written(C * small_order(group))), ("of order r", small_order(group)),
                         ("times G/5", group.written(C * group.generator("G/5"))), ("times H", group.written(C * group.generator("H"))),
                         ("the greater of two", group.p - C), ("1", 1), ("0", 0)):
        yield f"C {why}", {"C": int(element).to_bytes(384, "big").hex()}
    for count, why in enumerate(("the challenge", "rho's response", "h's response")):
        where = 64 * count + 20
        yield f"{why} altered", {"proof": proof[:where] + f"{int(proof[where], 16) ^ 1:x}" + proof[where + 1:]}
    yield "a proof of a card's commitment", {"proof": card_proof(group, base)}


def card_proof(group, base):
    """Of the same A, with the tag of a card that has the same context."""
    A = holder_part(group, int(base["C"], 16), scalars(base["body"], base["body"], group.q))
    secrets = base["secrets"]
    context = labelled("cordon/grant-context/v1", text.write(base["origin"]), bytes.fromhex(base["control"])).hex()
    return holder_relation(group, A).prove(
        holder_tag(context), [int(secrets[name], 16) for name in ("rho", "h")], [int(mask, 16) for mask in secrets["masks"]]).hex()
