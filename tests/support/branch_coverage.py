"""Branch coverage by package, from `coverage json -o -` on stdin; ends with 1 below the floor.

Branches of functions that Numba compiles are not seen by coverage; `make coverage` therefore runs
the tests of both simulators once more with NUMBA_DISABLE_JIT=1, as the Python that they are.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

FLOOR = 0.95


def shares(report: Mapping[str, Any]) -> dict[str, float]:
    """The share of branches taken, by package of slotweave."""
    taken: Counter[str] = Counter()
    there: Counter[str] = Counter()
    for file, found in report["files"].items():
        parts = PurePath(file).parts
        package = parts[parts.index("slotweave") + 1]
        taken[package] += found["summary"]["covered_branches"]
        there[package] += found["summary"]["num_branches"]
    return {package: taken[package] / there[package] for package in sorted(there)}


def main() -> int:
    found = shares(json.load(sys.stdin))
    for package, share in found.items():
        print(f"{package:<10} {share:6.1%} of branches (at least {FLOOR:.0%})")
    return int(not found or min(found.values()) < FLOOR)


if __name__ == "__main__":
    sys.exit(main())
