"""Extracts claims from FHIR resources by docs/claims.md, with Python's own JSON and decimal arithmetic.

    claims.py FOLDER FILE…

FOLDER holds claim-schemas.json, claim-codes.json and claim-units.json. Each FILE is one resource or one Bundle, compressed if it ends in
.gz. For each resource whose type has a schema it prints one line: file, position, type, and the values or a refusal.
"""

import datetime
import decimal
import fractions
import gzip
import json
import pathlib
import re
import sys

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
BOUND = 1 << 62
DATE = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})"
    r"(T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-](0\d|1[0-3]):[0-5]\d|[+-]14:00))?",
    re.ASCII,
)


class Refused(Exception):
    pass


class Number(str):
    """A number as it is written."""


def load(path):
    data = gzip.open(path).read() if str(path).endswith(".gz") else pathlib.Path(path).read_bytes()
    return json.loads(data, parse_float=Number, parse_int=Number)


def flat(value):
    if value is None:
        return []
    if isinstance(value, list):
        return [item for item in value if item is not None]
    return [value]


def need(value, kind, field):
    if not isinstance(value, kind) or kind is str and isinstance(value, Number):
        raise Refused(field)
    return value


def member(node, name, field):
    value = need(node, dict, field).get(name)
    return None if value is None else need(value, str, field)


def codings(concepts, field):
    for concept in concepts:
        for coding in flat(need(concept, dict, field).get("coding")):
            system, code = member(coding, "system", field), member(coding, "code", field)
            if system is not None and code is not None:
                yield system, code


def walk(nodes, path, field):
    for name in path:
        nodes = [child for node in nodes for child in flat(need(node, dict, field).get(name))]
    return nodes


def is_modified(value):
    if isinstance(value, dict):
        return any(key in ("modifierExtension", "implicitRules") or is_modified(item) for key, item in value.items())
    return isinstance(value, list) and any(map(is_modified, value))


def is_bounded(text):
    return 1 <= len(text.encode()) <= 255


class Extractor:
    def __init__(self, folder):
        folder = pathlib.Path(folder)
        self.schemas = json.loads((folder / "claim-schemas.json").read_text())
        self.lists = json.loads((folder / "claim-codes.json").read_text())["lists"]
        tables = json.loads((folder / "claim-units.json").read_text())
        self.units, self.loinc = tables["units"], tables["loinc"]

    def values(self, resource):
        fields = self.schemas[resource["resourceType"]]["fields"]
        read = {"component" if "component" in field else path.split(".")[0] for field in fields for path in field["path"]}
        read |= {"modifierExtension", "implicitRules"}
        if is_modified({name: value for name, value in resource.items() if name in read}):
            raise Refused("modified")
        self.measured = None
        if "code" in read:
            self.measured = next((code for system, code in codings(flat(resource.get("code")), "code") if system == LOINC), None)
        return [self.value(field, resource) for field in fields]

    def value(self, field, resource):
        name, start = field["name"], [resource]
        if "component" in field:
            start = [
                part
                for part in flat(resource.get("component"))
                if (LOINC, field["component"]) in list(codings(flat(need(part, dict, name).get("code")), name))
            ]
            if len(start) != 1:
                start = []
        nodes = [node for path in field["path"] for node in walk(start, path.split("."), name)]
        return getattr(self, "read_" + field["type"])(nodes, field)

    def read_date(self, nodes, field):
        texts = [need(node, str, field["name"]) for node in nodes]
        match = DATE.fullmatch(texts[0]) if len(texts) == 1 and len(texts[0]) <= 64 else None
        try:
            day = datetime.date(*map(int, match.group(1, 2, 3)))
        except (AttributeError, ValueError):
            return None
        days = (day - datetime.date(1900, 1, 1)).days
        return ["date", days] if 0 <= days <= 65535 else None

    def read_text(self, nodes, field):
        texts = [need(node, str, field["name"]) for node in nodes]
        return ["text", texts[0]] if texts and is_bounded(texts[0]) else None

    def index(self, code, field):
        codes = list(self.lists[field["list"]]["codes"])
        return ["code", codes.index(code)] if code in codes else None

    def read_flag(self, nodes, field):
        flags = [need(node, bool, field["name"]) for node in nodes]
        return self.index("true" if flags[0] else "false", field) if flags else None

    def read_code(self, nodes, field):
        texts = [need(node, str, field["name"]) for node in nodes]
        return self.index(texts[0], field) if texts else None

    def read_concept(self, nodes, field):
        wanted = self.lists[field["list"]]["system"]
        # All of them, so that one that is of a wrong kind is found.
        codes = [code for system, code in list(codings(nodes, field["name"])) if system == wanted]
        return self.index(codes[0], field) if codes else None

    def coding(self, system, code):
        if is_bounded(system) and is_bounded(code) and ":" in system and "|" not in code:
            return ["coding", system, code]
        return None

    def read_coding(self, nodes, field):
        found = list(codings(nodes, field["name"]))
        preferred = [coding for coding in found if coding[0] == field.get("list")]
        return self.coding(*(preferred + found)[0]) if found else None

    def quantity(self, nodes, field):
        found = []
        for node in nodes:
            comparator, system, code = (member(node, name, field["name"]) for name in ("comparator", "system", "code"))
            value = node.get("value")
            if value is not None:
                need(value, Number, field["name"])
            found.append((value if comparator is None else None, code if system == UCUM else None))
        if len(found) != 1 or found[0][1] is None:
            return None
        value, unit = found[0]
        target = field.get("unit") or self.loinc.get(self.measured) or unit
        factor = "1/1" if unit == target else self.units.get(target, {}).get(unit)
        return None if factor is None else (value, target, fractions.Fraction(factor))

    def read_unit(self, nodes, field):
        quantity = self.quantity(nodes, field)
        return quantity and self.coding(UCUM, quantity[1])

    def number(self, digits, factor, field):
        with decimal.localcontext(prec=100):
            value = decimal.Decimal(digits)
            sign, figures, exponent = value.as_tuple()
            significant = len("".join(map(str, figures)).lstrip("0"))
            if sign and not value or significant > 36 or abs(exponent) > 36:
                return None
            scale = field["scale"]
            if field["type"] == "number" and factor == 1 and -exponent > scale:
                return None
            steps = fractions.Fraction(value) * factor * 10**scale
        if field["type"] == "number" and steps.denominator != 1:
            return None
        steps = steps.numerator // steps.denominator
        return ["number", str(steps)] if abs(steps) < BOUND else None

    def read_number(self, nodes, field):
        if field.get("unit") == "1":
            numbers = [need(node, Number, field["name"]) for node in nodes]
            return self.number(numbers[0], fractions.Fraction(1), field) if len(numbers) == 1 else None
        quantity = self.quantity(nodes, field)
        return self.number(quantity[0], quantity[2], field) if quantity and quantity[0] is not None else None

    read_floor = read_number


def main():
    extractor = Extractor(sys.argv[1])
    for path in sys.argv[2:]:
        document = load(path)
        resources = [document]
        if document.get("resourceType") == "Bundle":
            resources = [entry.get("resource", {}) for entry in document.get("entry", [])]
        for position, resource in enumerate(resources):
            kind = resource.get("resourceType")
            if kind not in extractor.schemas:
                continue
            try:
                values = extractor.values(resource)
            except Refused as refusal:
                values = {"refused": str(refusal)}
            print(json.dumps([path, position, kind, values], ensure_ascii=False))


main()
