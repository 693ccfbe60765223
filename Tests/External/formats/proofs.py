"""Sections 3, 4, 7 and 9 of docs/proofs.md: claims files, requests and presentations, and the way from the last two to the statement."""
from proofs.blocks import blocks, live
from proofs.claims import ABSENT, hashed, holder_relation, holder_tag, scalar_of
from proofs.group import Group
from proofs.statement import GRANT, check_signatures, parse, statement
from proofs.verifier import verify as verify_proof

from . import layouts
from .codecs import (
    Codec, Reader, ascending, day, fixed, hash_, key, listing, minute, opt, require, sig, string, struct, text, u8, u16, u32, u64)
from .keys import labelled, leaf_hash, message, sha256, verify

ORIGIN = "north.example/ledger"
BOUND, OFFSET = 1 << 62, 1 << 62
DATE, NUMBER, CODE, OPEN, TEXT, CUT = range(1, 7)
CONSENT, PURPOSES = 8, 10


def signed(number):
    return number - (1 << 64) if number >> 63 else number


# Section 3
def _read_value(reader):
    start = reader.position
    kind = u8.read(reader)
    require(kind < 6, "a value of no type")
    if kind == 2:
        require(abs(signed(u64.read(reader))) < BOUND, "a number out of range")
    elif kind in (1, 3):
        u16.read(reader)
    for _ in range({4: 2, 5: 1}.get(kind, 0)):
        part = reader.take(u16.read(reader))
        require(1 <= len(part.decode("utf-8").encode()) <= 255, "a text of no bytes or too many")
    return reader.data[start:reader.position].hex()


value = Codec(_read_value, bytes.fromhex)
schema_name = (("schema", text), ("schema version", u16))
validity = (("from", day), ("last", day))
claim_set = struct(
    *schema_name, ("reference", text), ("values", listing(1, value)), *validity,
    ("copies", listing(1, struct(("blinding", fixed(32)), ("signature", sig)), 16, 1)))
claims_file = struct(("record", fixed(32)), ("version", u32), ("sets", listing(2, claim_set, 2_048, 1)), bound=1 << 20)
schema_bytes = struct(
    ("name", text), ("version", u16),
    ("fields", listing(1, struct(("name", text), ("kind", u8), ("unit", text), ("scale", u8), ("list", text)), 13)))


class Schema:
    """A schema by its bytes."""

    def __init__(self, published, lists):
        data = bytes.fromhex(published["canonical"])
        parsed = schema_bytes.parse(data)
        self.fields, self.hash = parsed["fields"], labelled("cordon/claims-schema/v1", data)
        self.codes = [len(lists[field["list"]].split(" ")) - 1 if field["kind"] == CODE else 0 for field in self.fields]
        self.always = [index for index, field in enumerate(published["fields"]) if field.split(" ")[4] == "always"]

    def fits(self, data, index):
        """Whether the field can have the value."""
        data, kind = bytes.fromhex(data), self.fields[index]["kind"]
        allowed = {DATE: 1, NUMBER: 2, CUT: 2, CODE: 3, OPEN: 4, TEXT: 5}[kind]
        return data[0] in (0, allowed) and (data[0] != 3 or int.from_bytes(data[1:], "big") < self.codes[index])

    def shown(self, asked):
        require(all(index < len(self.fields) for index in asked), "no such field")
        return sorted({*asked, *self.always})


# Section 7
field = struct(("record", u8), ("field", u8))
values = listing(2, value, 4_096, 2, order=bytes.fromhex)
CONDITIONS = {
    1: (("field", field), ("low", u64), ("high", u64)), 2: (("field", field), ("values", values)), 3: (("field", field), ("value", value)),
    4: (("field", field), ("other", field)), 5: (("field", field), ("other", field)),
    6: (("field", field), ("other", field), ("low", u64), ("high", u64)), 7: (("field", field), ("value", value)),
    CONSENT: (("actor", key), ("purpose", u8), ("category", u16), ("day", day), ("size", u64)),
}


