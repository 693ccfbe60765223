"""The duplex sponge over SHAKE128 of draft-irtf-cfrg-fiat-shamir, and its codec."""
import hashlib

from formats.codecs import require

RATE = 168


class Sponge:
    def __init__(self, session):
        require(len(session) == 32, "a session id of another length")
        self.state = hashlib.shake_128(session + bytes(RATE - 32))
        self.squeezed = 0

    @classmethod
    def tagged(cls, tag):
        return cls(session_id(tag))

    def absorb(self, data):
        if data:
            self.state.update(data)
            self.squeezed = 0

    def squeeze(self, count):
        """What follows upon what was squeezed since something was absorbed."""
        self.squeezed += count
        return self.state.digest(self.squeezed)[self.squeezed - count:]


def session_id(tag):
    sponge = Sponge(b"irtf-cfrg-fiat-shamir/session-id")
    sponge.absorb(tag)
    return sponge.squeeze(32)


def decode_field(data, modulus):
    """`DecodeField` for a prime field: 16 bytes more than a scalar has."""
    return int.from_bytes(data, "little") % modulus


def read_uint(data, modulus):
    size = (modulus.bit_length() + 7) // 8
    require(len(data) == size, "an integer of another length")
    value = int.from_bytes(data, "little")
    require(value < modulus, "an integer out of range")
    return value


def write_string(data):
    return len(data).to_bytes(4, "little") + data


def read_string(data):
    require(len(data) >= 4, "a string without its length")
    count = int.from_bytes(data[:4], "little")
    require(len(data) - 4 >= count and count < 2 ** 32 - 1, "a string cut short")
    return data[4:4 + count]
