"""Discloses three claims of ten with PyPI's sd-jwt (openwallet-foundation-labs/sd-jwt-python, RFC 9901), bound to the holder's key.

    sdjwt_peer.py [rounds | WORK]       WORK is `issue`, `create` or `verify`; see disclosure.py

The property: salted hashes under an ordinary signature. What is not shown stays hidden, and that is all: every presentation carries the
same signature, hashes and holder's key, so whoever sees two of one credential links them (one-time copies would help here as they do in
Cordon), and nothing can be proven of a hidden claim. It is by far the fastest, and its presentations are small.
"""
from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.holder import SDJWTHolder
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier

import disclosure

AUDIENCE, NONCE = "https://verifier.example", "0123456789abcdef0123456789abcdef"
issuer_key, holder_key = (JWK.generate(kty="EC", crv="P-256") for _ in range(2))
issuer_public = JWK.from_json(issuer_key.export_public())
CLAIMS = {"iss": "https://north.example", **{SDObj(name): value for name, value in disclosure.FIELDS.items()}}


def issue():
    return SDJWTIssuer(CLAIMS, issuer_key, holder_key).sd_jwt_issuance


issuance = issue()


def present():
    holder = SDJWTHolder(issuance)
    holder.create_presentation({name: True for name in disclosure.SHOWN}, NONCE, AUDIENCE, holder_key)
    return holder.sd_jwt_presentation


def verify():
    presentation = present()

    def work():
        payload = SDJWTVerifier(presentation, lambda issuer, header: issuer_public, AUDIENCE, NONCE).get_verified_payload()
        if {name for name in disclosure.FIELDS if name in payload} != set(disclosure.SHOWN):
            raise SystemExit("a presentation shows other claims")
        return "true"
    return work


disclosure.run(
    "sd-jwt", {"issue": lambda: lambda: len(issue()), "create": lambda: lambda: len(present()), "verify": verify},
    lambda: {"presentation": len(present()), "issuance": len(issuance)}, 200)
