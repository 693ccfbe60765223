"""Section 4 of docs/formats.md: what an entry commits to, what its evidence must be, and the state that follows."""
import base64

from . import layouts
from .codecs import Reader, require, text, u16
from .grants import check_commitment
from .keys import labelled, leaf_hash, merkle_root, message, node_hash, sha256, verify


def slot_root(seed, commitments, level=8, index=0):
    """4.3. `commitments` by slot."""
    taken = {slot: value for slot, value in commitments.items() if slot >> level == index}
    if not taken:
        return labelled("cordon/filler/v1", bytes.fromhex(seed), bytes([level, index])).hex()
    if level == 0:
        return leaf_hash(bytes.fromhex(taken[index])).hex()
    left, right = (slot_root(seed, taken, level - 1, 2 * index + side) for side in (0, 1))
    return node_hash(bytes.fromhex(left), bytes.fromhex(right)).hex()


def fold(proof, commitment):
    """The root that follows if the proof's slot holds the commitment."""
    node = leaf_hash(bytes.fromhex(commitment))
    for level in range(8):
        sibling = bytes.fromhex(proof[f"sibling {level}"])
        node = node_hash(sibling, node) if proof["slot"] >> level & 1 else node_hash(node, sibling)
    return node.hex()


def check_entry(entry, evidence, what):
    """Signatures, body commitment, and what the body signs or commits to."""
    data = message("cordon/entry/v1", entry["origin"], layouts.unsigned_entry(entry) + b"\0")
    require(entry["signatures"], f"{what}: no signature")
    for signature in entry["signatures"]:
        verify(signature["key"], signature["signature"], data, what)
    kind, salt, body = entry["kind"], bytes.fromhex(evidence["salt"]), bytes.fromhex(evidence["body"])
    require(labelled(f"cordon/body/v1/{layouts.KINDS[kind]}", salt, body).hex() == entry["body"], f"{what}: another body")
    require((kind == 7) == (evidence["tree"] is not None), f"{what}: a tree with deposits alone")
    if kind not in layouts.BODIES:
        require(body == b"" and salt == bytes(32), f"{what}: a body where there is none")
        return
    parsed = layouts.BODIES[kind].parse(body)
    check = {7: check_deposit, 8: check_grant, 10: check_decision, 11: check_emergency, 13: check_policies, 15: check_erasure}.get(kind)
    if check:
        check(entry, parsed, evidence, what)


def check_deposit(entry, body, evidence, what):
    origin, compartment = entry["origin"], bytes.fromhex(body["compartment"])
    permission = layouts.permission.parse(bytes.fromhex(body["permission"]))
    require(permission["compartment"] == body["compartment"], f"{what}: another compartment's permission")
    unsigned = bytes.fromhex(body["permission"])[:-64]
    verify(body["compartment"], permission["signature"], message("cordon/deposit-permission/v1", origin, unsigned), what)
    require(slot_root(evidence["tree"]["seed"], descriptor_commitments(evidence)) == entry["event"]["root"], f"{what}: another root")
    for item in evidence["tree"]["slots"]:
        if item["content"]["present"]:
            data = bytes.fromhex(item["content"]["descriptor"])
            descriptor = layouts.descriptor.parse(data)
            require(descriptor["depositor"] == permission["clinic"], f"{what}: another depositor")
            signed = message("cordon/descriptor/v1", origin, compartment + data[:-64])
            verify(descriptor["depositor"], descriptor["signature"], signed, what)


def descriptor_commitments(evidence):
    commitments = {}
    for item in evidence["tree"]["slots"]:
        content = item["content"]
        commitments[item["slot"]] = content["commitment"] if not content["present"] else labelled(
            "cordon/descriptor-commitment/v1", bytes.fromhex(content["salt"]), bytes.fromhex(content["descriptor"])).hex()
    return commitments


def check_grant(entry, body, evidence, what):
    data = layouts.grant.write(entry["event"]) + bytes.fromhex(evidence["body"])[:-64]
    signer = body["authority"]["release"] if body["authority"] else body["compartment"]
    verify(signer, body["signature"], message("cordon/grant/v1", entry["origin"], data), what)
    layouts.consent.parse(bytes.fromhex(body["consent"]))
    check_commitment(entry, body, what)


