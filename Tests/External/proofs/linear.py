"""Linear relations of draft-irtf-cfrg-sigma-protocols-03: their serialization, their rules, and the two forms of proofs.

A group here has q, identity, `combine` of (scalar, element), and reads and writes elements and scalars."""
from formats.codecs import Difference, Reader, require

from .sponge import Sponge, decode_field


def little(number):
    return number.to_bytes(4, "little")


class LinearRelation:
    """`equations` are (image terms (element, coefficient), terms (scalar, element, coefficient)); element 0 is the generator."""

    def __init__(self, group, generator, equations, elements):
        self.group, self.equations, self.elements = group, equations, [generator] + elements
        self.scalars = 1 + max((term[0] for _, terms in equations for term in terms), default=-1)

    def write(self):
        scalar, data = self.group.write_scalar, little(len(self.equations))
        for image, terms in self.equations:
            data += little(len(image)) + b"".join(little(e) + scalar(c) for e, c in image)
            data += little(len(terms)) + b"".join(little(s) + little(e) + scalar(c) for s, e, c in terms)
        return data + b"".join(map(self.group.write, self.elements[1:]))

    @classmethod
    def read(cls, group, generator, data, element_size, scalar_size):
        reader = Reader(data)

        def number():
            return int.from_bytes(reader.take(4), "little")

        def listed(indices):
            return [tuple(number() for _ in range(indices)) + (group.read_scalar(reader.take(scalar_size)),) for _ in range(number())]
        equations = [(listed(1), listed(2)) for _ in range(number())]
        require((len(data) - reader.position) % element_size == 0, "no whole elements")
        elements = [group.read(reader.take(element_size)) for _ in range((len(data) - reader.position) // element_size)]
        return cls(group, generator, equations, elements)

    def validate(self):
        """Section 3.5, in its order."""
        require(self.equations and all(image and terms for image, terms in self.equations), "nothing to prove")
        used = {term[0] for image, _ in self.equations for term in image} | {term[1] for _, terms in self.equations for term in terms}
        require(used | {0} == set(range(len(self.elements))), "elements that are not there, or not used")
        require({term[0] for _, terms in self.equations for term in terms} == set(range(self.scalars)), "a scalar that is not used")
        neutral = self.group.identity
        require(neutral not in self.elements, "a neutral element")
        require(neutral not in self.images(), "a neutral image")
        for scalar in range(self.scalars):
            column = [self.sum((c, e) for s, e, c in terms if s == scalar) for _, terms in self.equations]
            require(any(element != neutral for element in column), "a column of neutral elements")

    def sum(self, terms):
        return self.group.combine([(c % self.group.q, self.elements[e]) for c, e in terms])

    def images(self):
        return [self.sum((c, e) for e, c in image) for image, _ in self.equations]

    def map(self, scalars):
        return [self.sum((c * scalars[s], e) for s, e, c in terms) for _, terms in self.equations]

    def challenge(self, tag, commitment):
        sponge = Sponge.tagged(tag)
        sponge.absorb(self.write())
        sponge.absorb(b"".join(map(self.group.write, commitment)))
        return decode_field(sponge.squeeze(self.group.scalar_size + 16), self.group.q)

    def prove(self, tag, witness, masks):
        """A compact proof."""
        challenge = self.challenge(tag, self.map(masks))
        answers = [(mask + secret * challenge) % self.group.q for mask, secret in zip(masks, witness, strict=True)]
        return b"".join(map(self.group.write_scalar, [challenge] + answers))

    def verify(self, tag, flavor, proof):
        """The challenge; Difference if it does not hold."""
        self.validate()
        reader, sizes = Reader(proof), (self.group.element_size, self.group.scalar_size)
        compact = flavor == "compact"
        if compact:
            challenge = self.group.read_scalar(reader.take(sizes[1]))
        else:
            commitment = [self.group.read(reader.take(sizes[0])) for _ in self.equations]
        answers = [self.group.read_scalar(reader.take(sizes[1])) for _ in range(self.scalars)]
        require(reader.position == len(proof), "bytes follow")
        if not compact:
            challenge = self.challenge(tag, commitment)
        made = [self.group.combine([(1, left), (-challenge % self.group.q, right)])
                for left, right in zip(self.map(answers), self.images())]
        require(challenge == self.challenge(tag, made) if compact else made == commitment, "it does not hold")
        return challenge


class Multiplicative:
    """SG3072 as such a group. Exponents are negative or below q: what is raised to them need not be of order q."""
    identity, element_size, scalar_size = 1, 384, 32

    def __init__(self, group):
        self.q, self.write, self.read = group.q, group.write, group.read
        self.write_scalar, self.read_scalar, self.group = group.write_scalar, group.read_scalar, group

    def combine(self, terms):
        return self.group.product(*((element, scalar) for scalar, element in terms))


class P256:
    """Affine points; None is the neutral one. For the published vectors."""
    p = 2 ** 256 - 2 ** 224 + 2 ** 192 + 2 ** 96 - 1
    q = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551
    b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b
    generator = (0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296,
                 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5)
    identity, element_size, scalar_size = None, 33, 32

    def add(self, left, right):
        if left is None or right is None:
            return left or right
        (a, b), (c, d) = left, right
        if a == c and (b + d) % self.p == 0:
            return None
        slope = (3 * a * a - 3) * pow(2 * b, -1, self.p) if left == right else (d - b) * pow(c - a, -1, self.p)
        x = (slope * slope - a - c) % self.p
        return x, (slope * (a - x) - b) % self.p

    def combine(self, terms):
        total = None
        for scalar, element in terms:
            while scalar:
                total = self.add(total, element) if scalar & 1 else total
                element, scalar = self.add(element, element), scalar >> 1
        return total

    def write(self, element):
        require(element is not None, "the neutral element")
        return bytes([2 + element[1] % 2]) + element[0].to_bytes(32, "big")

    def read(self, data):
        x = int.from_bytes(data[1:], "big")
        square = (x ** 3 - 3 * x + self.b) % self.p
        y = pow(square, (self.p + 1) // 4, self.p)
        if len(data) != 33 or data[0] not in (2, 3) or x >= self.p or y * y % self.p != square:
            raise Difference("no point")
        return x, y if y % 2 == data[0] - 2 else self.p - y

    def write_scalar(self, scalar):
        return scalar.to_bytes(32, "big")

    def read_scalar(self, data):
        scalar = int.from_bytes(data, "big")
        require(len(data) == 32 and scalar < self.q, "a scalar out of range")
        return scalar
