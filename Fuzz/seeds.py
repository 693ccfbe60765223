"""Lays out the first inputs of every fuzz target, from files that the formats' own tests read.

    seeds.py CORPUS TARGET…

Each target has a folder under CORPUS. What is added there is named by its content, so running it again adds nothing. Data from outside
the repository is used where CORDON_CORPORA names its folder.
"""

import base64
import gzip
import hashlib
import json
import os
import pathlib
import sys

FIXTURES = pathlib.Path(__file__).parent.parent / "fixtures"
# A fuzzer does better with many small inputs than with a few large ones.
LARGEST = 64 * 1024


def strings(value):
    """Every text in a JSON document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


def formats():
    """Every encoded value and every text in the examples of our formats."""
    for path in sorted((FIXTURES / "vectors/formats").glob("*.json")):
        for text in strings(json.loads(path.read_text())):
            try:
                yield bytes.fromhex(text)
            except ValueError:
                yield text.encode()


def envelopes():
    for path in sorted((FIXTURES / "envelopes/v1").iterdir()):
        yield path.read_bytes()


def keys():
    for path in (FIXTURES / "envelopes/v1/manifest.json", FIXTURES / "vectors/formats/keys.json"):
        for text in strings(json.loads(path.read_text())):
            if text.upper().startswith("AGE"):
                yield text.encode()
    yield b"age1fhcxn5ty2jahjss5kxp66qy0v5hqdxzs2zgfkj0tafmzvgzhncmqqm92tr"


def notes():
    for name in ("600.checkpoint", "entry-300.tlog-proof"):
        yield (FIXTURES / "vectors/ledger" / name).read_bytes()
    for text in strings(json.loads((FIXTURES / "vectors/ledger/keys.json").read_text())):
        yield text.encode()


def tiles():
    yield from (b"tile/0/x001/x234/067", b"tile/1/000.p/17", b"tile/entries/005", b"tile/entries/x001/000.p/255")
    yield b"\x01\x00\x03one\x00\x03two"
    yield b"\x01" + 64 * b"t"


def messages():
    """The fields of the examples of signed HTTP messages."""
    for message in json.loads((FIXTURES / "vectors/formats/http.json").read_text()).values():
        names = ("Content-Digest", "Signature-Input", "Signature")
        yield "\n".join(f"{name}: {message[name]}" for name in names).encode()


def records():
    for path in sorted((FIXTURES / "records").iterdir()):
        yield path.read_bytes()


def words():
    for path in ("keys.json", "profiles.json"):
        for text in strings(json.loads((FIXTURES / "vectors/formats" / path).read_text())):
            if text.count(" ") == 23:
                numbered = "\n".join(f"{number} {word}" for number, word in enumerate(text.split(), 1))
                yield from (text.encode(), text.upper().encode(), numbered.encode())


def inbox():
    """Messages as they are before they are sealed."""
    examples = json.loads((FIXTURES / "vectors/formats/messages.json").read_text())
    for example in examples.values():
        if "kind" in example:
            content = bytes.fromhex(example["content"])
            message = bytes([int(example["kind"])]) + len(content).to_bytes(4) + content
            yield message.ljust(int(example["plaintext size"]), b"\0")


def configuration():
    yield b'{"address": "http://127.0.0.1:8460", "origin": "north.example/ledger"}'
    yield from (b"http://127.0.0.1:8460", b"https://[::1]:443", b"https://cordon.north.example", b"127.0.0.1:9460", b"[::1]:9460")


def profiles():
    """A profile's formats, and two that are never alone on a disk: a deposit that waits, and what is in a keyring."""
    yield from formats()
    deposit = bytes.fromhex(json.loads((FIXTURES / "vectors/formats/calls.json").read_text())["deposits"]["bytes"])
    for count in (1, 2):
        yield b"\x00\x0512345\x00\x03" + count.to_bytes(2) + count * hashlib.sha256().digest() + deposit
    yield from (b"cordon-keyring-v1" + bytes([role]) + hashlib.sha256(b"seed").digest() for role in range(1, 6))


def rules():
    """The built-in files, and the smallest that are good."""
    for path in sorted(FIXTURES.parent.glob("policies/*.json")):
        yield path.read_bytes()
    ranks = json.loads((FIXTURES.parent / "policies/categories.json").read_text())["mostSensitiveFirst"]
    coding = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
    yield b'{"systems":{"a":["urn:a"]},"lists":{"x":{"a":{"1":"one","2*":"two"},"any":{"3":"three"}}}}'
    for content in (
        {"mostSensitiveFirst": ranks, "resourceTypes": {}, "categoryCodes": {}, "codeLists": {}, "mediaTypes": {}},
        {"codeLists": {}, "resourceTypes": {}, "knownLabels": {coding: ["GDIS"]}, "unknownLabels": {"confidentiality": "R"}},
    ):
        yield json.dumps(content, separators=(",", ":")).encode()


