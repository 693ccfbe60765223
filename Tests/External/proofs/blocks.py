"""Section 9 of docs/proofs.md: which grants are live, and in which blocks they stand."""
from formats.codecs import require

from .statement import PLACES


def live(leaves, size, day):
    """The leaves of grants. Each of `leaves` is as the vectors show it."""
    counted = leaves[:size]
    revoked = {leaf["revokes"] for leaf in counted if "revokes" in leaf}
    return [index for index, leaf in enumerate(counted)
            if leaf.get("committed") and leaf["grant"] not in revoked and leaf["from"] <= day < leaf["until"]]


def starts(count):
    """Where each block begins, and where the last ends."""
    blocks = -(-count // PLACES)
    return [block * count // blocks for block in range(blocks)] + [count] if blocks else [0]


def blocks(grants):
    bounds = starts(len(grants))
    return [grants[start:end] for start, end in zip(bounds, bounds[1:])]


def check_division(value):
    require(starts(value["live"]) == value["starts"], "other blocks")
    sizes = {end - start for start, end in zip(value["starts"], value["starts"][1:])}
    require(not sizes or (max(sizes) <= PLACES and max(sizes) - min(sizes) < 2), "blocks that are not even")


def check_asked(value, leaves):
    require(blocks(live(leaves, value["size"], value["day"])) == value["blocks"], "other blocks")


def check(file):
    """How many of both kinds."""
    for value in file["divisions"]:
        check_division(value)
    for value in file["asked"]:
        check_asked(value, file["leaves"])
    return len(file["divisions"]), len(file["asked"])


COUNTS = (0, 1, 2, 63, 64, 65, 127, 128, 129, 130, 192, 193, 1_000, 4_095, 4_097)
DAY = 20_780


def grant(number, start=-30, end=60, committed=True):
    return {"grant": number, "from": DAY + start, "until": DAY + end, "committed": committed}


def made():
    """A ledger on which each reason not to be live stands next to a grant that just is."""
    leaves = [
        {}, grant(1), grant(2, start=0), grant(3, start=1), grant(4, end=1), grant(5, end=0), grant(6, committed=False), {}, grant(7),
        {"revokes": 7}, grant(8), {}, grant(9), grant(10, start=-30, end=-29), {"revokes": 6}, {}, grant(11), {"revokes": 1}, {}]
    leaves += [leaf for number in range(100, 230) for leaf in (
        [grant(number)] + [{}] * (number % 5 == 0) + [{"revokes": number - 3}] * (number % 7 == 0))]
    asked = [(size, day) for day in (DAY - 31, DAY - 30, DAY - 1, DAY, DAY + 1, DAY + 59, DAY + 60)
             for size in (0, 1, 2, 9, 10, 12, 17, 18, len(leaves))]
    asked += [(size, DAY) for size in range(19, len(leaves), 11)]
    return {
        "divisions": [{"live": count, "starts": starts(count)} for count in COUNTS],
        "leaves": leaves,
        "asked": [{"size": size, "day": day, "blocks": blocks(live(leaves, size, day))} for size, day in asked],
    }
