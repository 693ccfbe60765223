#!/usr/bin/env python3
"""Verifies every presentation proof of fixtures/vectors/zk with nothing but docs/proofs.md.

Accepts and refuses what the vectors say, computes every step anew that they name, and proves again what they give the secrets of, to the
byte. Ends with 1 at the first difference. Module gmpy2 makes it several times faster and is not needed.

    check_proofs.py [folder]            the vectors, fixtures/vectors/zk without a folder
    check_proofs.py --make folder       writes vectors of its own, always the same
    check_proofs.py --derive [tag]      searches the group's numbers for a minute, shows that no earlier ones do
    check_proofs.py --published folder  the vectors of draft-irtf-cfrg-fiat-shamir and draft-irtf-cfrg-sigma-protocols
"""
import json
import pathlib
import sys

from formats.codecs import Difference
from proofs import maker, published, vectors
from proofs.group import TAG, Group, find_q, find_r


def check(folder):
    group, accepted, rejected = Group.found(), 0, 0
    for path in sorted(folder.glob("*.json")):
        counts = vectors.check(path.name, json.loads(path.read_text()), group)
        accepted, rejected = accepted + counts[0], rejected + counts[1]
    if not accepted:
        raise Difference(f"{folder}: no vectors")
    print(f"{accepted} proofs accepted and {rejected} refused, as docs/proofs.md says")


def derive(tag):
    q = find_q(tag)
    group = Group(tag, q, find_r(tag, q))
    if group.r != Group.found(tag).r:
        raise Difference("another r is the first")
    print(json.dumps({"tag": tag, "p": f"{group.p:x}", "q": f"{q:x}", "r": f"{group.r:x}", "parameters": group.parameters.hex()}, indent=2))


def main():
    here = pathlib.Path(__file__).resolve().parent
    option, *rest = sys.argv[1:] or [here / "../../fixtures/vectors/zk"]
    try:
        if option == "--make":
            for name, text in maker.made(Group.found()).items():
                (pathlib.Path(rest[0]) / name).write_text(text)
        elif option == "--derive":
            derive(*rest or [TAG])
        elif option == "--published":
            print(published.check(pathlib.Path(rest[0])))
        else:
            check(pathlib.Path(option))
    except Difference as difference:
        print(difference)
        return 1
    except (AttributeError, KeyError, IndexError, TypeError, ValueError) as error:
        print(f"{type(error).__name__}: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
