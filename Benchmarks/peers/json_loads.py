"""Parses a JSON file with Python: the peer of Benchmarks/ScanningContests.swift.

    json_loads.py FILE

It prints the name and version of the parser, orjson's where it is installed. Then, for every line it reads, it parses the file's
bytes into objects and prints the nanoseconds that took.
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

print(name, flush=True)
for _ in sys.stdin:
    start = time.thread_time_ns()
    parser.loads(content)
    print(time.thread_time_ns() - start, flush=True)