def check_decision(entry, body, evidence, what):
    origin, event = entry["origin"], entry["event"]
    data = bytes.fromhex(body["request"])
    request = layouts.request.parse(data)
    request_hash = labelled("cordon/request/v1", data)
    record = layouts.decision_record.parse(bytes.fromhex(body["record"]))
    require(record["request"] == request_hash.hex(), f"{what}: a record of another request")
    taken = {item["slot"]: labelled("cordon/released/v1", bytes.fromhex(item["salt"]), bytes.fromhex(item["commitment"])).hex()
             for item in body["released"]}
    require(slot_root(body["seed"], taken) == body["root"] == event["root"], f"{what}: another root")
    released = [item["commitment"] for item in record["records"] if record["rulings"][item["ruling"]]["allows"]]
    require(sorted(released) == sorted(item["commitment"] for item in body["released"]), f"{what}: released other records")
    require(event["released"] == record["verdict"]["released"], f"{what}: another verdict")
    base = bytes.fromhex(body["signature base"])
    verify(request["actor"], body["HTTP signature"], base, what)
    digest = sha256(u16.write(len(data)), data, bytes.fromhex(body["release"]))
    require(f'"content-digest": sha-256=:{base64.b64encode(digest).decode()}:'.encode() in base.split(b"\n"), f"{what}: another message")
    if not event["released"]:
        refusal = labelled("cordon/refusal/v1", bytes.fromhex(body["blind"]), request_hash)
        require(refusal.hex() == event["refusal"], f"{what}: another refusal")
        return
    require(event["grant"] == request["grant"] and event["request"] == request_hash.hex(), f"{what}: another grant or request")
    require(event["release"] == body["release"], f"{what}: another release signature")
    require(event["emergency leaf"] == request["emergency"], f"{what}: another emergency")


def check_emergency(entry, body, evidence, what):
    data = bytes.fromhex(body["declaration"])
    declaration = layouts.declaration.parse(data)
    require(declaration["grant"] == entry["event"]["grant"], f"{what}: another grant")
    verify(declaration["desk"], body["signature"], message("cordon/emergency/v1", entry["origin"], data), what)


def check_policies(entry, body, evidence, what):
    leaves = [text.write(file["name"]) + sha256(bytes.fromhex(file["content"])) for file in body["files"]]
    require(merkle_root(leaves).hex() == entry["event"]["root"], f"{what}: another root")


def check_erasure(entry, body, evidence, what):
    data = bytes.fromhex(body["compartment"]) + layouts.erasure.write(entry["event"])
    verify(body["compartment"], body["signature"], message("cordon/erasure/v1", entry["origin"], data), what)


def check_note(note, pin):
    """C2SP tlog-checkpoint under the pinned key. Gives size and root."""
    body, _, lines = note.partition("\n\n")
    origin, size, root = (body + "\n").splitlines()
    require(origin == pin["origin"], "a checkpoint of another ledger")
    key = bytes.fromhex(pin["ledger key"])
    key_id = sha256(origin.encode(), b"\n\1", key)[:4]
    signatures = [base64.b64decode(line.split(" ")[2]) for line in lines.splitlines() if line.startswith(f"— {origin} ")]
    ours = [signature[4:] for signature in signatures if signature[:4] == key_id]
    require(len(ours) == 1, "a checkpoint without the ledger's signature")
    verify(pin["ledger key"], ours[0].hex(), (body + "\n").encode(), "checkpoint")
    return int(size), base64.b64decode(root, validate=True)


def check_receipt(posted, pin):
    """C2SP tlog-proof: the leaf is at the index of the tree that the checkpoint signs."""
    head, _, note = bytes.fromhex(posted["receipt"]).decode().partition("\n\n")
    first, second, *path = head.split("\n")
    require(first == "c2sp.org/tlog-proof@v1" and second == f"index {posted['index']}", "another receipt")
    size, root = check_note(note, pin)
    index, last, node = posted["index"], size - 1, leaf_hash(bytes.fromhex(posted["leaf"]))
    # RFC 9162, section 2.1.3.2.
    for line in path:
        sibling = base64.b64decode(line, validate=True)
        if index & 1 or index == last:
            node = node_hash(sibling, node)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        index, last = index >> 1, last >> 1
    require(last == 0 and node == root, "a receipt that proves nothing")


