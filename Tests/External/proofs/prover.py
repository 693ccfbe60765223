"""The prover of section 6 of docs/proofs.md. It hides nothing from who can measure its time, and proves what is not true if it is told to:
what a verifier must refuse is made with it."""
from .statement import DIGIT, digits, weights
from .verifier import Transcript, auxiliary_commitment, place_commitment, record_commitments, row_commitment


class Polynomial:
    """In x, its coefficients modulo q, the lowest first."""

    def __init__(self, coefficients, q):
        self.coefficients, self.q = [value % q for value in coefficients], q

    def __add__(self, other):
        left, right = self.coefficients, self.of(other)
        size = max(len(left), len(right))
        return Polynomial([a + b for a, b in zip(left + [0] * (size - len(left)), right + [0] * (size - len(right)))], self.q)

    def __mul__(self, other):
        right = self.of(other)
        result = [0] * (len(self.coefficients) + len(right) - 1)
        for i, a in enumerate(self.coefficients):
            for j, b in enumerate(right):
                result[i + j] += a * b
        return Polynomial(result, self.q)

    def of(self, other):
        return other.coefficients if isinstance(other, Polynomial) else [other]

    def __sub__(self, other):
        return self + other * -1

    def __rsub__(self, other):
        return self * -1 + other

    __radd__, __rmul__ = __add__, __mul__


def names(relation):
    """How many scalars of each kind a prover draws."""
    records = len(relation.elements)
    result = {"a": relation.auxiliary, "v": len(relation.free), "tC": records}
    if relation.rows:
        result |= {"rB": None, "tB": None, "s": relation.degree}
    return {**result, "vV": 2} if relation.covering else result


def draw(relation, scalar):
    """Masks and blinding, each from `scalar(name)`."""
    return {name: scalar(name) if count is None else [scalar(f"{name}/{number}") for number in range(count)]
            for name, count in names(relation).items()}


def auxiliary_values(relation, attributes, place=0):
    """What makes a true statement's rows vanish; of an inverse that does not exist, 0. The place is the grant's among the candidates."""
    q, result = relation.group.q, []
    for item in relation.value["predicates"]:
        result += VALUES.get(item["kind"], lambda *_: [])(item, lambda where: attributes[where["record"]][where["attribute"]], q)
    return result + one_hot(place, 2, DIGIT) if relation.covering else result


def one_hot(index, count, base):
    """Of each digit, the lowest first, whether it is 1, 2, …"""
    return [int(j == index // base ** t % base) for t in range(count) for j in range(1, base)]


def bits(value, width):
    """The highest weight is taken only where it is needed."""
    if not width:
        return []
    steps = weights(width)
    highest = value > sum(steps[:-1])
    value -= steps[-1] * highest
    return [value >> k & 1 for k in range(len(steps) - 1)] + [int(highest)]


def interval(item, attribute, q):
    return bits((attribute(item["of"]) - item["low"]) % q, item["high"] - item["low"])


def linear(item, attribute, q):
    total = sum((term["coefficient"] - (term["coefficient"] >> 31 << 32)) * attribute(term["of"]) for term in item["terms"])
    return bits((total - int(item["low"], 16)) % q, item["width"])


def chosen(item, attribute, q):
    values = [int(value, 16) for value in item["set"]]
    index = values.index(attribute(item["of"])) if attribute(item["of"]) in values else 0
    if len(values) <= 32:
        return [int(j == index) for j in range(1, len(values))]
    return one_hot(index, *digits(len(values)))


def inverse(difference, q):
    return [pow(difference % q, -1, q) if difference % q else 0]


VALUES = {
    1: interval, 2: chosen, 6: linear,
    3: lambda item, attribute, q: inverse(attribute(item["of"]) - int(item["value"], 16), q),
    4: lambda item, attribute, q: inverse(attribute(item["of"]) - attribute(item["other"]), q),
}


def commit(group, rho, attributes):
    """A record's C."""
    return group.product((group.generator("H"), rho), *((group.generator(f"G/{i}"), value) for i, value in enumerate(attributes)))


def prove(relation, form, statement, secrets, twist=None):
    """The proof and its steps. `secrets` are as the vectors name them; `twist` is a factor of an element, by its name, for who lies."""
    group, q = relation.group, relation.group.q
    transcript = Transcript(form, statement, group)
    hidden = [secrets["attributes"][class_[0][0]][class_[0][1]] for class_ in relation.hidden]
    x = Polynomial([0, 1], q)
    f = [Polynomial([mask, value], q) for mask, value in zip(secrets["a"], secrets["b"])]
    z = relation.complete(f, [Polynomial([mask, hidden[v]], q) for mask, v in zip(secrets["v"], relation.free)], x)

    # Commitments to masks are commitments to responses at x = 0, where neither C nor B counts.
    masks = [polynomial.coefficients[0] for polynomial in z]
    T_C = record_commitments(relation, masks, secrets["tC"], 0)
    B, T_B, V_1, V_0, E, T_E, steps = [], [], [], [], [], [], {}
    if relation.rows:
        B = [auxiliary_commitment(group, secrets["b"], secrets["rB"], 1, 0)]
        T_B = [auxiliary_commitment(group, secrets["a"], secrets["tB"], 1, 0)]
    if relation.covering:
        chances = relation.chances(f, x)
        V_0, V_1 = ([place_commitment(relation, [chance.coefficients[k] for chance in chances], secrets["vV"][k], 1, 0)] for k in (0, 1))
    B, T_C, T_B, V_1, V_0 = twisted(group, twist, B=B, T_C=T_C, T_B=T_B, V_1=V_1, V_0=V_0)
    transcript.absorb(B + T_C + T_B + V_1 + V_0)
    if relation.rows:
        y = transcript.y()
        e = relation.combined(f, z, x, y).coefficients[:relation.degree]
        made = [row_commitment(group, value, blinding, [], 0) for value, blinding in zip(e, secrets["s"])]
        T_E, E = twisted(group, twist, T_E=made[:1], E=made[1:])
        transcript.absorb(E + T_E)
        steps["e"] = [group.write_scalar(value).hex() for value in e]
    sent = transcript.x()
    answers = [value(int.from_bytes(sent, "little")) for value in responses(relation, secrets, f, z)]
    elements, end = (B + V_1 + E, sent) if form == "compact" else (B + T_C + T_B + V_1 + V_0 + E + T_E, b"")
    proof = b"".join(group.write(element) for element in elements) + end + b"".join(group.write_scalar(value) for value in answers)
    return proof, steps


def twisted(group, twist, **elements):
    return [[group.written(element * (twist or {}).get(name, 1)) for element in values] for name, values in elements.items()]


def responses(relation, secrets, f, z):
    """Each as a function of the challenge, in the order in which they are sent."""
    q = relation.group.q

    def at(coefficients):
        return lambda x: sum(value * x ** k for k, value in enumerate(coefficients)) % q
    result = [at(polynomial.coefficients) for polynomial in f + [z[number] for number in relation.free]]
    result += [at([mask, rho]) for mask, rho in zip(secrets["tC"], secrets["rho"])]
    if relation.rows:
        result += [at([secrets["tB"], secrets["rB"]]), at(secrets["s"])]
    if relation.covering:
        result.append(at([*secrets["vV"], -secrets["delta"]]))
    return result
