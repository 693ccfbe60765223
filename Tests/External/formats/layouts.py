"""Sections 4 to 8 of docs/formats.md: which parts stand where. The names are those of the examples."""
import re

from .codecs import (Codec, absent, ascending, day, filled_text, fixed, flag, hash_, key, listing, minute, nested, opt, recipient,
                     require, sig, string, struct, text, u8, u16, u32, u64, union)

CATEGORIES = range(1, 11)
PURPOSES = range(1, 11)


def checked(codec, check, bound=None):
    def read(reader):
        value = codec.read(reader)
        check(value)
        return value
    return Codec(read, codec.write, bound or codec.bound)


def one_of(codec, values):
    return checked(codec, lambda value: require(value in values, f"{value} has no name"))


# 4.2
recipient_list = checked(
    struct(("compartment", key), ("serial", u64), ("previous", hash_), ("own", recipient),
           ("recipients", listing(2, recipient, at_most=256)), ("signature", sig), bound=312_650),
    lambda value: (
        require((value["serial"] == 0) == (value["previous"] == "00" * 32), "serial and previous"),
        require(len(set(value["recipients"])) == len(value["recipients"]), "a recipient twice"),
        require(value["own"] not in value["recipients"], "the compartment's own recipient among the others")))
permission = struct(("compartment", key), ("clinic", key), ("until", day), ("signature", sig), bound=132)

# 8.1
snapshot = checked(
    struct(("origin", text), ("size", u64), ("root", hash_), ("checked size", u64), ("signature", sig), bound=368),
    lambda value: require(0 < value["checked size"] <= value["size"], "a store is checked before it grows"))

# 4.6
def check_facts(value):
    require(value["days"] is None or value["days"]["earliest"] <= value["days"]["latest"] < 3_652_059, "days")
    possible = (3 if value["rules"] else 0) | (4 if value["by a person"] else 0) | 8
    for label in value["labels"]:
        require(label["origins"] and label["origins"] & ~possible == 0, "a label from nobody who looked")
    require(value["relabelling"] is None or value["by a person"], "relabelled by nobody")


facts = checked(
    struct(("version", one_of(u8, [2])), ("category", one_of(u16, CATEGORIES)), ("media type", text),
           ("types", listing(1, struct(("type", text), ("count", u32)), order=lambda value: value["type"].encode())),
           ("labels", listing(1, struct(("label", text), ("origins", u8)), order=lambda value: value["label"].encode())),
           ("rules", opt(hash_)), ("by a person", flag), ("relabelling", opt(text)),
           ("days", opt(struct(("earliest", u32), ("latest", u32)))), bound=16_000),
    check_facts)
grant_facts = struct(("control", key), ("compartment", key), ("grantee", key), ("consent", hash_), ("compilation", hash_),
                     ("from", day), ("until", day), ("revoked", flag), ("release signed", flag), ("holder", one_of(u8, range(3))),
                     ("authority", opt(key)), bound=204)
_policies = listing(2, text, at_most=2_026, order=lambda value: value.encode())
ruling = checked(
    struct(("allows", flag), ("reasons", _policies), ("erring", _policies), ("obliging", _policies),
           ("obligations", listing(1, one_of(u8, range(1, 5)), order=lambda value: value))),
    lambda value: require(
        value["reasons"] and not value["erring"] if value["allows"] else not value["obliging"] and not value["obligations"],
        "a ruling that is neither"))
decision_record = checked(
    struct(("version", one_of(u8, [2])), ("engine", text), ("now", minute), ("policies", opt(hash_)), ("request", hash_),
           ("grant", opt(grant_facts)), ("authorities", listing(1, grant_facts, at_most=2)),
           ("consents", listing(2, struct(("control", key), ("consent", hash_), ("compilation", hash_)), at_most=1_024,
                                order=lambda value: value["control"])),
           ("rulings", listing(2, ruling, at_most=1_280)),
           ("records", listing(2, struct(("commitment", hash_), ("position", u64), ("ruling", u16)), at_most=1_280,
                               order=lambda value: value["position"])),
           ("more held back", u32),
           ("verdict", union("released", flag, {
               False: struct(("reason", one_of(u8, range(1, 19)))), True: struct()})), bound=1_048_576),
    lambda value: (
        require(list(dict.fromkeys(record["ruling"] for record in value["records"])) == list(range(len(value["rulings"]))),
                "rulings in another order than their use"),
        require(len({str(ruling) for ruling in value["rulings"]}) == len(value["rulings"]), "a ruling twice")))