def _read_condition(reader):
    start, kind = reader.position, u8.read(reader)
    require(kind in CONDITIONS, "a condition of no kind")
    struct(*CONDITIONS[kind]).read(reader)
    return reader.data[start:reader.position].hex()


def _read_shown(reader):
    data = reader.take(u8.read(reader))
    ascending(list(data), "fields")
    return data.hex()


condition = Codec(_read_condition, bytes.fromhex)
shown_fields = Codec(_read_shown, string(1).write)
request = struct(
    ("pin", layouts.pin), ("name", text), ("verifier", key), ("nonce", fixed(32)), ("purpose", text), ("made", minute), ("until", minute),
    ("asked", listing(1, struct(*schema_name, ("shown", shown_fields)), 8, 1)),
    ("conditions", listing(1, condition, 16)), ("signature", sig), bound=1 << 18)
answer = struct(
    ("issuer", key), *validity, ("signature", sig), ("commitment", fixed(384)), ("values", listing(1, value, 13)),
    ("leaf", u64), ("index", u32), ("path", listing(1, hash_, 20)))
presentation = struct(
    ("request", hash_), ("answers", listing(1, answer, 8, 1)),
    ("covered", opt(struct(("commitment", fixed(384)), ("size", u64), ("block", u16)))), ("proof", string(4, 1 << 15)), bound=1 << 16)


def parsed(data):
    """A condition's kind and parts."""
    data = bytes.fromhex(data)
    return data[0], struct(*CONDITIONS[data[0]]).read(Reader(data[1:]))


def anchor(commitment, signature):
    return labelled("cordon/anchor/v1", commitment, bytes.fromhex(signature))


def check_credential(value, schema, commitment, issuer):
    data = schema.hash + sha256(commitment) + day.write(value["from"]) + day.write(value["last"])
    verify(issuer, value["signature"], message("cordon/credential/v1", ORIGIN, data), "a credential")


def check_holder(card, written, group):
    """The commitment on a card, and that its maker could open it."""
    tail = bytes.fromhex(card["holder"]["commitment"] + card["holder"]["proof"] + card["signature"])
    require(written.endswith(b"\1" + tail), "the holder's part stands at the end")
    context = labelled("cordon/holder-context/v1", written[:-len(tail) - 1]).hex()
    A = group.read(bytes.fromhex(card["holder"]["commitment"]))
    holder_relation(group, A).verify(holder_tag(context), "compact", bytes.fromhex(card["holder"]["proof"]))
    return A


def check_claims(example, value, A, schemas, group):
    """What each copy commits to, computed from what opens it."""
    anchors = []
    for item in value["sets"]:
        schema = schemas[item["schema"], item["schema version"]]
        require(len(item["values"]) == len(schema.fields), "another number of fields")
        require(all(schema.fits(data, index) for index, data in enumerate(item["values"])), "a value of another type")
        require(item["from"] <= item["last"], "it ends before it begins")
        scalars = {0: int.from_bytes(schema.hash, "big") % group.q, 2: item["last"]}
        scalars |= {3 + index: scalar_of(bytes.fromhex(data), group.q) for index, data in enumerate(item["values"])}
        for copy in item["copies"]:
            powers = [(group.generator(f"G/{number}"), scalar) for number, scalar in scalars.items()]
            blinding = group.read_scalar(bytes.fromhex(copy["blinding"]))
            commitment = group.write(group.product((A, 1), (group.generator("H"), blinding), *powers))
            check_credential({**item, "signature": copy["signature"]}, schema, commitment, example["issuer"])
            anchors.append(anchor(commitment, copy["signature"]).hex())
    require(anchors == example["anchors"], "other anchors")


