"""Derives the group SG3072 anew and compares it with what the repository ships. Needs gmpy2 (`pip install gmpy2`).

    python3 -B Tests/External/check_group.py             # some ten seconds: primes tested, generators made anew
    python3 -B Tests/External/check_group.py --search    # some minutes: also that no earlier candidate would have done
    python3 -B Tests/External/check_group.py --known FILE [--search]

Written from the description of the group that is docs/proofs.md, section 2, alone, in another language and with another sieve than the
program `GroupParameters`, so that a mistake in one is not made twice. FILE holds lines `tag=`, `qi=`, `i=`, `q=`, `r=`, `p=`: known
answers for another tag, for which the same is checked.
"""

import argparse
import hashlib
import json
import pathlib
import sys

import gmpy2

TAG = b"cordon/zk/group/v1"
LABELS = ["H", "Q"] + [f"G/{i}" for i in range(16)] + [f"K/{i}" for i in range(128)]
REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
RESOURCE = REPOSITORY / "Sources/CryptoPrimitives/Groups/sg3072.bin"
VECTORS = REPOSITORY / "fixtures/vectors/groups/sg3072.json"
# Of trial division. A larger one makes fewer candidates to test, and takes longer to sieve by.
SIEVE_BOUND = 1 << 25
WINDOW = 1 << 20


def xof(data, count):
    return int.from_bytes(hashlib.shake_256(data).digest(count), "big")


def is_prime(number):
    """BPSW, then 64 rounds of Miller and Rabin."""
    return gmpy2.is_strong_bpsw_prp(number) and gmpy2.is_prime(number, 64)


def first_order(tag):
    return xof(tag + b"/q", 32) | 1 << 255 | 1


def first_cofactor(tag, q):
    p0 = xof(tag + b"/p", 384) | 3 << 3070
    return p0 // (2 * q) | 1


def search_order(tag):
    q, step = first_order(tag), 0
    while not is_prime(q):
        q, step = q + 2, step + 1
    return q, step


def primes_below(bound):
    sieve = bytearray([1]) * bound
    sieve[0:2] = b"\0\0"
    for n in range(2, int(bound**0.5) + 1):
        if sieve[n]:
            sieve[n * n :: n] = bytes(len(range(n * n, bound, n)))
    return [n for n in range(3, bound) if sieve[n]]


def search_cofactor(tag, q):
    """The least i with r = r0 + 2 i and p = 2 q r + 1 both prime."""
    r0 = first_cofactor(tag, q)
    residues = []
    for prime in primes_below(SIEVE_BOUND):
        half = (prime + 1) // 2
        residues.append((prime, -r0 % prime * half % prime, half))
    # 2 q (r0 + 2 i) + 1 = 0 mod prime
    second = []
    for prime, _, half in residues:
        slope = 4 * q % prime
        second.append(-(2 * q * r0 + 1) * int(gmpy2.invert(slope, prime)) % prime if slope else None)
    start = 0
    while True:
        candidates = bytearray([1]) * WINDOW
        for (prime, of_r, _), of_p in zip(residues, second):
            for root in (of_r, of_p):
                if root is None:
                    continue
                first = (root - start) % prime
                if first < WINDOW:
                    candidates[first::prime] = bytes(len(range(first, WINDOW, prime)))
        at = candidates.find(1)
        while at >= 0:
            r = gmpy2.mpz(r0 + 2 * (start + at))
            if gmpy2.powmod(2, r - 1, r) == 1:
                p = 2 * q * r + 1
                if gmpy2.powmod(2, p - 1, p) == 1 and is_prime(r) and is_prime(p):
                    return int(r), start + at
            at = candidates.find(1, at + 1)
        start += WINDOW
        print(f"    {start} candidates", file=sys.stderr)


def generator(tag, label, p, r):
    u = xof(tag + b"/gen/" + label.encode(), 400) % p
    g = int(gmpy2.powmod(u, 2 * r, p))
    return min(g, p - g)


def check(name, is_right):
    print(("ok      " if is_right else "WRONG   ") + name)
    if not is_right:
        sys.exit(1)


def check_known(path, search):
    known = dict(line.split("=", 1) for line in path.read_text().split())
    tag = known["tag"].encode()
    p, q, r = (int(known[name], 16) for name in "pqr")
    check("q is the prime at the step that is named", first_order(tag) + 2 * int(known["qi"]) == q and is_prime(q))
    check("r is the prime at the step that is named", first_cofactor(tag, q) + 2 * int(known["i"]) == r and is_prime(r))
    check("p = 2qr + 1 is prime", p == 2 * q * r + 1 and is_prime(p))
    for label in ["H", "Q", "G/0", "K/0"]:
        encoded = generator(tag, label, p, r).to_bytes(384, "big")
        print(f"        SHA-256({label}) = {hashlib.sha256(encoded).hexdigest()}")
    if search:
        check("no earlier q", search_order(tag) == (q, int(known["qi"])))
        check("no earlier r", search_cofactor(tag, q) == (r, int(known["i"])))