# 4.3
deposit_body = struct(("compartment", key), ("recipient list", hash_), ("permission", nested(permission)), bound=196)
claims_anchor = struct(("anchors", hash_), ("file", hash_))
claims = struct(("anchors", listing(2, hash_, at_most=16_384, at_least=1, order=lambda value: value)),
                ("file", string(4, 1 << 20)), bound=1_572_870)
descriptor = struct(("record", fixed(32)), ("version", u32), ("state", one_of(u8, [1, 2])), ("payload", fixed(32)),
                    ("payload size", u64), ("content commitment", hash_), ("facts", string(2, 16_000, facts)),
                    ("claims anchor", opt(claims_anchor)), ("depositor", key), ("signature", sig), bound=17_000)
slot_proof = struct(("slot", u8), *[(f"sibling {level}", hash_) for level in range(8)], bound=257)

# 4.4
_consents = {
    1: checked(
        struct(("actions", u8), ("purposes", u16), ("extras", u8)),
        lambda value: (
            require(value["actions"] == 1, "actions"), require(value["extras"] < 8, "extras"),
            require(value["purposes"] and value["purposes"] & ~sum(1 << number for number in PURPOSES) == 0, "purposes"))),
    2: struct(("target", union("tag", u8, {0: struct(), 1: struct(("label", text)), 2: struct(("record", fixed(32)))})),
              ("clinic", opt(key))),
    3: checked(struct(("document", string(2, 32_768))), lambda value: require(value["document"], "an empty document")),
}


def _read_consent(reader):
    category, tag = u16.read(reader), u8.read(reader)
    require(tag in _consents, f"unknown tag {tag}")
    return {"category": category, "tag": tag, "content": _consents[tag].read(reader)}


consent = Codec(_read_consent, lambda value: u16.write(value["category"]) + u8.write(value["tag"])
                + _consents[value["tag"]].write(value["content"]), 32_773)
authority = struct(("grant", key), ("release", key))
grant_body = struct(("compartment", key), ("grantee", key), ("power", one_of(u8, range(4))), ("authority", opt(authority)), ("consent", string(2, 33_000)), ("compilation", hash_),
                    ("sealed seed", string(2, 4_096)), ("recipient", recipient), ("recipient list", hash_), ("proof", opt(fixed(96))), ("signature", sig),
                    bound=40_000)

# 4.5
filter_ = struct(("records", listing(2, fixed(32), at_most=256, order=lambda value: value)), ("after", opt(u64)), bound=8_203)
request = struct(("origin", text), ("grant", key), ("action", one_of(u8, [1])), ("filter", filter_),
                 ("purpose", one_of(u8, PURPOSES)), ("staff", text), ("actor", key), ("emergency", opt(u64)),
                 ("nonce", fixed(32)), bound=8_822)
decision_body = struct(
    ("compartment", opt(key)), ("request", string(2, 16_384)), ("release", sig), ("signature base", string(2, 4_096)),
    ("HTTP signature", sig), ("blind", fixed(32)), ("record", string(4, 1_048_576)), ("seed", fixed(32)),
    ("released", listing(2, struct(("slot", u8), ("salt", fixed(32)), ("commitment", hash_)), at_most=256,
                         order=lambda value: value["slot"])), ("root", hash_), bound=1_089_056)

# 4.1
genesis = struct(("rules version", u16), ("ledger key", key))
actor = checked(
    struct(("key", key), ("recipient", recipient), ("name", filled_text), ("role", one_of(u8, [1, 2, 3])), ("end", day),
           ("mandate", opt(text))),
    lambda value: require((value["mandate"] is not None) == (value["role"] == 3), "auditors alone have a mandate"))
compartment = struct(("key", key), ("next", hash_), ("recovery", hash_), ("predecessor", opt(key)))
grant = struct(("control", key), ("release", key), ("from", day), ("until", day), ("commitment", opt(fixed(384))))
erasure = struct(("basis", one_of(u8, [1, 2])),
                 ("commitments", listing(2, hash_, at_most=256, at_least=1, order=lambda value: value)))