class Meaning:
    """A request's step to the predicates of a statement."""

    def __init__(self, value, schemas, group):
        self.value, self.group = value, group
        self.schemas = [schemas[asked["schema"], asked["schema version"]] for asked in value["asked"]]
        self.shown = [schema.shown(bytes.fromhex(asked["shown"])) for schema, asked in zip(self.schemas, value["asked"])]
        consents = [parts for kind, parts in map(parsed, value["conditions"]) if kind == CONSENT]
        require(len(consents) < 2, "two grants are asked for")
        self.consent = consents[0] if consents else None

    def kind(self, place):
        return self.schemas[place["record"]].fields[place["field"]]["kind"]

    def check(self, kind, parts):
        """What a request may not ask."""
        for name in ("field", "other"):
            if name in parts:
                is_shown = parts[name]["field"] in self.shown[parts[name]["record"]]
                require(is_shown == (kind == 7), "a field is shown and proven, or neither")
        for data in [parts["value"]] if "value" in parts else parts.get("values", []):
            require(data != "00" and self.schemas[parts["field"]["record"]].fits(data, parts["field"]["field"]), "no value of it")
        if "low" in parts:
            low, high = signed(parts["low"]), signed(parts["high"])
            require(low < high and max(abs(low), abs(high)) < BOUND, "bounds")
        if "purpose" in parts:
            require(1 <= parts["purpose"] <= PURPOSES, "no purpose")

    def scalar(self, data):
        return self.group.write_scalar(scalar_of(bytes.fromhex(data), self.group.q)).hex()

    def predicates(self, data):
        kind, parts = parsed(data)
        self.check(kind, parts)
        of, other = (attribute(parts[name]) if name in parts else None for name in ("field", "other"))

        def is_stated(place):
            return {"kind": 3, "of": place, "value": self.group.write_scalar(ABSENT).hex()}
        if kind == 1:
            offset = 0 if self.kind(parts["field"]) == DATE else OFFSET
            return [{"kind": 1, "of": of, "low": signed(parts["low"]) + offset, "high": signed(parts["high"]) + offset}]
        if kind == 2:
            return [{"kind": 2, "of": of, "set": sorted(self.scalar(data) for data in parts["values"])}]
        if kind == 3:
            return [{"kind": 3, "of": of, "value": self.scalar(parts["value"])}, is_stated(of)]
        if kind == 4:
            return [{"kind": 4, "of": of, "other": other}, is_stated(of), is_stated(other)]
        if kind == 5:
            return [{"kind": 5, "of": of, "other": other}, is_stated(of)]
        if kind == 6:
            low, high = signed(parts["low"]), signed(parts["high"])
            terms = [{"of": of, "coefficient": 1}, {"of": other, "coefficient": (1 << 32) - 1}]
            start = self.group.write_scalar(low % self.group.q).hex()
            return [{"kind": 6, "terms": terms, "low": start, "width": high - low}, is_stated(of)]
        if kind == CONSENT:
            masks = [mask for mask in range(0, 2 << PURPOSES, 2) if mask >> parts["purpose"] & 1]
            return [{"kind": 2, "of": {"record": len(self.schemas), "attribute": 5}, "set": list(map(self.written, masks))}]
        return []

    def written(self, number):
        return self.group.write_scalar(number).hex()

    def covering(self, covered, leaves):
        """What is proven of a grant, by the block that is named."""
        require(covered["size"] >= self.consent["size"] and covered["size"] <= len(leaves), "another size")
        found = blocks(live(leaves, covered["size"], self.consent["day"]))
        require(covered["block"] < len(found), "no such block")
        actor = hashed(4, bytes.fromhex(self.consent["actor"]), self.group.q)
        scalars = {0: GRANT % self.group.q, 3: 1, 4: actor, 6: self.consent["category"]}
        return {
            "C": covered["commitment"],
            "shown": [{"attribute": index, "scalar": self.written(scalar)} for index, scalar in scalars.items()],
            "candidates": [leaves[index]["commitment"] for index in found[covered["block"]]]}

    def record(self, number, answer):
        schema, shown = self.schemas[number], self.shown[number]
        require(len(answer["values"]) == len(shown), "other fields are shown")
        require(all(schema.fits(data, index) for index, data in zip(shown, answer["values"])), "a value of another type is shown")
        scalars = {0: int.from_bytes(schema.hash, "big") % self.group.q, 2: answer["last"]}
        scalars |= {3 + index: scalar_of(bytes.fromhex(data), self.group.q) for index, data in zip(shown, answer["values"])}
        items = [{"attribute": index, "scalar": self.group.write_scalar(scalar).hex()} for index, scalar in sorted(scalars.items())]
        return {"issuer": answer["issuer"], "schema": schema.hash.hex(), "attributes": 3 + len(schema.fields), "from": answer["from"],
                "last": answer["last"], "credential": answer["signature"], "C": answer["commitment"], "shown": items}

    def statement(self, request_hash, answers, covered=None, leaves=()):
        require(len(answers) == len(self.schemas), "other answers")
        require((covered is None) == (self.consent is None), "a grant that was not asked for, or none that was")
        for data in self.value["conditions"]:
            kind, parts = parsed(data)
            if kind == 7:
                place = self.shown[parts["field"]["record"]].index(parts["field"]["field"])
                require(answers[parts["field"]["record"]]["values"][place] == parts["value"], "what is shown is not what was asked")
        predicates = [predicate for data in self.value["conditions"] for predicate in self.predicates(data)]
        first = {"record": 0, "attribute": 1}
        records = range(1, len(answers) + bool(covered))
        predicates += [{"kind": 5, "of": {"record": number, "attribute": 1}, "other": first} for number in records]
        covering = {"covering": self.covering(covered, leaves)} if covered else {}
        return statement.write({
            "version": 2 if covered else 1, "suite": "sigma-proofs_Shake128_SG3072", "parameters": self.group.parameters.hex(),
            "origin": self.value["pin"]["origin"], "verifier": self.value["verifier"], "nonce": self.value["nonce"],
            "request": request_hash, "until": self.value["until"],
            "records": [self.record(number, answer) for number, answer in enumerate(answers)], "predicates": predicates,
            **covering})