def check_shipped(search):
    data = RESOURCE.read_bytes()
    check("the size of the resource", len(data) == 384 + 32 + 352 + 384 * len(LABELS))
    p, q, r = (int.from_bytes(part, "big") for part in (data[:384], data[384:416], data[416:768]))
    check("q is the first prime of the tag", search_order(TAG)[0] == q)
    check("p = 2qr + 1 has 3072 bits", p == 2 * q * r + 1 and p.bit_length() == 3072)
    check("r follows from the tag", r >= first_cofactor(TAG, q) and (r - first_cofactor(TAG, q)) % 2 == 0)
    check("p and r are prime", is_prime(p) and is_prime(r))
    print(f"        the step is {(r - first_cofactor(TAG, q)) // 2}")
    encoded = data[768:]
    for index, label in enumerate(LABELS):
        g = int.from_bytes(encoded[384 * index : 384 * (index + 1)], "big")
        is_right = g == generator(TAG, label, p, r) and 2 <= g <= (p - 1) // 2 and gmpy2.powmod(g, q, p) in (1, p - 1)
        if not is_right:
            check(f"generator {label}", False)
    check(f"{len(LABELS)} generators", len(set(encoded[i : i + 384] for i in range(0, len(encoded), 384))) == len(LABELS))
    if search:
        check("no earlier r", search_cofactor(TAG, q)[0] == r)


def vectors(p, q, r, generators):
    """Answers for the tests of the repository, with numbers drawn from SHAKE256 of what they are for."""
    largest = (p - 1) // 2

    def scalar(name):
        return xof(b"cordon/zk/group/vectors/" + name.encode(), 48) % q

    def element(number):
        number %= p
        return f"{min(number, p - number):0768x}"

    cases = []
    special = {"0": 0, "1": 1, "2": 2, "q-1": q - 1, "q-2": q - 2, "2^255": 1 << 255, "2^128-1": (1 << 128) - 1}
    for name, exponent in list(special.items()) + [(f"random {n}", scalar(f"power/{n}")) for n in range(6)]:
        base = generators["H"] if len(cases) % 2 else generators["K/127"]
        cases.append({"name": name, "base": element(base), "exponent": f"{exponent:064x}",
                      "power": element(gmpy2.powmod(base, exponent, p))})
    products = []
    for n in range(4):
        terms, result = [], gmpy2.mpz(1)
        for index, label in enumerate(["H", "Q", "G/0", "G/15", "K/0", f"K/{n}", "other"]):
            base = generators[label] if label != "other" else int(gmpy2.powmod(generators["H"], scalar(f"other/{n}"), p))
            exponent = scalar(f"product/{n}/{index}")
            terms.append({"base": element(base), "exponent": f"{exponent:064x}"})
            result = result * gmpy2.powmod(base, exponent, p) % p
        products.append({"terms": terms, "product": element(result)})
    scalars = []
    for n in range(8):
        a, b = (scalar(f"scalar/{n}/{name}") for name in "ab")
        if n == 0:
            a, b = q - 1, q - 1
        wide = hashlib.shake_256(b"cordon/zk/group/vectors/wide/%d" % n).digest(48) if n else b"\xff" * 48
        scalars.append({name: f"{value:064x}" for name, value in {
            "a": a, "b": b, "sum": (a + b) % q, "difference": (a - b) % q, "product": a * b % q,
            "inverse": int(gmpy2.invert(a, q)), "reduced": int.from_bytes(wide, "big") % q}.items()} | {"wide": wide.hex()})
    stranger = int(gmpy2.powmod(3, 2 * q, p))
    both = generators["H"] * stranger
    assert gmpy2.powmod(stranger, r, p) == 1 and gmpy2.powmod(both, q, p) not in (1, p - 1)
    return {
        "source": "Tests/External/check_group.py, gmpy2",
        "powers": cases, "products": products, "scalars": scalars,
        "outside": [element(stranger), element(both)],
        "largest": f"{largest:0768x}", "order": f"{q:064x}", "modulus": f"{p:0768x}",
    }


def check_vectors(write):
    data = RESOURCE.read_bytes()
    p, q, r = (int.from_bytes(part, "big") for part in (data[:384], data[384:416], data[416:768]))
    generators = {
        label: int.from_bytes(data[768 + 384 * index : 1152 + 384 * index], "big") for index, label in enumerate(LABELS)
    }
    text = json.dumps(vectors(p, q, r, generators), indent=1) + "\n"
    if write:
        VECTORS.write_text(text)
    check(f"{VECTORS.name}", VECTORS.read_text() == text)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--search", action="store_true", help="repeat the whole search")
    parser.add_argument("--known", type=pathlib.Path, help="known answers for another tag")
    parser.add_argument("--write-vectors", action="store_true", help="write fixtures/vectors/groups/sg3072.json anew")
    arguments = parser.parse_args()
    if arguments.known:
        check_known(arguments.known, arguments.search)
    else:
        check_shipped(arguments.search)
        check_vectors(arguments.write_vectors)
