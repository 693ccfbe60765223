"""Section 5 of docs/proofs.md: a statement, when it is valid, and the variables, rows and equations that it means."""
from formats.codecs import Codec, Difference, day, fixed, hash_, key, listing, minute, require, sig, struct, text, u8, u32, u64, union
from formats.keys import labelled, message, sha256, verify

SUITE = "sigma-proofs_Shake128_SG3072"
MOST_AUXILIARY, MOST_SMALL = 128, 32
SCHEMA, HOLDER, LAST = 0, 1, 2
GRANT_ATTRIBUTES, PLACES, DIGIT = 8, 64, 8
GRANT = int.from_bytes(labelled("cordon/grant-commitment/v1"), "big")

attribute = struct(("record", u8), ("attribute", u8))
scalar = fixed(32)
shown_attributes = listing(1, struct(("attribute", u8), ("scalar", scalar)), order=lambda item: item["attribute"])
shown = struct(
    ("issuer", key), ("schema", hash_), ("attributes", u8), ("from", day), ("last", day), ("credential", sig), ("C", fixed(384)),
    ("shown", shown_attributes))
predicate = union("kind", u8, {
    1: struct(("of", attribute), ("low", u64), ("high", u64)),
    2: struct(("of", attribute), ("set", listing(2, scalar, 4096, 2, order=lambda item: item))),
    3: struct(("of", attribute), ("value", scalar)),
    4: struct(("of", attribute), ("other", attribute)),
    5: struct(("of", attribute), ("other", attribute)),
    6: struct(("terms", listing(1, struct(("of", attribute), ("coefficient", u32)), 8, 2)), ("low", scalar), ("width", u64)),
})
covering = struct(("C", fixed(384)), ("shown", shown_attributes), ("candidates", listing(1, fixed(384), PLACES, 1)))
PARTS = (
    ("version", u8), ("suite", text), ("parameters", hash_), ("origin", text), ("verifier", key), ("nonce", fixed(32)), ("request", hash_),
    ("until", minute), ("records", listing(1, shown, 8, 1)), ("predicates", listing(1, predicate, 32)))
VERSIONS = {1: struct(*PARTS), 2: struct(*PARTS, ("covering", covering))}


def _read_statement(reader):
    version = reader.number(1)
    require(version in VERSIONS, "another version")
    reader.position -= 1
    return VERSIONS[version].read(reader)


# It writes what it is given, whatever the version says.
statement = Codec(_read_statement, lambda value: VERSIONS[1 + ("covering" in value)].write(value))


def signed(number):
    return number - (1 << 32) if number >> 31 else number


def place(value):
    return value["record"], value["attribute"]


def places(predicate):
    """The attributes of a predicate, in the order written."""
    if predicate["kind"] == 6:
        return [place(term["of"]) for term in predicate["terms"]]
    return [place(predicate[name]) for name in ("of", "other") if name in predicate]


def check_signatures(value):
    for record in value["records"]:
        data = bytes.fromhex(record["schema"]) + sha256(bytes.fromhex(record["C"]))
        data += record["from"].to_bytes(4, "big") + record["last"].to_bytes(4, "big")
        verify(record["issuer"], record["credential"], message("cordon/credential/v1", value["origin"], data), "credential")


class Equation:
    """`sum coefficient · z = low · x + sum weight · f`; it determines one variable, or none and is a row."""

    def __init__(self, left, low, right):
        self.left, self.low, self.right, self.determines = left, low, right, None

    def right_side(self, f, x):
        return self.low * x + sum(weight * f[number] for number, weight in self.right)