def check_anchor_count(count):
    require(64 <= count <= 1 << 20 and count & count - 1 == 0, f"{count} is no number of anchors")


anchor_tree = checked(struct(("hashes", listing(4, hash_, at_most=1 << 20)), bound=33_554_436),
                      lambda value: check_anchor_count(len(value["hashes"])))
EVENTS = {
    1: union("change", u8, {
        1: struct(("key", key), ("name", filled_text), ("address", filled_text), ("genesis", union("begins", flag, {
            True: genesis, False: struct(("since", u64))}))),
        2: struct(("key", key), ("since", u64)), 3: struct(("old", key), ("new", key), ("since", u64)),
        4: struct(("key", key), ("name", filled_text), ("address", filled_text), ("rules version", u16), ("ledger key", key),
                  ("predecessor", struct(("origin", filled_text), ("size", u64), ("root", hash_))))}),
    2: actor,
    4: struct(("key", key), ("reason", one_of(u8, [1, 2, 3]))),
    5: compartment,
    7: struct(("root", hash_)),
    8: grant,
    9: struct(("grant", key)),
    10: Codec(None, None),
    11: struct(("grant", key), ("due", day)),
    12: struct(("emergency", u64)),
    13: struct(("root", hash_), ("since", u64)),
    15: erasure,
    19: checked(struct(("root", hash_), ("count", u32)), lambda value: check_anchor_count(value["count"])),
}
_refusal = struct(("refusal", hash_))
_release = struct(("grant", key), ("request", hash_), ("release", sig), ("emergency leaf", opt(u64)))


def _read_decision(reader):
    root = hash_.read(reader)
    released = flag.read(reader)
    return {"root": root, "released": released, **(_release if released else _refusal).read(reader)}


def _write_decision(value):
    rest = {name: item for name, item in value.items() if name not in ("root", "released")}
    return hash_.write(value["root"]) + flag.write(value["released"]) + (_release if value["released"] else _refusal).write(rest)


EVENTS[10] = Codec(_read_decision, _write_decision)
_POLICY_NAME = re.compile(r"schema\.cedarschema|(statute|institution)/[a-z0-9_-][a-z0-9._-]*\.cedar")
policy_files = checked(
    struct(("files", listing(2, struct(("name", text), ("content", string(4, 262_144))), at_most=256,
                             order=lambda value: value["name"].encode())), bound=262_144),
    lambda value: (
        require(all(_POLICY_NAME.fullmatch(file["name"]) for file in value["files"]), "a file's name"),
        require(any(file["name"] == "schema.cedarschema" for file in value["files"]), "no schema")))
declaration = struct(
    ("grant", key), ("desk", key), ("reason", u8), ("explanation", filled_text), ("recipient", text), ("facility", text),
    ("discloser", text), ("nature", text), ("minutes", one_of(u8, range(1, 241))), ("nonce", fixed(32)), bound=1_378)
emergency_body = struct(("declaration", nested(declaration)), ("signature", sig), bound=1_442)
review_body = struct(("finding", one_of(u8, [1, 2, 3])), ("reviewer", filled_text), ("note", text), bound=513)
BODIES = {
    2: struct(("identifiers", text), bound=256), 4: struct(("note", text), bound=256), 7: deposit_body, 8: grant_body,
    9: struct(("reason", text), ("recipient list", hash_), bound=288), 10: decision_body,
    11: emergency_body, 12: review_body, 13: policy_files, 15: struct(("compartment", key), ("signature", sig), bound=96),
}
KINDS = {1: "member", 2: "actor", 4: "key-revocation", 5: "compartment", 7: "deposit", 8: "grant", 9: "revocation", 10: "decision",
         11: "emergency-access", 12: "review", 13: "policy-set", 15: "erasure", 19: "claims-anchors"}
signature = struct(("key", key), ("signature", sig))
signatures = listing(1, signature, at_most=64, order=lambda value: value["key"])


def _read_entry(reader):
    origin, kind = text.read(reader), u8.read(reader)
    require(kind in EVENTS, f"unknown kind {kind}")
    return {"origin": origin, "kind": kind, "event": EVENTS[kind].read(reader), "body": hash_.read(reader),
            "signatures": signatures.read(reader)}


def unsigned_entry(value):
    return (text.write(value["origin"]) + u8.write(value["kind"]) + EVENTS[value["kind"]].write(value["event"])
            + hash_.write(value["body"]))


