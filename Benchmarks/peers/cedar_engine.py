"""Decides and validates with cedarpy, the engine of cedar-policy/cedar behind Python: the peer of Benchmarks/CedarContests.swift.

    cedar_engine.py WORK FOLDER

FOLDER holds few.cedar, many.cedar, schema.cedarschema, entities.json and requests.json. WORK is one of `few`, `engine`, `many`, `link`,
`records`, `validate` and `memory`. It prints cedarpy's version. Then, for every line it reads, it does the work and prints the
nanoseconds it took, and what came of it. Policies and entities are handles that were made before; `engine` is the time that the
engine says it took in a call of `few`, which is time on the wall.
"""

import importlib.metadata
import json
import sys
import time

import cedarpy


def text(name):
    with open(f"{sys.argv[2]}/{name}", encoding="utf-8") as file:
        return file.read()


def resident():
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * 4096


def loop(count, work):
    start = time.thread_time_ns()
    for _ in range(count):
        result = work()
    return (time.thread_time_ns() - start) // count, result


def said(results):
    return " ".join(f"{r.decision.name.lower()}:{','.join(sorted(r.diagnostics.reasons))}" for r in results)


def works():
    requests = json.loads(text("requests.json"))
    entities = cedarpy.Entities.from_json_str(text("entities.json"))

    def decide(policies, count):
        def work():
            elapsed, result = loop(count, lambda: cedarpy.is_authorized(requests[0], policies, entities))
            return elapsed, said([result])
        return work

    def engine(policies):
        def work():
            results = [cedarpy.is_authorized(requests[0], policies, entities) for _ in range(200)]
            return sum(r.metrics["authz_duration_micros"] for r in results) * 1000 // len(results), said(results[:1])
        return work

    def records(policies):
        def work():
            elapsed, results = loop(1, lambda: [cedarpy.is_authorized(request, policies, entities) for request in requests])
            return elapsed, said(results)
        return work

    def link(policies, template):
        values = {"?principal": requests[0]["principal"], "?resource": requests[0]["resource"]}
        def work():
            elapsed, linked = loop(1, lambda: policies.with_linked(template, "grant", values))
            return elapsed, str(len(linked))
        return work

    def validate(policies, schema):
        def work():
            elapsed, result = loop(1, lambda: cedarpy.validate_policies(policies, schema))
            return elapsed, str(result.validation_passed).lower()
        return work

    def memory():
        source = text("many.cedar")
        before = resident()
        policies = cedarpy.PolicySet.from_str(source)
        used = (resident() - before) // len(policies)
        return lambda: (0, str(used))

    few = lambda: cedarpy.PolicySet.from_str(text("few.cedar"))
    many = lambda: cedarpy.PolicySet.from_str(text("many.cedar"))
    return {
        "few": lambda: decide(few(), 200),
        "engine": lambda: engine(few()),
        "many": lambda: decide(many(), 3),
        "link": lambda: link(many(), "grant-template"),
        "records": lambda: records(few()),
        "validate": lambda: validate(text("many.cedar"), cedarpy.Schema.from_str(text("schema.cedarschema"))),
        "memory": memory,
    }[sys.argv[1]]()


work = works()
print(f"cedarpy {importlib.metadata.version('cedarpy')}", flush=True)
for _ in sys.stdin:
    print(*work(), flush=True)
