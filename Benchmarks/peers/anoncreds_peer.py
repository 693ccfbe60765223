"""Discloses three fields of ten with PyPI's anoncreds (hyperledger/anoncreds-rs), and proves none, one or two bounds of another.

    anoncreds_peer.py [rounds | WORK]       WORK is `create-0` … `create-2` or `verify-0` … `verify-2`, or `issue`; see disclosure.py

The property: a CL signature over a special RSA group, 2,048 bits, randomised anew at each presentation. Presentations of one credential
cannot be linked to each other, nor to its issuing, even by issuer and verifiers together, however often it is shown: multi-show
unlinkability. Cordon does not have that: who sees one copy twice, or issuer and verifier together, recognise it (docs/proofs.md, section
1). A predicate compares a 32-bit integer with one bound, so an interval is two; there are no sets, no inequality, no sums.

The sizes: JSON is what is sent; `integers` is what its numbers would take in binary, without framing and without `c_list`, whose
commitments stand in the proofs a second time.
"""
import json

import anoncreds

import disclosure

ISSUER, SCHEMA, DEFINITION = "did:example:north", "schema:example:vaccine", "definition:example:vaccine"
BOUNDS = [(">=", 30_000), ("<=", 39_407)]


class Holder:
    """One credential, issued once: making the issuer's key takes seconds."""

    def __init__(self):
        self.schema = anoncreds.Schema.create("vaccine", "1.0", ISSUER, list(disclosure.FIELDS))
        self.definition, self.private, self.correctness = anoncreds.CredentialDefinition.create(
            SCHEMA, self.schema, ISSUER, "tag", "CL")
        self.secret = anoncreds.create_link_secret()
        self.credential = self.issue()

    def issue(self):
        offer = anoncreds.CredentialOffer.create(SCHEMA, DEFINITION, self.correctness)
        request, metadata = anoncreds.CredentialRequest.create("entropy", None, self.definition, self.secret, "secret", offer)
        credential = anoncreds.Credential.create(self.definition, self.private, offer, request, disclosure.FIELDS)
        return credential.process(metadata, self.secret, self.definition)

    def request(self, bounds):
        return anoncreds.PresentationRequest.load({
            "name": "request", "version": "1.0", "nonce": anoncreds.generate_nonce(),
            "requested_attributes": {name: {"name": name, "restrictions": [{"cred_def_id": DEFINITION}]} for name in disclosure.SHOWN},
            "requested_predicates": {
                f"bound {n}": {"name": "birth", "p_type": kind, "p_value": value, "restrictions": [{"cred_def_id": DEFINITION}]}
                for n, (kind, value) in enumerate(bounds)},
        })

    def present(self, request, bounds):
        chosen = anoncreds.PresentCredentials()
        chosen.add_attributes(self.credential, *disclosure.SHOWN, reveal=True)
        chosen.add_predicates(self.credential, *(f"bound {n}" for n in range(len(bounds))))
        return anoncreds.Presentation.create(
            request, chosen, {}, self.secret, {SCHEMA: self.schema}, {DEFINITION: self.definition})

    def verify(self, presentation, request):
        return presentation.verify(request, {SCHEMA: self.schema}, {DEFINITION: self.definition})


holders = []


def holder():
    if not holders:
        holders.append(Holder())
    return holders[0]


def create(bounds):
    def make():
        request = holder().request(bounds)

        def work():
            return len(holder().present(request, bounds).to_json())
        return work
    return make


def verify(bounds):
    def make():
        request = holder().request(bounds)
        text = holder().present(request, bounds).to_json()

        def work():
            if not holder().verify(anoncreds.Presentation.load(text), request):
                raise SystemExit("a presentation does not verify")
            return "true"
        return work
    return make


def integers(value):
    """Bytes of all numbers in a proof, which JSON writes in decimal digits."""
    if isinstance(value, dict):
        return sum(integers(item) for name, item in value.items() if name != "c_list")
    if isinstance(value, list):
        return sum(map(integers, value))
    if isinstance(value, str) and value.lstrip("-").isdigit():
        return (int(value).bit_length() + 7) // 8
    return 0


def sizes():
    result = {}
    for count in range(len(BOUNDS) + 1):
        text = holder().present(holder().request(BOUNDS[:count]), BOUNDS[:count]).to_json()
        result[f"json-{count}"], result[f"integers-{count}"] = len(text), integers(json.loads(text)["proof"])
    return result


works = {"issue": lambda: lambda: len(holder().issue().to_json())}
for count in range(len(BOUNDS) + 1):
    works[f"create-{count}"], works[f"verify-{count}"] = create(BOUNDS[:count]), verify(BOUNDS[:count])
holder()
disclosure.run("anoncreds", works, sizes)
