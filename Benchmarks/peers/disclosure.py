"""What the peers that disclose some fields of ten have in common: the fields, and how their work is timed.

Without arguments, or with a number of rounds, a peer prints one line of JSON: the median processor time of each work in milliseconds and
the bytes of what it makes. With the name of a work it is a peer as Benchmarks/PeerProgram.swift wants it: it prints its name, then, for
every line it reads, the nanoseconds of the processor that the work took, and what came of it.
"""
import importlib.metadata
import json
import statistics
import sys
import time

FIELDS = {
    "status": "completed", "vaccine": "207", "date": "45990", "birth": "39001", "dose": "3", "lot": "A28", "site": "LA", "route": "IM",
    "maker": "Moderna", "reason": "routine",
}
SHOWN = ("status", "vaccine", "date")


def timed(work):
    """All threads of the process count: a peer must not hide its work in another."""
    start = time.process_time_ns()
    result = work()
    return time.process_time_ns() - start, result


def median(work, rounds):
    timed(work)
    return round(statistics.median(timed(work)[0] for _ in range(rounds)) / 1e6, 3)


def run(package, works, sizes, count=50):
    """`works` makes a work by its name, each a function that gives a word about its result; `sizes` gives bytes by name."""
    name = f"{package} {importlib.metadata.version(package)}"
    option = sys.argv[1] if len(sys.argv) > 1 else str(count)
    if option.isdigit():
        medians = {what: median(make(), int(option)) for what, make in works.items()}
        print(json.dumps({"peer": name, "rounds": int(option), "milliseconds": medians, "bytes": sizes()}))
        return
    work = works[option]()
    print(name, flush=True)
    for _ in sys.stdin:
        print(*timed(work), flush=True)
