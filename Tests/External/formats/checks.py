"""What each file of examples promises."""
import base64
import datetime
import json
import pathlib

from . import codecs, layouts, proofs
from .codecs import require
from .grants import check_opening
from .keys import AgeFile, labelled, leaf_hash, merkle_root, message, public_key, sha256, verify
from .ledger import check_entry, check_export, check_receipt, check_state, fold, slot_root
from .secrets import SKIPPED, envelopes, keys

ORIGIN = "north.example/ledger"


def parse(example, codec, what):
    """The bytes taken apart are the fields, and the fields put together are the bytes."""
    value = codec.parse(bytes.fromhex(example["bytes"]))
    require(value == example["fields"], f"{what}: other fields")
    return value


def check_signature(codec, value, label, key, prefix=b""):
    """The signature covers what stands before it."""
    data = message(label, ORIGIN, prefix + codec.write(value)[:-64])
    verify(key, value["signature"], data, label)


def conventions(files):
    file = files["conventions.json"]
    types = {
        "u8": codecs.u8, "u16": codecs.u16, "u32": codecs.u32, "u64": codecs.u64, "flag": codecs.flag, "b16": codecs.string(2),
        "b32": codecs.string(4), "text": codecs.text, "list8(u16)": codecs.listing(1, codecs.u16),
        "list16(u8)": codecs.listing(2, codecs.u8), "opt(u8)": codecs.opt(codecs.u8), "minute": codecs.minute,
    }
    for example in file["encodings"]:
        value = types[example["type"]].parse(bytes.fromhex(example["bytes"]))
        require(value == example["value"], f"{example['type']}: {value}")
    require(file["labels"] == LABELS, "labels: others, or in another order")
    example = file["hash"]
    parts = [bytes.fromhex(part) for part in example["parts"]]
    require(labelled(example["label"], *parts).hex() == example["hash"], "hash")
    example = file["signature"]
    data = message(example["label"], example["origin"], bytes.fromhex(example["bytes"]))
    require(data.hex() == example["message"], "what is signed")
    require(public_key(bytes.fromhex(example["seed"])) == example["key"], "a key")
    verify(example["key"], example["signature"], data, "signature")
    for example in file["days"]:
        date = datetime.date(1970, 1, 1) + datetime.timedelta(days=example["day"])
        require(date.isoformat() == example["date"], "a day")


LABELS = [f"cordon/{name}/v1" for name in (
    "entry", "recipient", "recipient-list", "compartment-next", "compartment-recovery", "deposit-permission", "descriptor",
    "descriptor-commitment", "claims-anchors", "released", "filler", "grant", "request", "release", "refusal", "emergency", "erasure", "label-rules",
    "snapshot", "claims-schema", "credential", "anchor", "holder-context", "grant-commitment", "grant-context", "proof-request", "proof-request-hash", "application", "candidacy", "invite", "card", "emergency-card", "person", "slip", "ask", "notice", "emergency-notice", "claim-set", "claims-wish", "claims-copies")]


def entries(files):
    for name, example in files["entries.json"].items():
        value = parse(example, layouts.entry, name)
        evidence = parse(example["evidence"], layouts.evidence, f"{name}, evidence")
        leaf = layouts.leaf.parse(bytes.fromhex(example["leaf"]["bytes"]))
        require(leaf == {"time": example["leaf"]["time"], "entry": value}, f"{name}: another leaf")
        codec = layouts.BODIES.get(value["kind"])
        require((codec is None) == (example["body"] is None), f"{name}: a body or none")
        if codec:
            require(codec.parse(bytes.fromhex(evidence["body"])) == example["body"], f"{name}: another body")
        check_entry(value, evidence, name)
        require(leaf_hash(bytes.fromhex(example["leaf"]["bytes"])).hex() == example["leaf"]["hash"], f"{name}: leaf hash")
    example = files["entries.json"]["grant with a commitment"]
    check_opening(example["fields"], example["body"], bytes.fromhex(files["keys.json"]["patient"]["seed"]))
    kinds = {example["fields"]["kind"] for example in files["entries.json"].values()}
    require(kinds == set(layouts.KINDS), "a kind without an example")


