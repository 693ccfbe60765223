"""Sections 1 to 3 of docs/formats.md: hashes, signatures, derived keys, words, and age files under a passphrase."""
import base64
import hashlib
import hmac

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from .codecs import Difference, require, text

RAW = (Encoding.Raw, PublicFormat.Raw)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def labelled(label, *parts):
    """H(label; parts)"""
    return sha256(label.encode(), b"\0", *parts)


def message(label, origin, data):
    """What S(label; data) covers."""
    return label.encode() + b"\0" + text.write(origin) + data


def verify(key, signature, data, what):
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), data)
    except InvalidSignature:
        raise Difference(f"{what}: the signature is not good") from None


def subkey(parent, number, context):
    return hashlib.blake2b(b"", digest_size=32, key=parent, salt=number.to_bytes(8, "little") + bytes(8),
                           person=context.encode() + bytes(8)).digest()


def public_key(seed):
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes(*RAW).hex()


def check_identity(seed, recipient, what):
    """X-Wing's public key is ML-KEM's, 1,184 bytes, and X25519's. Of the former only the seed of its matrix is computed here: the rest
    needs ML-KEM."""
    expanded = hashlib.shake_256(seed).digest(96)
    matrix = hashlib.sha3_512(expanded[:32] + b"\3").digest()[:32]
    classical = X25519PrivateKey.from_private_bytes(expanded[64:]).public_key().public_bytes(*RAW)
    data = bytes.fromhex(recipient)
    require(len(data) == 1216 and data[1152:1184] == matrix and data[1184:] == classical, f"{what}: another X-Wing key")


def hkdf(secret, salt, info, count=32):
    extracted = hmac.digest(salt or bytes(32), secret, "sha256")
    output, block, counter = b"", b"", 1
    while len(output) < count:
        block = hmac.digest(extracted, block + info + bytes([counter]), "sha256")
        output, counter = output + block, counter + 1
    return output[:count]


def words(entropy):
    """Word numbers of BIP-39: the entropy and the first byte of its hash, eleven bits a word."""
    bits = "".join(f"{byte:08b}" for byte in entropy + sha256(entropy)[:1])
    return [int(bits[index:index + 11], 2) for index in range(0, len(bits), 11)]


def recovery_key(sentence):
    seed = hashlib.pbkdf2_hmac("sha512", sentence.encode(), b"mnemonic", 2048, 64)
    return hkdf(seed, b"", b"cordon/recovery/v1")


def unpadded(value):
    return base64.b64decode(value + "=" * (-len(value) % 4), validate=True)


class AgeFile:
    """An age v1 file: stanzas, header, payload."""

    def __init__(self, data):
        lines, position = [], 0
        while not (lines and lines[-1].startswith("--- ")):
            end = data.index(b"\n", position)
            lines.append(data[position:end].decode("ascii"))
            position = end + 1
        require(lines[0] == "age-encryption.org/v1", "not an age file")
        self.header, self.payload = data[:position], data[position:]
        self.mac = unpadded(lines[-1][4:])
        self.stanzas = []
        rest = lines[1:-1]
        while rest:
            require(rest[0].startswith("-> "), "not a stanza")
            arguments, body, rest = rest[0][3:].split(" "), "", rest[1:]
            while True:
                line, rest = rest[0], rest[1:]
                body += line
                if len(line) < 64:
                    break
            self.stanzas.append((arguments, unpadded(body)))

    def require_hybrid(self):
        """Sealed to exactly one hybrid recipient. Opening it needs X-Wing."""
        require(len(self.stanzas) == 1, "one stanza")
        arguments, body = self.stanzas[0]
        require(arguments[0] == "mlkem768x25519" and len(arguments) == 2, "not hybrid")
        require(len(unpadded(arguments[1])) == 1120 and len(body) == 32, "another form of stanza")

    @property
    def plaintext_size(self):
        chunks = len(self.payload) - 16
        return chunks - 16 * max(1, -(-chunks // 65552))

    def open_passphrase(self, passphrase):
        arguments, body = self.stanzas[0]
        require(arguments[0] == "scrypt" and len(self.stanzas) == 1 and int(arguments[2]) <= 20, "not one scrypt stanza")
        salt = b"age-encryption.org/v1/scrypt" + unpadded(arguments[1])
        power = 1 << int(arguments[2])
        key = hashlib.scrypt(passphrase.encode(), salt=salt, n=power, r=8, p=1, maxmem=power * 1024 + (1 << 20), dklen=32)
        return self.open(ChaCha20Poly1305(key).decrypt(bytes(12), body, None))

    def open(self, file_key):
        mac = hmac.digest(hkdf(file_key, b"", b"header"), self.header[:self.header.rindex(b"---") + 3], "sha256")
        require(mac == self.mac, "another header")
        try:
            return open_payload(file_key, self.payload)
        except InvalidTag:
            raise Difference("a payload that does not open") from None


def _chunks(data, size):
    return [data[index:index + size] for index in range(0, len(data), size)] or [b""]


def _cipher(file_key, nonce):
    return ChaCha20Poly1305(hkdf(file_key, nonce, b"payload"))


def _nonce(index, count):
    return index.to_bytes(11, "big") + bytes([index == count - 1])


def open_payload(file_key, payload):
    cipher, chunks = _cipher(file_key, payload[:16]), _chunks(payload[16:], 65552)
    return b"".join(cipher.decrypt(_nonce(index, len(chunks)), chunk, None) for index, chunk in enumerate(chunks))


def seal_payload(file_key, nonce, content):
    cipher, chunks = _cipher(file_key, nonce), _chunks(content, 65536)
    return nonce + b"".join(cipher.encrypt(_nonce(index, len(chunks)), chunk, None) for index, chunk in enumerate(chunks))


def payload_id(payload):
    return merkle_root([payload[:16]] + _chunks(payload[16:], 65552))


def leaf_hash(data):
    return sha256(b"\0", data)


def node_hash(left, right):
    return sha256(b"\1", left, right)


def merkle_root(leaves):
    """RFC 6962, section 2.1."""
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    middle = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(merkle_root(leaves[:middle]), merkle_root(leaves[middle:]))
