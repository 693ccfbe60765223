#!/usr/bin/env python3
"""Reads every example of fixtures/vectors/formats with nothing but docs/formats.md.

Takes each example apart field by field, compares with the fields that stand beside it, puts it together again, and computes every
hash, key, commitment and Ed25519 signature anew. Ends with 1 at the first difference, and names what it skipped.

    check_formats.py [folder]
"""
import json
import pathlib
import sys

from formats import checks
from formats.codecs import Difference


def main():
    here = pathlib.Path(__file__).resolve().parent
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else here / "../../fixtures/vectors/formats"
    files = {path.name: json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))}
    unknown = sorted(set(files) ^ set(checks.FILES))
    if unknown:
        print(f"files that are missing or that nothing here reads: {', '.join(unknown)}")
        return 1
    for name, check in checks.FILES.items():
        try:
            check(files)
        except Difference as difference:
            print(f"{name}: {difference}")
            return 1
        except (AttributeError, KeyError, IndexError, TypeError, ValueError) as error:
            print(f"{name}: {type(error).__name__}: {error}")
            return 1
    examples = sum(len(examples) for examples in files.values())
    for what in checks.SKIPPED:
        print(f"skipped: {what}")
    print(f"{examples} examples in {len(files)} files agree with docs/formats.md")
    return 0


if __name__ == "__main__":
    sys.exit(main())