def lists(files):
    file = files["lists.json"]
    previous = "00" * 32
    for serial, name in enumerate(("first", "second")):
        value = parse(file[name], layouts.recipient_list, name)
        unsigned = layouts.recipient_list.write(value)[:-64]
        require(labelled("cordon/recipient-list/v1", unsigned).hex() == file[name]["hash"], f"{name}: another hash")
        require(value["serial"] == serial and value["previous"] == previous, f"{name}: does not follow")
        check_signature(layouts.recipient_list, value, "cordon/recipient-list/v1", value["compartment"])
        previous = file[name]["hash"]
    value = parse(file["permission"], layouts.permission, "permission")
    check_signature(layouts.permission, value, "cordon/deposit-permission/v1", value["compartment"])


def snapshot(files):
    example = files["snapshot.json"]["snapshot"]
    check_signature(layouts.snapshot, parse(example, layouts.snapshot, "snapshot"), "cordon/snapshot/v1", example["member"])


def descriptors(files):
    file = files["descriptors.json"]
    for name in ("laboratory", "referral", "with claims"):
        example = file[name]
        value = parse(example, layouts.descriptor, name)
        compartment, salt = bytes.fromhex(example["compartment"]), bytes.fromhex(example["salt"])
        check_signature(layouts.descriptor, value, "cordon/descriptor/v1", value["depositor"], prefix=compartment)
        data = bytes.fromhex(example["bytes"])
        require(labelled("cordon/descriptor-commitment/v1", salt, data).hex() == example["commitment"], f"{name}: commitment")
    for name in ("tree", "empty tree"):
        taken = {item["slot"]: item["commitment"] for item in file[name]["commitments"]}
        require(slot_root(file[name]["seed"], taken) == file[name]["root"], f"{name}: root")
        for item in file[name]["commitments"]:
            proof = layouts.slot_proof.parse(bytes.fromhex(item["proof"]))
            require(proof["slot"] == item["slot"] and fold(proof, item["commitment"]) == file[name]["root"], f"{name}: proof")


def claims(files):
    file = files["claims.json"]
    value = parse(file["claims"], layouts.claims, "claims")
    AgeFile(bytes.fromhex(value["file"])).require_hybrid()
    anchors = b"".join(bytes.fromhex(anchor) for anchor in value["anchors"])
    named = {"anchors": labelled("cordon/claims-anchors/v1", len(value["anchors"]).to_bytes(2, "big"), anchors).hex(),
             "file": sha256(bytes.fromhex(value["file"])).hex()}
    require(named == file["claims"]["anchor"], "claims: another anchor")
    require(files["descriptors.json"]["with claims"]["fields"]["claims anchor"] == named, "a descriptor of other claims")
    tree = parse(file["tree"], layouts.anchor_tree, "tree")
    published = files["entries.json"]["claims-anchors"]["fields"]["event"]
    root = merkle_root([bytes.fromhex(anchor) for anchor in tree["hashes"]]).hex()
    require(published == {"root": root, "count": len(tree["hashes"])}, "tree: another root")
    require(set(value["anchors"]) <= set(tree["hashes"]), "tree: an anchor is missing")


def facts(files):
    for name, example in files["facts.json"].items():
        value = parse(example, layouts.facts, name)
        for limit, date in (("earliest", example["from"]), ("latest", example["to"])) if value["days"] else ():
            require(datetime.date.fromordinal(value["days"][limit] + 1).isoformat() == date, f"{name}: a day")