def check_export(example, pin):
    """Section 8. Every leaf is hashed, every signature verified."""
    reader, fields = Reader(bytes.fromhex(example["bytes"])), example["fields"]
    require(reader.take(16) == b"cordon-audit-v1\n", "not an audit file")
    note = reader.take(reader.number(4)).decode()
    leaves = [reader.take(reader.number(2)) for _ in range(reader.number(8))]
    evidence = {}
    for _ in range(reader.number(8)):
        index = reader.number(8)
        require(not evidence or index > max(evidence), "evidence out of order")
        evidence[index] = reader.take(reader.number(4))
    require(reader.position == len(reader.data), "bytes follow")
    require(note == fields["checkpoint"] and [leaf.hex() for leaf in leaves] == fields["leaves"], "export: other fields")
    require({item["leaf"]: item["evidence"] for item in fields["evidence"]} == {
        index: data.hex() for index, data in evidence.items()}, "export: other evidence")
    require(leaf_hash(leaves[0]).hex() == pin["genesis"], "another genesis leaf")
    require(check_note(note, pin) == (len(leaves), merkle_root(leaves)), "another tree")
    time = 0
    for index, data in enumerate(leaves):
        leaf = layouts.leaf.parse(data)
        require(leaf["time"] >= time, "time goes back")
        time = leaf["time"]
        check_entry(leaf["entry"], layouts.evidence.parse(evidence[index]), f"leaf {index}")


def check_state(lines, leaves, evidence):
    """4.9: the lines are parsed, and then made again from the leaves."""
    for line in lines:
        tag = int(line["key"][:2], 16)
        require(len(line["key"]) == {0: 2, 9: 2, 0x0a: 18, 0x0b: 26, 0x85: 18}.get(tag, 66), "state: another key")
        layouts.STATE[tag].parse(bytes.fromhex(line["value"]))
    state = {"leaves": leaves}
    for index, data in enumerate(leaves):
        entry = layouts.leaf.parse(bytes.fromhex(data))["entry"]
        kept = layouts.evidence.parse(bytes.fromhex(evidence[index]))
        body = layouts.BODIES[entry["kind"]].parse(bytes.fromhex(kept["body"])) if entry["kind"] in layouts.BODIES else None
        _APPLY[entry["kind"]](state, index, entry, body, kept)
    del state["leaves"]
    made = {key: layouts.STATE[int(key[:2], 16)].write(value).hex() for key, value in state.items()}
    committed = {line["key"]: line["value"] for line in lines}
    require(list(committed) == sorted(committed), "state: out of order")
    for key in sorted(set(made) | set(committed)):
        require(made.get(key) == committed.get(key), f"state: {key}")


def _member(state, index, entry, body, kept):
    event = entry["event"]
    require(index == 0 and event["change"] == 1, "only the first member is expected here")
    member = {name: event[name] for name in ("key", "name", "address")}
    genesis = {name: event["genesis"][name] for name in ("rules version", "ledger key")}
    state["00"] = {"origin": entry["origin"], **genesis, "members": [member], "members changed": index}
    state["01" + event["genesis"]["ledger key"]] = {"use": 1}
    state["01" + event["key"]] = {"use": 2}


def _actor(state, index, entry, body, kept):
    actor = entry["event"]
    state["01" + actor["key"]] = {"use": 3}
    state["02" + actor["key"]] = {"actor": actor, "leaf": index, "revoked": False}
    state["03" + sha256(actor["name"].lower().encode()).hex()] = {"key": actor["key"]}


def _compartment(state, index, entry, body, kept):
    state["01" + entry["event"]["key"]] = {"use": 4}
    state["04" + entry["event"]["key"]] = {"compartment": entry["event"], "leaf": index, "superseded": False}


def _deposit(state, index, entry, body, kept):
    commitments = descriptor_commitments(kept)
    for item in kept["tree"]["slots"]:
        commitment, content = commitments[item["slot"]], item["content"]
        record = None
        if content["present"]:
            descriptor = layouts.descriptor.parse(bytes.fromhex(content["descriptor"]))
            record = descriptor["record"]
            known = state.get("82" + record, {"depositor": descriptor["depositor"], "compartment": body["compartment"],
                                              "retracted": False, "versions": []})
            require(descriptor["version"] == len(known["versions"]) + 1 and not known["retracted"], "a version out of turn")
            require(descriptor["state"] == 1 or known["versions"], "a record that begins as an error")
            state["82" + record] = {**known, "retracted": descriptor["state"] == 2, "versions": known["versions"] + [commitment]}
        state["83" + commitment] = {"compartment": body["compartment"], "position": index * 256 + item["slot"], "record": record}