entry = Codec(_read_entry, lambda value: unsigned_entry(value) + signatures.write(value["signatures"]), 16_380)
leaf = struct(("time", minute), ("entry", entry), bound=16_384)

# 4.8
slot = union("present", flag, {True: struct(("descriptor", nested(descriptor)), ("salt", fixed(32))),
                               False: struct(("commitment", hash_))})
tree = struct(("seed", fixed(32)), ("slots", listing(2, struct(("slot", u8), ("content", slot)), at_most=256,
                                                     order=lambda value: value["slot"])))
evidence = struct(("salt", fixed(32)), ("body", string(4, 1_089_056)), ("tree", opt(tree)), bound=8 << 20)

# 4.9
STATE = {
    0x00: struct(("origin", text), ("rules version", u16), ("ledger key", key),
                 ("members", listing(1, struct(("key", key), ("name", text), ("address", text)), at_most=64)),
                 ("members changed", u64)),
    0x01: struct(("use", one_of(u8, [1, 2, 3, 4, 5, 7]))),
    0x02: struct(("actor", actor), ("leaf", u64), ("revoked", flag)),
    0x03: struct(("key", key)),
    0x04: struct(("compartment", compartment), ("leaf", u64), ("superseded", flag)),
    0x05: struct(("grant", grant), ("leaf", u64), ("revocation", opt(u64))),
    0x06: struct(("leaf", u64)),
    0x07: struct(("leaf", u64)),
    0x08: struct(("leaf", u64)),
    0x09: struct(("root", hash_), ("leaf", u64)),
    0x0a: struct(("grant", key), ("opened", minute), ("due", day), ("release", opt(u64)), ("review", opt(u64))),
    0x0b: struct(("leaf", u64)),
    0x80: struct(("compartment", key), ("grantee", key), ("power", one_of(u8, range(4))), ("authority", opt(key)),
                 ("consent", string(2, 33_000)), ("compilation", hash_),
                 ("recipient", recipient)),
    0x81: struct(("list", hash_)),
    0x82: struct(("depositor", key), ("compartment", key), ("retracted", flag),
                 ("versions", listing(2, hash_, at_most=256))),
    0x83: struct(("compartment", key), ("position", u64), ("record", opt(fixed(32)))),
    0x84: struct(("grants", listing(2, key, at_most=1_024, order=lambda value: value))),
    0x85: declaration,
    0x86: struct(("leaf", u64)),
}

# 5
pin = struct(("origin", text), ("genesis", hash_), ("ledger key", key), ("address", text))
application = checked(
    struct(("pin", pin), ("role", one_of(u8, [1, 2, 3])), ("name", filled_text), ("key", key), ("recipient", recipient),
           ("mandate", opt(text)), ("identifiers", text), ("signature", sig), bound=2_658),
    lambda value: require((value["mandate"] is not None) == (value["role"] == 3), "auditors alone have a mandate"))
candidacy = struct(("pin", pin), ("name", filled_text), ("address", filled_text), ("key", key), ("signature", sig), bound=1_184)
_proposal = struct(("pin", pin), ("entry", string(2, 16_380, entry)), ("salt", fixed(32)))


def _proposed_body(value):
    """Behind a longer length where the entry publishes policies."""
    return string(4, 262_144) if entry.parse(bytes.fromhex(value["entry"]))["kind"] == 13 else string(2, 256)


def _read_proposal(reader):
    value = _proposal.read(reader)
    return {**value, "body": _proposed_body(value).read(reader)}


def _write_proposal(value):
    rest = {name: item for name, item in value.items() if name != "body"}
    return _proposal.write(rest) + _proposed_body(value).write(value["body"])


proposal = Codec(_read_proposal, _write_proposal, 279_138)
invite = struct(("pin", pin), ("clinic", key), ("name", text), ("signature", sig), bound=928)
person = struct(("pin", pin), ("name", filled_text), ("inbox", key), ("inbox recipient", recipient), ("signature", sig), bound=2_144)
card = struct(
    ("pin", pin), ("name", text), ("clinic", key), ("inbox", key), ("inbox recipient", recipient),
    ("slots", listing(1, struct(("category", u16), ("entry", string(2, 16_380, entry)), ("list", string(4, 312_650, recipient_list)),
                                ("permission", nested(permission))), at_most=96, order=lambda value: value["category"])),
    ("confidential", flag), ("holder", opt(struct(("commitment", fixed(384)), ("proof", fixed(96))))), ("signature", sig), bound=1_048_576)