def vector_bytes(value, candidates):
    """`Bytes` of fixtures/vectors/zk/README.md."""
    if isinstance(value, str):
        return bytes.fromhex(value)
    if isinstance(value, list):
        return b"".join(vector_bytes(piece, candidates) for piece in value)
    if "candidate" in value:
        return bytes.fromhex("".join(candidates[value["candidate"]:][:value["count"]]))
    return b"".join((value["first"] + value["step"] * number).to_bytes(32) for number in range(value["count"]))


def statements():
    """Statements, each with its proof behind; and the relations of holders, as they are serialized."""
    for path in sorted((FIXTURES / "vectors/zk").glob("*.json")):
        vectors = json.loads(path.read_text())
        for vector in vectors.get("accepted", ()):
            statement = vector_bytes(vector["statement"], vectors.get("candidates"))
            yield from (statement, statement + bytes.fromhex(vector["proof"]))
        for holder in vectors.get("holders", ()):
            number, one = lambda value: value.to_bytes(4, "little"), (1).to_bytes(32)
            terms = number(0) + number(0) + one + number(1) + number(1) + one
            element = bytes.fromhex(holder["A"])
            yield number(1) + number(1) + number(2) + one + number(2) + terms + element + element


def proofs():
    """Requests, each alone and with the presentation that answers it behind."""
    yield from formats()
    examples = json.loads((FIXTURES / "vectors/formats/proofs.json").read_text())
    yield bytes.fromhex(examples["request"]["bytes"]) + bytes.fromhex(examples["presentation"]["bytes"])


def proof_words():
    """What is shown, and behind a hyphen what is proven: every form that `proof ask --help` names."""
    yield b"immunization: vaccine, date given\n-patient: 18 or older on 2026-11-21"
    yield b"laboratory for treatment by Lakeside Clinic on 2026-11-22"
    conditions = (
        "patient: under 18 on 2026-11-21", "immunization: date given on or after 2026-01-01", "result: measured value below 7.0",
        "result: HbA1c below 7.0", "result: systolic pressure between 90 and 140", "immunization: vaccine is one of 208, 213, 217",
        "allergy: substance is not snomed|764146007", "result: test is loinc|4548-4",
        "immunization: date given minus immunization#2: date given between 21 and 42",
        "immunization: vaccine is the same as immunization#2: vaccine",
        "immunization: vaccine is not the same as immunization#2: vaccine", "result: value as stated >= -1e3",
        "patient: date of birth before 2001-02-03", "result: measured value above 9223372036854775807")
    yield from (f"-{condition}".encode() for condition in conditions)
    yield "\n".join(f"-{condition}" for condition in conditions[:4]).encode()


def texts():
    yield from (b"2027-01-01", b"2024-02-29T12:00:00Z", b"2024-03", b"laboratory", b"treatment", b"north.example/ledger")
    yield from keys()
    for content in formats():
        if len(content) <= 255:
            yield content
            yield base64.b64encode(content)
            yield content.hex().encode()


def corpora(*patterns):
    folder = os.environ.get("CORDON_CORPORA")
    for pattern in patterns if folder else ():
        for path in sorted(path for path in pathlib.Path(folder).glob(pattern) if path.is_file()):
            content = path.read_bytes()
            yield gzip.decompress(content) if path.suffix == ".gz" else content


def age_vectors():
    """The files of age's own test vectors, without the lines that say what is to be expected of them."""
    for content in corpora("age/*"):
        expectation, _, file = content.partition(b"\n\n")
        if expectation.startswith(b"expect:") and b"compressed:" not in expectation:
            yield file


def armored(files):
    for content in files:
        lines = base64.encodebytes(content).replace(b"\n", b"")
        body = b"\n".join(lines[start : start + 64] for start in range(0, len(lines), 64))
        yield b"-----BEGIN AGE ENCRYPTED FILE-----\n" + body + b"\n-----END AGE ENCRYPTED FILE-----\n"


SCHEMA = b"""@doc("x") namespace N { type T = { a?: Long, b: Set<User> }; entity Color enum ["red"];
entity User in [Group] { t: T, d: decimal, i?: ipaddr, at: datetime, for: duration, c: Color } tags Set<String>; entity Group in [Group];
action all; action "read it", write in [all] appliesTo { principal: [User, Group], resource: User, context: { u?: User } }; }"""

POLICIES = b"""@id("1") permit(principal is N::User in N::Group::"g", action in [N::Action::"all"], resource) when {
principal has t.a && principal.t.a + 1 >= -2 * 3 && !(principal in resource) || [1, 2].containsAny([3]) } unless {
if principal.hasTag("\\u{e9}\\n") then principal.getTag("\\u{e9}\\n").contains("a") else "ab" like "a*\\*" };
forbid(principal == ?principal, action == N::Action::"write", resource in ?resource) when { ip("10.0.0.1/8").isLoopback() &&
decimal("1.5").lessThan(principal.d) && principal.at.offset(duration("1d2h")) < datetime("2026-11-21T18:30:00Z") && {"a b": 1}["a b"] != 0 };"""