def attribute(place):
    return {"record": place["record"], "attribute": 3 + place["field"]}


def check_path(answer, root):
    """From the anchor to the root of the tree."""
    node, index = leaf_hash(anchor(bytes.fromhex(answer["commitment"]), answer["signature"])), answer["index"]
    for sibling in map(bytes.fromhex, answer["path"]):
        node = sha256(b"\1", sibling, node) if index & 1 else sha256(b"\1", node, sibling)
        index >>= 1
    require(index == 0 and node.hex() == root, "another tree")


def ledger_leaf(time, entry):
    """What blocks are found by. A grant stands from its leaf's day on, however early it says that it began."""
    event = entry["event"]
    if entry["kind"] == 8:
        return {"grant": event["control"], "from": max(event["from"], time // 1440), "until": event["until"], "committed": event["commitment"] is not None,
                "commitment": event["commitment"]}
    return {"revokes": event["grant"]} if entry["kind"] == 9 else {}


def check_presentation(value, example, meaning, request_hash):
    """The statement is made anew, and its proof holds."""
    require(value["request"] == request_hash, "of another request")
    parsed = [layouts.leaf.parse(bytes.fromhex(data)) for data in example.get("leaves", [])]
    leaves = [ledger_leaf(leaf["time"], leaf["entry"]) for leaf in parsed]
    made = meaning.statement(request_hash, value["answers"], value["covered"], leaves)
    require(made.hex() == example["statement"], "another statement")
    for schema, item in zip(meaning.schemas, value["answers"], strict=True):
        check_credential(item, schema, bytes.fromhex(item["commitment"]), item["issuer"])
        check_path(item, example["root"])
    relation = parse(made, meaning.group)
    check_signatures(relation.value)
    verify_proof(relation, "compact", bytes.fromhex(value["proof"]), made)


def published(file):
    return {(item["name"], item["version"]): Schema(item, file["lists"]) for item in file["schemas"]}


def found_group():
    return Group.found()
