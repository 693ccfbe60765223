"""Discloses three messages of ten with PyPI's ursa-bbs-signatures (BBS+ over BLS12-381, by MATTR and Hyperledger Ursa).

    bbs_peer.py [rounds | WORK]       WORK is `sign`, `create` or `verify`; see disclosure.py

The property: a presentation is a zero-knowledge proof of a signature, so presentations of one credential cannot be linked to each other,
nor to its issuing. Cordon does not have that. There are no predicates: a field is shown or hidden, and no bound, set or inequality can be
proven of a hidden one. It needs a pairing, and nothing binds the credential to a holder here.
"""
import ursa_bbs_signatures as bbs

import disclosure

MESSAGES = [f"{name}: {value}" for name, value in disclosure.FIELDS.items()]
SHOWN = [name in disclosure.SHOWN for name in disclosure.FIELDS]
NONCE = b"0123456789abcdef0123456789abcdef"

pair = bbs.BlsKeyPair.generate_g2()
key = pair.get_bbs_key(len(MESSAGES))
signature = bbs.sign(bbs.SignRequest(pair, MESSAGES))


def sign():
    return len(bbs.sign(bbs.SignRequest(pair, MESSAGES)))


def present():
    messages = [bbs.ProofMessage(message, bbs.ProofMessageType.Revealed if shown else bbs.ProofMessageType.HiddenProofSpecificBlinding)
                for message, shown in zip(MESSAGES, SHOWN)]
    return bytes(bbs.create_proof(bbs.CreateProofRequest(key, messages, signature, NONCE)))


def verify():
    proof, shown = present(), [message for message, shown in zip(MESSAGES, SHOWN) if shown]

    def work():
        if not bbs.verify_proof(bbs.VerifyProofRequest(key, proof, shown, NONCE)):
            raise SystemExit("a proof does not verify")
        return "true"
    return work


disclosure.run(
    "ursa-bbs-signatures", {"sign": lambda: sign, "create": lambda: lambda: len(present()), "verify": verify},
    lambda: {"proof": len(present()), "signature": len(signature)})