class Relation:
    """What a valid statement means."""

    def __init__(self, value, group):
        self.group, self.value = group, value
        self.covering = value.get("covering")
        records = value["records"] + ([{**self.covering, "attributes": GRANT_ATTRIBUTES}] if self.covering else [])
        self.attributes, self.shown = [record["attributes"] for record in records], [record["shown"] for record in records]
        self.elements = [group.read(bytes.fromhex(record["C"])) for record in records]
        self.candidates = [group.read(bytes.fromhex(element)) for element in self.covering["candidates"]] if self.covering else []
        self.scalars = {(number, item["attribute"]): int(item["scalar"], 16)
                        for number, items in enumerate(self.shown) for item in items}
        self.check()
        self.find_variables()
        self.check_ties()
        self.auxiliary, self.rows, self.equations, self.determined, self.used = 0, [], [], [], set()
        for item in value["predicates"]:
            self.add(item)
        self.digits = [self.add_digit(DIGIT) for _ in range(2)] if self.covering else []
        self.check_size()
        self.degree = max((degree for degree, _ in self.rows), default=0)
        self.free = [number for number in range(len(self.hidden)) if number not in self.determined]

    def check(self):
        self.check_head()
        self.check_shown()
        for item in self.value["predicates"]:
            self.check_predicate(item)

    def check_size(self):
        require(self.auxiliary <= MOST_AUXILIARY, "too many auxiliary values")

    def check_head(self):
        require(self.value["version"] == (2 if self.covering else 1), "another version")
        require(self.value["suite"] == SUITE, "another suite")
        require(self.value["parameters"] == self.group.parameters.hex(), "other parameters")

    def check_shown(self):
        for number, record in enumerate(self.value["records"]):
            require(4 <= record["attributes"] <= 16, "too few attributes, or too many")
            require(self.scalars.get((number, SCHEMA)) == int(record["schema"], 16) % self.group.q, "another schema is shown")
            require(self.scalars.get((number, LAST)) == record["last"], "another last day is shown")
        if self.covering:
            require(self.scalars.get((len(self.elements) - 1, SCHEMA)) == GRANT % self.group.q, "what is shown is no grant")
        for number, items in enumerate(self.shown):
            for item in items:
                require(item["attribute"] < self.attributes[number], "an attribute that the schema does not have")
                self.scalar(item["scalar"])
            require((number, HOLDER) not in self.scalars, "the holder's secret is shown")

    def scalar(self, value):
        return self.group.read_scalar(bytes.fromhex(value))

    def check_predicate(self, item):
        attributes = places(item)
        for record, number in attributes:
            require(record < len(self.attributes) and number < self.attributes[record], "an attribute that is not there")
        require(len(set(attributes)) == len(attributes), "an attribute twice in a predicate")
        require(item["kind"] == 5 and len({number == HOLDER for _, number in attributes}) == 1
                or all(number != HOLDER for _, number in attributes), "the holder's secret in a predicate")
        if item["kind"] < 4:
            require(attributes[0] not in self.scalars, "a predicate of what is shown")
        self.check_operands(item)

    def check_operands(self, item):
        if item["kind"] == 1:
            require(0 < item["high"] - item["low"] < 1 << 63, "an interval that is empty or too wide")
        elif item["kind"] == 2:
            for value in item["set"]:
                self.scalar(value)
        elif item["kind"] == 3:
            self.scalar(item["value"])
        elif item["kind"] == 6:
            self.scalar(item["low"])
            require(0 < item["width"] < 1 << 63, "an interval that is empty or too wide")
            require(all(term["coefficient"] for term in item["terms"]), "a coefficient of 0")

    def find_variables(self):
        """A variable stands for its first attribute."""
        self.first = {(record, number): (record, number) for record, count in enumerate(self.attributes) for number in range(count)}
        for item in self.value["predicates"]:
            if item["kind"] == 5:
                low, high = sorted(self.first[where] for where in places(item))
                self.first = {where: low if first == high else first for where, first in self.first.items()}
        self.known = {}
        for where, value in self.scalars.items():
            self.known.setdefault(self.first[where], value)
        self.hidden = [[where for where in sorted(self.first) if self.first[where] == first]
                       for first in sorted(set(self.first.values())) if first not in self.known]
        self.variable = {where: number for number, class_ in enumerate(self.hidden) for where in class_}

    def check_ties(self):
        """Of any two attributes of one predicate 04 or 06 the variables differ."""
        for number in range(1, len(self.elements)):
            require(self.first[number, HOLDER] == (0, HOLDER), "records that need not be one holder's")
        for where, value in self.scalars.items():
            require(self.known[self.first[where]] == value, "two shown attributes that are the same differ")
        for item in self.value["predicates"]:
            if item["kind"] in (4, 6):
                require(len({self.first[where] for where in places(item)}) == len(places(item)), "tied attributes in one predicate")

    def response(self, where, z, x):
        """The response of an attribute."""
        first = self.first[where]
        return self.known[first] * x if first in self.known else z[self.variable[where]]

    def new_auxiliary(self, count):
        self.auxiliary += count
        return list(range(self.auxiliary - count, self.auxiliary))

    def add(self, item):
        where = places(item)
        if item["kind"] == 1:
            self.add_interval([(where[0], 1)], item["low"], item["high"] - item["low"])
        elif item["kind"] == 2:
            self.add_set(where[0], [int(value, 16) for value in item["set"]])
        elif item["kind"] == 3:
            self.add_inverse(where[0], lambda z, x, value=int(item["value"], 16): value * x)
        elif item["kind"] == 4:
            self.add_inverse(where[0], lambda z, x: self.response(where[1], z, x))
        elif item["kind"] == 6:
            terms = [(place(term["of"]), signed(term["coefficient"])) for term in item["terms"]]
            self.add_interval(terms, int(item["low"], 16), item["width"])

    def add_interval(self, left, low, width):
        numbers = self.new_auxiliary(width.bit_length())
        for number in numbers:
            self.add_bit(number)
        self.add_equation(Equation(left, low, list(zip(numbers, weights(width)))))

    def add_bit(self, number):
        self.rows.append((2, lambda f, z, x: f[number] * (x - f[number])))

    def add_choice(self, numbers):
        """One of the values is 1 or, if all are 0, the one before them is."""
        def rest(f, x):
            return x - sum(f[number] for number in numbers)
        self.rows.append((2, lambda f, z, x: rest(f, x) * (x - rest(f, x))))
        for number in numbers:
            self.add_bit(number)
        return rest

    def add_digit(self, base):
        """The responses of a digit's values, from those of the auxiliary values."""
        numbers = self.new_auxiliary(base - 1)
        rest = self.add_choice(numbers)
        return lambda f, x: [rest(f, x)] + [f[number] for number in numbers]

    def chances(self, f, x):
        """p_j of each place."""
        low, high = (digit(f, x) for digit in self.digits)
        return [left * right for right in high for left in low]

    def candidate(self, place):
        """Behind the last stands the last."""
        return self.candidates[min(place, len(self.candidates) - 1)]

    def add_set(self, where, values):
        if len(values) <= MOST_SMALL:
            numbers = self.new_auxiliary(len(values) - 1)
            self.add_choice(numbers)
            self.add_equation(Equation([(where, 1)], values[0], [(n, value - values[0]) for n, value in zip(numbers, values[1:])]))
            return
        count, base = digits(len(values))
        table = values + values[-1:] * (base ** count - len(values))
        choices = [self.add_digit(base) for _ in range(count)]

        def row(f, z, x):
            sums = table
            for digit in choices:
                responses = digit(f, x)
                sums = [sum(map(product, sums[at:at + base], responses)) for at in range(0, len(sums), base)]
            return sums[0] - power(x, count - 1) * self.response(where, z, x)
        self.rows.append((count, row))

    def add_inverse(self, where, other):
        number, = self.new_auxiliary(1)
        self.rows.append((2, lambda f, z, x: f[number] * (self.response(where, z, x) - other(z, x)) - x * x))

    def add_equation(self, equation):
        """It determines the last hidden variable that no equation before it has."""
        variables = [self.variable.get(where) for where, _ in equation.left]
        for variable in variables:
            if variable is not None and variable not in self.used:
                equation.determines = variable
        self.used.update(variables)
        if equation.determines is not None:
            self.determined.append(equation.determines)
            self.equations.append(equation)
            return
        self.rows.append((2, lambda f, z, x: x * (equation.right_side(f, x) - sum(
            coefficient * self.response(where, z, x) for where, coefficient in equation.left))))

    def complete(self, f, free, x):
        """The responses of all hidden variables from those that are sent. The same with masks and x = 0."""
        z = dict(zip(self.free, free))
        for equation in self.equations:
            value, divisor = equation.right_side(f, x), 0
            for where, coefficient in equation.left:
                if self.variable.get(where) == equation.determines:
                    divisor += coefficient
                else:
                    value = value - coefficient * self.response(where, z, x)
            z[equation.determines] = value * pow(divisor, -1, self.group.q)
            if isinstance(value, int):
                z[equation.determines] %= self.group.q
        return [z[number] for number in range(len(self.hidden))]

    def combined(self, f, z, x, y):
        """sum y^j row_j, each row brought to the highest degree."""
        total, weight = 0, 1
        for degree, row in self.rows:
            total = total + weight * (row(f, z, x) * power(x, self.degree - degree))
            weight = weight * y % self.group.q
        return total


def product(left, right):
    return left * right


def power(x, exponent):
    result = 1
    for _ in range(exponent):
        result = x * result
    return result


def weights(width):
    """Of bits that give every number from 0 to the width and no other."""
    count = width.bit_length()
    return [1 << k for k in range(count - 1)] + [width - ((1 << count - 1) - 1)]


def digits(count):
    """How many digits, in which base."""
    def base(power):
        return next(base for base in range(2, count + 1) if base ** power >= count)
    number = min((2, 3, 4), key=lambda power: 32 * power * (base(power) - 1) + 384 * (power - 1))
    return number, base(number)


def parse(data, group):
    """A valid statement, or Difference."""
    try:
        return Relation(statement.parse(data), group)
    except UnicodeDecodeError:
        raise Difference("text that is no UTF-8") from None