emergency_card = struct(
    ("pin", pin), ("name", text), ("inbox", key),
    ("items", listing(1, struct(("category", u16), ("desk", key), ("grant", key)), at_least=1, order=lambda value: value["grant"])),
    ("signature", sig), bound=17_759)

# 6
slip = struct(("grant", key), ("leaf", u64), ("salt", fixed(32)), ("body", string(4, 40_000, grant_body)), ("name", text),
              ("inbox", key), ("inbox recipient", recipient), ("signature", sig), bound=41_644)
wish = struct(("actor", key), ("inbox", key), ("category", u16), ("purpose", one_of(u8, PURPOSES)), ("until", day), ("note", text),
              ("signature", sig), bound=391)
notice = struct(("actor", key), ("inbox", key), ("category", u16), ("leaf", u64), ("count", u16), ("signature", sig), bound=140)
_copies = listing(1, struct(("blinding", fixed(32)), ("signature", sig)), at_most=16, at_least=1)
claims_copies = struct(("issuer", key), ("inbox", key), ("record", fixed(32)), ("version", u32), ("set", hash_), ("copies", _copies),
                       ("signature", sig), bound=1_733)
_claim_text = string(2, 255)
_claim_value = union("type", u8, {
    0: struct(), 1: struct(("days", u16)), 2: struct(("steps", u64)), 3: struct(("index", u16)),
    4: struct(("system", _claim_text), ("code", _claim_text)), 5: struct(("text", _claim_text))})
claims_wish = struct(("issuer", key), ("inbox", key), ("record", fixed(32)), ("version", u32), ("schema", text),
                     ("schema version", u16), ("reference", text), ("values", listing(1, _claim_value, at_most=13)), ("from", day),
                     ("last", day), ("copies", listing(1, struct(("blinding", fixed(32)), ("signature", sig)), at_most=1, at_least=1)),
                     ("signature", sig), bound=16_384)
emergency_notice = struct(("actor", key), ("inbox", key), ("leaf", u64), ("signature", sig), bound=136)

# 7
_header = string(2, 4_096)
error = struct(("code", one_of(u16, range(1, 14))), ("explanation", text), bound=258)
posted_leaf = struct(("index", u64), ("leaf", string(2, 16_384, leaf)), ("receipt", string(2, 16_384)), bound=32_780)
stored_record = struct(("deposit", u64), ("salt", fixed(32)), ("descriptor", nested(descriptor)), ("proof", nested(slot_proof)),
                       ("header", _header))
evidence_page = checked(
    struct(("items", listing(2, struct(("leaf", u64), ("evidence", nested(evidence))), at_most=4_096,
                             order=lambda value: value["leaf"])), ("next", opt(u64)), bound=16_777_216),
    lambda value: require(
        not value["items"] or value["next"] is None or value["next"] > value["items"][-1]["leaf"], "a page that goes back"))
received_record = struct(("record", nested(stored_record)), ("obligations", listing(1, u8, order=lambda value: value)))
_item = struct(("record", nested(stored_record)), ("salt", fixed(32)), ("proof", nested(slot_proof)), ("ticket", fixed(32)),
               ("obligations", listing(1, u8, at_most=16, order=lambda value: value)))
