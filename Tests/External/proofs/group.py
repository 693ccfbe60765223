"""Section 2 of docs/proofs.md: the group SG3072. Elements are integers, the smaller of y and p - y."""
import functools
import hashlib

from formats.codecs import require

try:
    from gmpy2 import is_prime, mpz, powmod
except ImportError:
    mpz, powmod = int, pow

    def is_prime(number):
        """Miller and Rabin, to the first 24 bases: nobody chose these numbers to deceive it."""
        odd, twos = number - 1, 0
        while odd % 2 == 0:
            odd, twos = odd // 2, twos + 1
        for base in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89):
            power = pow(base, odd, number)
            if power not in (1, number - 1) and not any(
                    (power := power * power % number) == number - 1 for _ in range(twos - 1)):
                return False
        return True

ELEMENT, SCALAR = 384, 32
TAG = "cordon/zk/group/v1"

# How many numbers stand between the first that is tried for r and the one that is found. The first tag is the one of the published
# search that ours follows.
STEPS = {"medrec-zk/group/v1": 1_679_179, TAG: 1_897_477}


def squeezed(tag, label, count):
    return int.from_bytes(hashlib.shake_256((tag + label).encode()).digest(count), "big")


def find_q(tag):
    q = squeezed(tag, "/q", SCALAR) | 1 << 255 | 1
    while not is_prime(q):
        q += 2
    return q


def first_r(tag, q):
    p0 = squeezed(tag, "/p", ELEMENT) | 3 << 3070
    return p0 // (2 * q) | 1


def find_r(tag, q, window=1 << 18):
    """Sieves r and 2qr + 1 together, then tries what is left: half a minute."""
    small = [n for n in range(3, 100_000, 2) if all(n % m for m in range(3, int(n ** 0.5) + 1, 2))]
    start = first_r(tag, q)
    while True:
        left = bytearray(b"\1") * window
        for prime in small:
            half = pow(2, -1, prime)
            for root in (0, -pow(2 * q, -1, prime)):
                first = (root - start) * half % prime
                left[first::prime] = bytes(len(range(first, window, prime)))
        for step in (step for step in range(window) if left[step]):
            r = start + 2 * step
            if powmod(2, r - 1, r) == 1 and is_prime(2 * q * r + 1) and is_prime(r):
                return r
        start += 2 * window


class Group:
    def __init__(self, tag, q, r):
        self.tag, self.q, self.r = tag, q, r
        self.p = mpz(2 * q * r + 1)
        self.top = (self.p - 1) // 2

    @classmethod
    def found(cls, tag=TAG):
        """Without the search. That no r before this one does is what `find_r` shows."""
        q = find_q(tag)
        group = cls(tag, q, first_r(tag, q) + 2 * STEPS[tag])
        require(is_prime(group.r) and is_prime(group.p) and group.p.bit_length() == 3072, "r or p is no prime")
        return group

    def written(self, number):
        """The class of a number, as its smaller member."""
        number %= self.p
        return min(number, self.p - number)

    @functools.lru_cache(maxsize=None)
    def generator(self, label):
        element = self.written(powmod(squeezed(self.tag, "/gen/" + label, 400) % self.p, 2 * self.r, self.p))
        require(element != 1, "a generator is 1")
        return element

    @functools.cached_property
    def parameters(self):
        labels = ["H", "Q"] + [f"G/{i}" for i in range(16)] + [f"K/{i}" for i in range(128)]
        numbers = [int(number).to_bytes(size, "big") for number, size in ((self.p, ELEMENT), (self.q, SCALAR), (self.r, 352))]
        return hashlib.sha256(b"".join(numbers + [self.write(self.generator(label)) for label in labels])).digest()

    def power(self, element, exponent):
        """The exponent is taken as it is, not modulo q: an element need not be of order q."""
        return powmod(element, exponent, self.p)

    def product(self, *powers):
        """The product of element^exponent, written."""
        result = mpz(1)
        for element, exponent in powers:
            result = result * self.power(element, exponent) % self.p
        return self.written(result)

    def write(self, element):
        require(2 <= element <= self.top, "no element, or the neutral one")
        return int(element).to_bytes(ELEMENT, "big")

    def read(self, data):
        require(len(data) == ELEMENT, "an element of another length")
        element = mpz(int.from_bytes(data, "big"))
        require(2 <= element <= self.top, "an element out of range")
        return element

    def write_scalar(self, scalar):
        require(0 <= scalar < self.q, "a scalar out of range")
        return int(scalar).to_bytes(SCALAR, "big")

    def read_scalar(self, data):
        require(len(data) == SCALAR, "a scalar of another length")
        scalar = int.from_bytes(data, "big")
        require(scalar < self.q, "a scalar out of range")
        return scalar