CEDAR_JSON = (
    b'[{"uid":{"type":"N::User","id":"u"},"attrs":{"d":{"__extn":{"fn":"decimal","arg":"1.5"}},"e":{"__entity":{"type":"U","id":""}},'
    b'"at":{"__extn":{"fn":"offset","args":[{"__extn":{"fn":"datetime","arg":"1970-01-01"}},{"__extn":{"fn":"duration","arg":"1ms"}}]}}},'
    b'"parents":[{"type":"N::Group","id":"g"}],"tags":{"t":[true,-1,"\\u00e9"]}}]',
    b'{"N":{"commonTypes":{"T":{"type":"Record","attributes":{"a":{"type":"Long","required":false}}}},"entityTypes":{"U":{"shape":{"type":"T"},'
    b'"memberOfTypes":["U"],"tags":{"type":"Set","element":{"type":"EntityOrCommon","name":"C"}}},"C":{"enum":["red"]}},"actions":{"a":{"memberOf":'
    b'[{"id":"b"}],"appliesTo":{"principalTypes":["U"],"resourceTypes":["C"],"context":{"type":"T"}}},"b":{}},"annotations":{"doc":"x"}}}',
    b'{"effect":"permit","principal":{"op":"is","entity_type":"U","in":{"slot":"?principal"}},"action":{"op":"in","entities":[{"type":"Action",'
    b'"id":"a"}]},"resource":{"op":"All"},"conditions":[{"kind":"when","body":{"&&":{"left":{"has":{"left":{"Var":"context"},"attr":"a"}},'
    b'"right":{"==":{"left":{".":{"left":{"Var":"context"},"attr":"a"}},"right":{"ip":[{"Value":"::1"}]}}}}}}]}',
)


def group():
    """Elements and scalars, and numbers at the ends of their ranges."""
    for text in strings(json.loads((FIXTURES / "vectors/groups/sg3072.json").read_text())):
        if len(text) in (64, 768):
            yield bytes.fromhex(text)


def seeds(target):
    if target in ("header", "envelope"):
        yield from envelopes()
        yield from age_vectors()
    elif target == "armor":
        yield from armored(envelopes())
        yield from age_vectors()
    elif target == "bech32":
        yield from keys()
    elif target in ("note", "receipt"):
        yield from notes()
        yield from corpora("tlog-static-log/checkpoint*", "tlog-static-log/checkpoints/*")
        for vectors in corpora("tlog-note/*.json"):
            yield from (text.encode() for text in strings(json.loads(vectors)))
    elif target == "group":
        yield from group()
    elif target == "tile":
        yield from tiles()
    elif target == "http":
        yield from messages()
    elif target == "policies":
        yield POLICIES
        yield from corpora("cedar/handwritten/**/*.cedar")
    elif target == "schema":
        yield SCHEMA
        yield SCHEMA + b"\0" + POLICIES
        yield from corpora("cedar/handwritten/**/*.cedarschema")
    elif target == "cedar-json":
        yield from CEDAR_JSON
        yield from corpora("cedar/handwritten/**/*.json")
    elif target == "consent":
        yield from (path.read_bytes() for path in sorted((FIXTURES / "consents").glob("*.json")))
        for case in corpora("fhir-consent/*/*.json"):
            yield from (json.dumps(consent["resource"]).encode() for consent in json.loads(case)["consents"])
    elif target == "words":
        yield from words()
    elif target == "inbox":
        yield from inbox()
    elif target == "configuration":
        yield from configuration()
    elif target == "profile":
        yield from profiles()
    elif target == "presentation":
        yield from proofs()
    elif target == "proof-words":
        yield from proof_words()
    elif target == "text":
        yield from texts()
    elif target == "rules":
        yield from rules()
    elif target == "claims":
        yield from records()
        yield from (b"2026-11-21", b"7.05", b"completed", b"cvx|208", b"http://loinc.org|4548-4", b"not stated")
        types = ("AllergyIntolerance", "Condition", "Immunization", "MedicationRequest", "Observation", "Patient")
        yield from corpora(*(f"fhir-r4-examples/{type}/*.json*" for type in types), "fhir-ips/*.json")
    elif target in ("statement", "proof"):
        yield from statements()
    elif target in ("records", "content"):
        yield from records()
        yield from corpora("fhir-r4-examples/**/*.json*", "fhir-ips/*.json", "fhir-us-core/*.json")
    else:
        yield from formats()


def main():
    corpus = pathlib.Path(sys.argv[1])
    for target in sys.argv[2:]:
        folder = corpus / target
        folder.mkdir(parents=True, exist_ok=True)
        for content in seeds(target):
            if 0 < len(content) <= LARGEST:
                (folder / hashlib.sha256(content).hexdigest()[:40]).write_bytes(content)


main()
