"""The published vectors of the two drafts, as far as the sponge, its codec and P-256 go."""
import json

from formats.codecs import Difference, require

from .linear import P256, LinearRelation
from .sponge import Sponge, read_string, read_uint, session_id, write_string


def hexed(value):
    return bytes.fromhex(value)


def duplex(test):
    sponge, output = Sponge(hexed(test["SessionId"])), b""
    for operation in test["Operations"]:
        if operation["type"] == "absorb":
            sponge.absorb(hexed(operation["data"]))
        else:
            output += sponge.squeeze(operation["length"])
    require(output.hex() == test["Output"], "another output")


def derive(test):
    require(session_id(hexed(test["Tag"])).hex() == test["Output"], "another session id")


def field(test):
    data, modulus = hexed(test["Input"]), int(test["Modulus"], 16)
    size = len(data) // test["ExtensionDegree"]
    found = [read_uint(data[at:at + size], modulus) for at in range(0, len(data), size)]
    require(found == [int(value, 16) for value in test["Coordinates"]], "other coordinates")


def sigma(test):
    group = P256()
    relation = LinearRelation.read(group, group.generator, hexed(test["Instance"]), 33, 32)
    require("SessionId" not in test or session_id(test["Tag"].encode()).hex() == test["SessionId"], "another session id")
    relation.verify(test["Tag"].encode(), test["Flavor"], hexed(test["NargString"]))


def scalar(test):
    require(P256().write_scalar(int(test["Value"], 16)).hex() == test["Output"], "another scalar")


FUNCTIONS = {
    "DuplexSponge": duplex, "DeriveSessionID": derive, "SigmaProof": sigma, "DeserializeField": field, "SerializeField": scalar,
    "DeserializeUint": lambda test: read_uint(hexed(test["Input"]), int(test["Modulus"], 16)),
    "SerializeVarLenString": lambda test: require(write_string(hexed(test["Input"])).hex() == test["Output"], "another string"),
    "DeserializeVarLenString": lambda test: read_string(hexed(test["Input"])),
}
FILES = ("fiatShamirCodecVectors.json", "fiatShamirShake128Vectors.json", "sigma-proofs_Shake128_P256.json",
         "sigma-proofs-invalid_Shake128_P256.json")


def check(folder):
    done, skipped = 0, []
    for name in FILES:
        for test in json.loads((folder / name).read_text())["tests"]:
            if test["Function"] not in FUNCTIONS:
                skipped.append(test["Id"])
                continue
            try:
                FUNCTIONS[test["Function"]](test)
                found = "accept"
            except Difference as difference:
                require(test.get("Expected") == "reject", f"{test['Id']}: {difference}")
                found = "reject"
            require(found == test.get("Expected", "accept"), f"{test['Id']} is accepted")
            done += 1
    return f"{done} published vectors agree; skipped: {', '.join(skipped)}"
