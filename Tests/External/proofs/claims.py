"""Sections 3, 4 and 9 of docs/proofs.md: scalars of values, what follows from a seed, the holder's commitment and that of a grant."""
import hashlib

from formats.codecs import Reader, require, text
from formats.keys import hkdf, labelled, subkey

from .linear import LinearRelation, Multiplicative

ABSENT = 1 << 64


def hashed(kind, data, q):
    return int.from_bytes(hashlib.shake_256(b"cordon/claim/v1\0" + bytes([kind]) + data).digest(48), "big") % q


def scalar_of(data, q):
    """The scalar of a Value."""
    reader = Reader(data)
    kind = reader.number(1)
    require(kind < 6, "a value of no type")
    if kind == 0:
        scalar = ABSENT
    elif kind in (1, 3):
        scalar = reader.number(2)
    elif kind == 2:
        scalar = int.from_bytes(reader.take(8), "big", signed=True) + (1 << 62)
        require(0 <= scalar < 1 << 63, "a number out of range")
    else:
        for _ in range(6 - kind):
            reader.take(reader.number(2))
        scalar = hashed(kind - 2, data[1:], q)
    require(reader.position == len(data), "bytes follow")
    return scalar


def derived(seed, info, q):
    return int.from_bytes(hkdf(subkey(seed, 0, "cdn-hold"), b"", info, 48), "big") % q


def holder_scalars(seed, clinic, q):
    """h, and the clinic's rho0."""
    return derived(seed, b"cordon/holder/v1", q), derived(seed, b"cordon/holder-blinding/v1" + clinic, q)


def grant_blinding(seed, control, q):
    """rho of a grant's commitment."""
    return derived(seed, b"cordon/grant-blinding/v1" + control, q)


def holder_tag(context, what="HOLDER"):
    return f"CORDON-V01-{what}-{context}-CMPT-with-sigma-proofs_Shake128_SG3072".encode()


def grant_tag(origin, control):
    return holder_tag(labelled("cordon/grant-context/v1", text.write(origin), control).hex(), "GRANT")


def holder_relation(group, A):
    """`A = rho0 · H + h · G_1`. H is the generator, element 0; then come G_1 and A."""
    return LinearRelation(Multiplicative(group), group.generator("H"), [([(2, 1)], [(0, 0, 1), (1, 1, 1)])],
                          [group.generator("G/1"), A])