def _check_authority(state, grant, body, authority):
    above, terms = state["05" + authority["grant"]], state["80" + authority["grant"]]
    require(above["grant"]["release"] == authority["release"], "the authority's key is another")
    require(terms["compartment"] == body["compartment"] != body["grantee"], "a grant beyond its authority")
    require(terms["power"] > 0 and (body["power"] == 0 or (terms["power"], body["power"]) == (2, 1)), "more power than was given")
    require(above["grant"]["from"] <= grant["from"] and grant["until"] <= above["grant"]["until"], "longer than its authority")
    require(above["revocation"] is None, "an authority that was ended")
    require(state["81" + body["compartment"]]["list"] == body["recipient list"], "a list that is not the newest")


def _under(state, control, delegation):
    above = state["80" + control]["authority"]
    return above is not None and (above == delegation or _under(state, above, delegation))


def _grant(state, index, entry, body, kept):
    grant = entry["event"]
    state["01" + grant["control"]] = {"use": 5}
    state["08" + grant["release"]] = {"leaf": index}
    state["05" + grant["control"]] = {"grant": {**grant, "commitment": None}, "leaf": index, "revocation": None}
    authority = body["authority"]
    terms = {**body, "authority": authority and authority["grant"]}
    state["80" + grant["control"]] = {name: terms[name] for name in (
        "compartment", "grantee", "power", "authority", "consent", "compilation", "recipient")}
    require((body["power"] > 0) == (body["grantee"] == grant["release"]), "a delegation is for its own release key")
    if authority:
        _check_authority(state, grant, body, authority)
    opened = state.setdefault("84" + body["compartment"], {"grants": []})
    opened["grants"] = sorted(opened["grants"] + [grant["control"]])
    state["81" + body["compartment"]] = {"list": body["recipient list"]}


def _revocation(state, index, entry, body, kept):
    grant = entry["event"]["grant"]
    state["05" + grant]["revocation"] = index
    open_grants = state["84" + state["80" + grant]["compartment"]]
    open_grants["grants"] = [each for each in open_grants["grants"] if each != grant and not _under(state, each, grant)]
    state["81" + state["80" + grant]["compartment"]] = {"list": body["recipient list"]}


def _decision(state, index, entry, body, kept):
    if entry["event"]["released"]:
        state["06" + entry["event"]["request"]] = {"leaf": index}
        if entry["event"]["emergency leaf"] is not None:
            emergency = state[f"0a{entry['event']['emergency leaf']:016x}"]
            require(emergency["grant"] == entry["event"]["grant"] and emergency["release"] is None, "an emergency not in force")
            emergency["release"] = index


def _emergency(state, index, entry, body, kept):
    opened, due = layouts.leaf.parse(bytes.fromhex(state["leaves"][index]))["time"], entry["event"]["due"]
    require(opened // 1440 < due <= opened // 1440 + 30, "a review that is never due")
    state[f"0a{index:016x}"] = {"grant": entry["event"]["grant"], "opened": opened, "due": due, "release": None, "review": None}
    state[f"0b{due:08x}{index:016x}"] = {"leaf": index}
    state[f"85{index:016x}"] = layouts.declaration.parse(bytes.fromhex(body["declaration"]))
    state["86" + labelled("cordon/emergency/v1", bytes.fromhex(body["declaration"])).hex()] = {"leaf": index}


def _review(state, index, entry, body, kept):
    reviewed = entry["event"]["emergency"]
    emergency = state[f"0a{reviewed:016x}"]
    require(emergency["review"] is None, "a review of what was reviewed")
    emergency["review"] = index
    del state[f"0b{emergency['due']:08x}{reviewed:016x}"]


def _policies(state, index, entry, body, kept):
    since = max(state["00"]["members changed"], state.get("09", {"leaf": 0})["leaf"])
    require(entry["event"]["since"] == since, "policies for other members, or in place of others")
    require(state.get("09", {"root": None})["root"] != entry["event"]["root"], "policies that are in force already")
    state["09"] = {"root": entry["event"]["root"], "leaf": index}


def _erasure(state, index, entry, body, kept):
    for commitment in entry["event"]["commitments"]:
        state["07" + commitment] = {"leaf": index}
        record = state["83" + commitment]["record"]
        state["83" + commitment]["record"] = None
        if record:
            state["82" + record]["versions"].remove(commitment)
            if not state["82" + record]["versions"]:
                del state["82" + record]


_APPLY = {1: _member, 2: _actor, 5: _compartment, 7: _deposit, 8: _grant, 9: _revocation, 10: _decision, 11: _emergency,
          12: _review, 13: _policies, 15: _erasure, 19: lambda *_: None}