_refused = struct(("decision", nested(posted_leaf)), ("released", flag), ("blind", fixed(32)), bound=5_596_492)
nothing = struct(bound=0)
CALLS = {
    "APIError": error,
    "StoredRecord": stored_record,
    "entries": struct(("entry", nested(entry)), ("evidence", nested(evidence)), ("list", opt(nested(recipient_list))),
                      bound=394_566),
    "entries answer": posted_leaf,
    "recipients": struct(("compartment", key), ("permission", opt(nested(permission))), bound=165),
    "recipients answer": struct(("list", nested(recipient_list)), bound=312_650),
    "payloads answer": struct(("payload", fixed(32)), ("size", u64), bound=40),
    "deposits": struct(
        ("body", nested(deposit_body)),
        ("records", listing(2, struct(("descriptor", nested(descriptor)), ("headers", listing(2, _header, at_most=257)),
                                       ("claims", opt(nested(claims)))), at_most=256)), bound=16_777_216),
    "deposits answer": struct(("posted", nested(posted_leaf)),
                              ("places", listing(2, struct(("salt", fixed(32)), ("proof", nested(slot_proof))), at_most=256)),
                              bound=106_766),
    "requests": struct(("request", string(2, 16_384, request)), ("release", sig), bound=16_450),
    "requests answer": struct(("decision", nested(posted_leaf)), ("released", flag),
                              ("records", listing(2, _item, at_most=256, at_least=1)), ("has more", flag), bound=5_596_492),
    "requests answer, refused": _refused,
    "payloads/fetch": struct(("ticket", fixed(32)), bound=32),
    "own/records": struct(("after", opt(u64)), ("missing", opt(hash_)), bound=42),
    "own/records answer": struct(("records", listing(2, nested(stored_record), at_most=256)), ("has more", flag), bound=5_477_123),
    "own/versions": struct(("record", fixed(32)), ("after", opt(u64)), bound=41),
    "own/versions answer": struct(("records", listing(2, nested(stored_record), at_most=256)), ("has more", flag), bound=5_477_123),
    "own/claims": struct(("after", opt(u64)), bound=9),
    "own/claims answer": struct(
        ("claims", listing(2, struct(("position", u64), ("file", string(4, 1 << 20))), at_most=256,
                           order=lambda value: value["position"])), ("has more", flag), bound=4_197_379),
    "anchors": struct(("anchors", listing(2, hash_, at_most=1_024, at_least=1, order=lambda value: value)), bound=32_770),
    "anchors answer": nothing,
    "anchors/publish": nothing,
    "anchors/publish answer": struct(("posted", nested(posted_leaf)), ("count", u32), ("has more", flag), bound=32_785),
    "own/headers": struct(("grant", key), ("headers", listing(2, struct(("position", u64), ("header", _header)), at_most=256)),
                          bound=1_051_170),
    "own/headers answer": nothing,
    "own/payload": struct(("position", u64), bound=8),
    "own/history": struct(("from", u64), bound=8),
    "own/history answer": evidence_page,
    "own/erasures": struct(("basis", u8), ("commitments", listing(2, hash_, at_most=256, at_least=1, order=lambda value: value)),
                           ("compartment", key), ("signature", sig), bound=8_291),
    "own/erasures answer": posted_leaf,
    "emergencies": emergency_body,
    "emergencies answer": struct(("posted", nested(posted_leaf)), ("salt", fixed(32)), bound=32_812),
    "emergencies/evidence": struct(("leaves", listing(2, u64, at_most=256, order=lambda value: value)), bound=2_050),
    "emergencies/evidence answer": evidence_page,
    "audit/evidence": struct(("from", u64), bound=8),
    "audit/evidence answer": evidence_page,
    "inbox/send": struct(("address", key), ("message", string(4, 73_728)), bound=73_764),
    "inbox/send answer": nothing,
    "inbox/fetch": struct(("after", opt(u64)), bound=9),
    "inbox/fetch answer": struct(
        ("messages", listing(2, struct(("number", u64), ("received", minute), ("message", string(4, 73_728))), at_most=64,
                             order=lambda value: value["number"])), bound=4_719_618),
    "inbox/delete": struct(("numbers", listing(2, u64, at_most=256)), bound=2_050),
    "inbox/delete answer": nothing,
    "backup/store": struct(("fetching", key), ("backup", string(4, 1 << 20)), bound=1_048_612),
    "backup/store answer": nothing,
    "mirror/payloads": struct(("after", opt(fixed(32))), bound=33),
    "mirror/payloads answer": struct(
        ("payloads", listing(2, struct(("payload", fixed(32)), ("size", u64)), at_most=4_096, order=lambda value: value["payload"])),
        ("has more", flag), bound=163_843),
    "mirror/payload": struct(("payload", fixed(32)), bound=32),
    "backup/fetch": nothing,
    "backup/fetch answer": struct(("backup", string(4, 1 << 20)), bound=1_048_580),
}
PAYLOADS = {"payloads", "payloads/fetch answer", "own/payload answer", "mirror/payload answer"}

# 8
backup = struct(("sealed seed", string(4)), ("sealed state", string(4)), bound=1 << 20)