def requests(files):
    file = files["requests.json"]
    for name in ("consent", "restriction", "consent in FHIR", "emergency consent"):
        parse(file[name], layouts.consent, name)
    compilation = file["compilation"]
    require("context has emergency" not in str(compilation) and '"has"' in file["emergency compilation"]["policies"], "an emergency")
    require(sha256(compilation["policies"].encode()).hex() == compilation["hash"], "compilation: another hash")
    policies = json.loads(compilation["policies"])
    require(list(policies) == ["templates", "staticPolicies", "templateLinks"], "compilation: no set of policies")
    control = file["release"]["fields"]["grant"]["control"]
    require(set(policies["staticPolicies"]) == {f"{control}/permit"}, "compilation: another permit")
    for name in ("request", "filtered request", "emergency request"):
        parse(file[name], layouts.request, name)
        require(labelled("cordon/request/v1", bytes.fromhex(file[name]["bytes"])).hex() == file[name]["hash"], f"{name}: hash")
    for name in ("release", "delegated", "refusal", "unknown grant", "held back", "emergency release"):
        value = parse(file[name], layouts.decision_record, name)
        require(value["engine"] == "cedar/4.5 consents/1 semantics/1", f"{name}: another engine")
        kind = "emergency " if name == "emergency release" else ""
        require(value["request"] == file[kind + "request"]["hash"], f"{name}: another request")
        allowed = any(value["rulings"][record["ruling"]]["allows"] for record in value["records"])
        require(value["verdict"]["released"] == allowed, f"{name}: a verdict that does not follow")
        if value["grant"]:
            require(value["grant"]["consent"] == sha256(bytes.fromhex(file[kind + "consent"]["bytes"])).hex(), f"{name}: consent")
            require(value["grant"]["compilation"] == file[kind + "compilation"]["hash"], f"{name}: compilation")


def evidence(files):
    value = parse(files["evidence.json"]["erased"], layouts.evidence, "erased")
    deposit = files["entries.json"]["deposit"]["fields"]
    check_entry(deposit, value, "erased")


def papers(files):
    for name, example in files["papers.json"].items():
        kind, codec, label, holder = {
            "invite": ("INVITE", layouts.invite, "invite", "clinic"), "card": ("CARD", layouts.card, "card", "inbox"),
            "emergency card": ("EMERGENCY CARD", layouts.emergency_card, "emergency-card", "inbox"),
            "candidacy": ("CANDIDACY", layouts.candidacy, "candidacy", "key"),
            "proposal": ("PROPOSAL", layouts.proposal, None, None), "proposed member": ("PROPOSAL", layouts.proposal, None, None),
            "proposed policies": ("PROPOSAL", layouts.proposal, None, None),
            "person": ("PERSON", layouts.person, "person", "inbox"),
        }.get(name, ("APPLICATION", layouts.application, "application", "key"))
        value = parse(example, codec, name)
        if label:
            check_signature(codec, value, f"cordon/{label}/v1", value[holder])
        else:
            proposed = layouts.entry.parse(bytes.fromhex(value["entry"]))
            check_entry(proposed, {"salt": value["salt"], "body": value["body"], "tree": None}, name)
        check_text(kind, example, name)
        for slot in value.get("slots", []):
            check_slot(slot, value["clinic"])


def check_text(kind, example, name):
    data = base64.b64encode(bytes.fromhex(example["bytes"])).decode()
    lines = [data[index:index + 64] for index in range(0, len(data), 64)]
    written = [f"-----BEGIN CORDON {kind}-----", *lines, f"-----END CORDON {kind}-----", ""]
    require("\n".join(written) == example["text"], f"{name}: another text")


