"""Parses a JSON file with Python: the peer of Benchmarks/ScanningContests.swift.

    json_loads.py FILE

It prints the name and version of the parser, orjson's where it is installed. Then, for every line it reads, it parses the file's
bytes into objects five times, as often as the contender does, and prints the nanoseconds that one of them took.
"""

import platform
import sys
import time

try:
    import orjson as parser

    name = f"orjson {parser.__version__}"
except ImportError:
    import json as parser

    name = f"json of Python {platform.python_version()}"

with open(sys.argv[1], "rb") as file:
    content = file.read()

REPETITIONS = 5

print(name, flush=True)
for _ in sys.stdin:
    start = time.thread_time_ns()
    for _ in range(REPETITIONS):
        parser.loads(content)
    print((time.thread_time_ns() - start) // REPETITIONS, flush=True)
