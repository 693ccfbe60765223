"""What the examples of sections 2 and 3 of docs/formats.md promise: keys, words, key files, payloads."""
import hmac

from .codecs import require, text, u32, u64
from .keys import (AgeFile, check_identity, hkdf, labelled, payload_id, public_key, recovery_key, seal_payload, subkey, words)

SKIPPED = [
    "opening what is sealed to a hybrid recipient, and the ML-KEM half of a recipient beside the seed of its matrix: needs X-Wing",
]


def keys(files):
    file = files["keys.json"]
    patient(file["patient"])
    seed = bytes.fromhex(file["clinic"]["seed"])
    require(public_key(subkey(seed, 0, "cdn-sign")) == file["clinic"]["signing key"], "a clinic's key")
    check_identity(subkey(seed, 0, "cdn-seal"), file["clinic"]["identity"], "a clinic's identity")
    check_identity(subkey(seed, 0, "cdn-stat"), file["clinic"]["state identity"], "a state identity")
    recovery(file["recovery"])
    grant_seed(file["grant seed"])
    example = file["keyring"]
    data = bytes.fromhex(example["file"])
    require(len(data) <= 4096, "a keyring too large")
    plaintext = AgeFile(data).open_passphrase(example["passphrase"])
    require(plaintext == b"cordon-keyring-v1" + bytes([example["role"]]) + bytes.fromhex(example["seed"]), "a keyring")
    gateway_keys(file["gateway keys"])


def patient(example):
    seed = bytes.fromhex(example["seed"])
    for compartment in example["compartments"]:
        number = compartment["category"] << 48
        require(public_key(subkey(seed, number, "cdn-sign")) == compartment["signing key"], "a compartment's key")
        check_identity(subkey(seed, number, "cdn-seal"), compartment["identity"], "a compartment's identity")
    for control in example["control keys"]:
        require(public_key(subkey(seed, control["number"], "cdn-ctrl")) == control["key"], "a control key")
    require(public_key(subkey(seed, 0, "cdn-inbx")) == example["inbox key"], "an inbox key")
    check_identity(subkey(seed, 0, "cdn-inbs"), example["inbox identity"], "an inbox identity")
    check_identity(subkey(seed, 0, "cdn-stat"), example["state identity"], "a state identity")


def recovery(example):
    entropy = bytes.fromhex(example["entropy"])
    sentence = example["words"]
    require(len(sentence.split(" ")) == 24 and len(sentence) <= 216, "24 words")
    # The list of words is the standard's, in alphabetical order: a larger number is a later word.
    numbered = sorted(zip(words(entropy), sentence.split(" ")))
    require(all((left[0] < right[0]) == (left[1] < right[1]) for left, right in zip(numbered, numbered[1:])), "another order of words")
    key = recovery_key(sentence)
    for compartment in example["compartments"]:
        number = compartment["category"] << 48
        following = bytes.fromhex(public_key(subkey(key, number + (1 << 16), "cdn-sign")))
        recovering = bytes.fromhex(public_key(subkey(key, number, "cdn-rcvr")))
        require(labelled("cordon/compartment-next/v1", following).hex() == compartment["next"], "next")
        require(labelled("cordon/compartment-recovery/v1", recovering).hex() == compartment["recovery"], "recovery")
    check_identity(subkey(key, 0, "cdn-bkup"), example["backup identity"], "a backup's identity")
    require(public_key(subkey(key, 0, "cdn-bkfe")) == example["backup fetching key"], "a fetching key")


def grant_seed(example):
    seed = bytes.fromhex(example["seed"])
    require(public_key(subkey(seed, 0, "cdn-rlse")) == example["release key"], "a release key")
    check_identity(subkey(seed, 0, "cdn-gsal"), example["identity"], "a grant's identity")
    sealed = AgeFile(bytes.fromhex(example["sealed"]))
    sealed.require_hybrid()
    require(sealed.plaintext_size == 32, "a sealed seed")


def gateway_keys(example):
    data = bytes.fromhex(example["file"])
    require(len(data) == 118 and data.startswith(b"cordon-gateway-keys-v1"), "a gateway's keys")
    try:
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
        from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
    except ImportError:
        SKIPPED.append("opening a gateway's keys: this release of python3-cryptography has no Argon2id")
        return
    key = Argon2id(salt=data[22:38], length=32, iterations=3, lanes=1, memory_cost=256 << 10).derive(example["passphrase"].encode())
    seeds = ChaCha20Poly1305(key).decrypt(bytes(12), data[38:], data[:38])
    require(public_key(seeds[:32]) == example["member key"] and public_key(seeds[32:]) == example["ledger key"], "a gateway's keys")


def envelopes(files):
    for name, example in files["envelopes.json"].items():
        content = bytes(index % 251 for index in range(example["content length"]))
        if name == "released":
            file = AgeFile(bytes.fromhex(example["file"]))
            file.require_hybrid()
            require(len(file.header) == example["header size"] <= 4096, "a header's size")
            require(file.plaintext_size == len(content), "a payload's size")
            check_identity(bytes.fromhex(example["identity seed"]), example["recipient"], "an identity")
            continue
        file_key = bytes.fromhex(example["file key"])
        payload = seal_payload(file_key, bytes.fromhex(example["nonce"]), content)
        require(example["payload"] in (None, payload.hex()), f"{name}: another payload")
        require(len(payload) == example["payload size"] and payload_id(payload).hex() == example["payload id"], f"{name}: payload id")
        require(commitment(file_key, example, content) == example["content commitment"], f"{name}: content commitment")


def commitment(file_key, example, content):
    bound = (text.write(example["origin"]) + bytes.fromhex(example["compartment"]) + bytes.fromhex(example["record"])
             + u32.write(example["version"]) + u64.write(len(content)))
    return hmac.digest(hkdf(file_key, b"", b"cordon/content/v1"), bound + content, "sha256").hex()