def check_code(kind, example, name):
    """RFC 9285: a group's number, from the least digit on."""
    data, digits = bytes.fromhex(example["bytes"]), "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
    written = f"CORDON:{kind}:"
    for index in range(0, len(data), 2):
        group = data[index:index + 2]
        number = int.from_bytes(group, "big")
        written += "".join(digits[number // 45 ** place % 45] for place in range(len(group) + 1))
    require(written == example["code"], f"{name}: another code")


def proof_papers(files):
    """docs/proofs.md, from the holder's commitment on the card to the proof of what a presentation says."""
    file, card, group = files["proofs.json"], files["papers.json"]["card"], proofs.found_group()
    schemas = proofs.published(json.loads((pathlib.Path(__file__).parents[3] / "fixtures/vectors/claims/schemas.json").read_text()))
    A = proofs.check_holder(card["fields"], bytes.fromhex(card["bytes"]), group)
    claims = parse(file["claims file"], proofs.claims_file, "claims file")
    require(file["claims file"]["issuer"] == card["fields"]["clinic"], "another clinic's card")
    proofs.check_claims(file["claims file"], claims, A, schemas, group)
    request = parse(file["request"], proofs.request, "request")
    check_signature(proofs.request, request, "cordon/proof-request/v1", request["verifier"])
    request_hash = labelled("cordon/proof-request-hash/v1", bytes.fromhex(file["request"]["bytes"])).hex()
    require(request_hash == file["request"]["hash"] and request["made"] < request["until"], "request")
    presentation = parse(file["presentation"], proofs.presentation, "presentation")
    proofs.check_presentation(presentation, file["presentation"], proofs.Meaning(request, schemas, group), request_hash)
    check_text("PROOF REQUEST", file["request"], "request")
    check_code("PROOF-REQUEST", file["request"], "request")
    check_text("PRESENTATION", file["presentation"], "presentation")


def check_slot(slot, clinic):
    entry = layouts.entry.parse(bytes.fromhex(slot["entry"]))
    check_entry(entry, {"salt": "00" * 32, "body": "", "tree": None}, "a card's entry")
    compartment = entry["event"]["key"]
    require([signature["key"] for signature in entry["signatures"]] == [compartment], "signed by others")
    for codec, name, label in ((layouts.recipient_list, "list", "recipient-list"),
                               (layouts.permission, "permission", "deposit-permission")):
        value = codec.parse(bytes.fromhex(slot[name]))
        require(value["compartment"] == compartment and value.get("clinic", clinic) == clinic, "another compartment or clinic")
        check_signature(codec, value, f"cordon/{label}/v1", compartment)


def messages(files):
    file = files["messages.json"]
    for number, (name, label, holder) in enumerate((("slip", "slip", "grant"), ("wish", "ask", "actor"),
                                                    ("notice", "notice", "actor"),
                                                    ("emergency notice", "emergency-notice", "actor"),
                                                    ("claims wish", "claims-wish", "inbox"),
                                                    ("claims copies", "claims-copies", "issuer")), 1):
        codec = getattr(layouts, name.replace(" ", "_"))
        value = parse(file[name], codec, name)
        check_signature(codec, value, f"cordon/{label}/v1", value[holder])
        sealed = file[f"sealed {name}"]
        data = bytes.fromhex(sealed["file"])
        require(len(data) <= 73_728, "a message too large")
        age = AgeFile(data)
        age.require_hybrid()
        sizes = [size for size in (8_192, 16_384, 32_768, 65_536) if size >= 5 + len(sealed["content"]) // 2]
        require(age.plaintext_size == sealed["plaintext size"] == sizes[0], "another padding")
        require(sealed["kind"] == number and sealed["content"] == file[name]["bytes"], "another content")


def http(files):
    request, answer = files["http.json"]["request"], files["http.json"]["answer"]
    require(request["Content-Digest"] == digest(request["body"]), "a digest")
    parameters = request["Signature-Input"].removeprefix("sig=")
    form = '("@method" "@target-uri" "content-digest" "content-type");created={};expires={};nonce="{}";keyid="{}";tag="cordon/v1"'
    created, expires = (int(parameters.split(f"{name}=")[1].split(";")[0]) for name in ("created", "expires"))
    nonce = parameters.split('nonce="')[1][:64]
    require(parameters == form.format(created, expires, bytes.fromhex(nonce).hex(), request["key"]), "another form")
    require(1 <= expires - created <= 120, "a lifetime")
    base = "\n".join(['"@method": POST', f'"@target-uri": {request["target"]}', f'"content-digest": {request["Content-Digest"]}',
                      f'"content-type": {request["content type"]}', f'"@signature-params": {parameters}'])
    require(base == request["base"] and request["content type"] == "application/vnd.cordon.v1", "another base")
    signed(request, base)
    require(request["Signature"] == field(request["signature"]), "another field")
    layouts.CALLS["requests"].parse(bytes.fromhex(request["body"]))
    require(answer["Content-Digest"] == digest(answer["body"]), "a digest")
    parameters = answer["Signature-Input"].removeprefix("sig=")
    form = '("@status" "content-digest" "@method";req "@target-uri";req "signature";req);created={};keyid="{}";tag="cordon/v1"'
    created = int(parameters.split("created=")[1].split(";")[0])
    require(parameters == form.format(created, answer["key"]), "another form")
    base = "\n".join([f'"@status": {answer["status"]}', f'"content-digest": {answer["Content-Digest"]}', '"@method";req: POST',
                      f'"@target-uri";req: {request["target"]}', f'"signature";req: {request["Signature"]}',
                      f'"@signature-params": {parameters}'])
    signed(answer, base)
    layouts.error.parse(bytes.fromhex(answer["body"]))


def digest(body):
    return f"sha-256=:{base64.b64encode(sha256(bytes.fromhex(body))).decode()}:"


def field(signature):
    return f"sig=:{base64.b64encode(bytes.fromhex(signature)).decode()}:"


def signed(example, base):
    value = example["Signature"]
    require(value.startswith("sig=:") and value.endswith(":"), "another field")
    verify(example["key"], base64.b64decode(value[5:-1], validate=True).hex(), base.encode(), "an HTTP signature")


def calls(files):
    file = files["calls.json"]
    require(set(file) == set(layouts.CALLS) | layouts.PAYLOADS, "calls: others than the table's")
    for name, codec in layouts.CALLS.items():
        parse(file[name], codec, name)


def audit(files):
    file = files["audit.json"]
    pin = parse(file["pin"], layouts.pin, "pin")
    check_export(file["export"], pin)
    receipt = parse(file["receipt"], layouts.posted_leaf, "receipt")
    require(bytes.fromhex(receipt["receipt"]).decode() == file["receipt"]["text"], "receipt: another text")
    check_receipt(receipt, pin)


def state(files):
    export = files["audit.json"]["export"]["fields"]
    check_state(files["state.json"]["state"], export["leaves"], {item["leaf"]: item["evidence"] for item in export["evidence"]})


def profiles(files):
    file = files["profiles.json"]
    for name, members in (
            ("patient's state", {"pin", "name", "commitments", "backupRecipient", "fetchKey", "nextGrant", "grants", "held", "granted",
                                 "lists", "wishes", "nextWish", "notices", "emergencyNotices", "emergenciesSeen", "inboxRead",
                                 "isConfidential"}),
            ("clinic's state", {"pin", "name", "patients", "grants", "inboxRead", "emergencies"})):
        require(set(json.loads(file[name]["JSON"])) == members, f"{name}: other members")
    require(file["backup"]["words"] == files["keys.json"]["recovery"]["words"], "backup: other words")
    backup = layouts.backup.parse(bytes.fromhex(file["backup"]["bytes"]))
    seed, sealed_state = (AgeFile(bytes.fromhex(part)) for part in backup.values())
    seed.require_hybrid()
    sealed_state.require_hybrid()
    require(seed.plaintext_size == 32, "backup: a seed")
    index = AgeFile(bytes.fromhex(file["index"]["file"]))
    index.require_hybrid()
    records = b"".join(bytes.fromhex(record) for record in file["index"]["records"])
    require(index.plaintext_size == 2 + len(records), "index: another size")
    for record in file["index"]["records"]:
        layouts.received_record.parse(bytes.fromhex(record))


FILES = {
    f"{name}.json": check for name, check in {
        "conventions": conventions, "keys": keys, "envelopes": envelopes, "entries": entries, "lists": lists,
        "descriptors": descriptors, "claims": claims, "facts": facts, "requests": requests, "evidence": evidence, "papers": papers,
        "messages": messages, "http": http, "calls": calls, "audit": audit, "state": state, "profiles": profiles,
        "snapshot": snapshot, "proofs": proof_papers}.items()
}
