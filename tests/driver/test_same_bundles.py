"""What is compiled stays the same, bundle for bundle, unless it is recorded again on purpose.

`pytest tests/driver/test_same_bundles.py --long --update-golden` records the digests of
`tests/data/bundles.json`. A change of them is a change of the compiler's results: say which and why
in the commit.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from random import Random

import pytest

from fuzz.kernels import KernelJob, compiled_job
from fuzz.statements import Statement, Statements
from fuzz.writing import BINARY, VARIABLE
from slotweave.challenge.tree_hash import TREE_HASH
from slotweave.challenge.tree_hash.plans.ladder_plans import LADDER_PLAN_NAMES
from slotweave.driver.compile import compile_job
from slotweave.driver.job import Job
from slotweave.ir.plan import ScheduleOptions
from slotweave.ir.program import Program
from slotweave.machine import CHALLENGE

RECORD = Path(__file__).parents[1] / "data" / "bundles.json"
KERNELS = 200
JUDGED = {"height": 10, "batch": 256, "rounds": 16}
SMALL = {"height": 5, "batch": 40, "rounds": 7}

_NUMBERS = {
    "binary": 3, "vbinary": 3, "select": 3, "multiply_add": 3, "add_immediate": 2, "lane": 2,
    "broadcast": 1, "load": 4, "vload": 4, "gather": 4, "store": 5, "vstore": 5, "scatter": 5,
    "set": 2, "vset": 2, "trace": 1,
}  # fmt: skip


def digest(program: Program | None) -> str:
    """Of the bundles alone; `refused` where the machine cannot hold the kernel."""
    if program is None:
        return "refused"
    bundles = [[(engine, slots) for engine, slots in sorted(bundle.items())]
               for bundle in program.bundles]  # fmt: skip
    return f"{len(bundles)} {hashlib.sha256(repr(bundles).encode()).hexdigest()[:16]}"


def random_statements(random: Random, most: int = 14, depth: int = 2) -> Statements:
    """The same for the same `random` on every version of every library."""

    def number() -> int:
        return random.choice((random.randint(0, 3), random.randint(0, 20), random.randint(-6, -1),
                              VARIABLE + random.randint(0, 2), ~31))  # fmt: skip

    found = []
    for _ in range(random.randint(1, most)):
        kind = random.randint(0, 9)
        if kind == 8 and depth:
            sides = tuple(random_statements(random, 3, depth - 1) for _ in range(2))
            found.append(Statement("branch", (number(),), sides))
        elif kind == 9 and depth:
            body = random_statements(random, 3, depth - 1)
            found.append(Statement("loop", (random.randint(0, 1), number()), (body,)))
        else:
            name = random.choice(list(_NUMBERS))
            numbers = [number() for _ in range(_NUMBERS[name])]
            if name in ("binary", "vbinary"):
                numbers[0] = random.randrange(len(BINARY))
            found.append(Statement(name, tuple(numbers)))
    return tuple(found)


def random_kernels() -> dict[str, str]:
    """The digests of as many kernels as the record holds, by number."""
    found = {}
    for number in range(KERNELS):
        random = Random(number)
        options = ScheduleOptions(spill=number % 3 == 0)
        job = KernelJob(random_statements(random), CHALLENGE, options, number % 4 != 1, number)
        result = compiled_job(job)
        found[f"kernel {number}"] = digest(result and result.program)
    return found


def tree_hash(plan: str, contract: str, parameters: Mapping[str, int]) -> str:
    made = TREE_HASH.plan(plan, parameters, contract)
    result = compile_job(Job(TREE_HASH, parameters, contract, made, CHALLENGE, instances=1))
    return digest(result.program)


def held(found: Mapping[str, str], request: pytest.FixtureRequest) -> None:
    """Compare with the record, or put what was found into it."""
    record = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
    if request.config.getoption("--update-golden"):
        text = json.dumps({**record, **found}, indent=1) + "\n"
        RECORD.write_text(text, encoding="utf-8")
        return
    assert found == {name: record[name] for name in found}


@pytest.mark.long
def test_of_random_kernels(request: pytest.FixtureRequest) -> None:
    found = random_kernels()
    assert sum(each != "refused" for each in found.values()) > KERNELS * 0.8
    held(found, request)


def test_of_a_small_tree(request: pytest.FixtureRequest) -> None:
    held({f"small {contract}": tree_hash(TREE_HASH.plan_names[0], contract, SMALL)
          for contract in TREE_HASH.contracts}, request)  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("contract", TREE_HASH.contracts)
def test_of_the_judged_shape(contract: str, request: pytest.FixtureRequest) -> None:
    held({f"judged {contract}": tree_hash("tuned", contract, JUDGED)}, request)


@pytest.mark.long
@pytest.mark.parametrize("plan", LADDER_PLAN_NAMES)
def test_of_the_rungs(plan: str, request: pytest.FixtureRequest) -> None:
    held({f"rung {plan}": tree_hash(plan, "values", JUDGED)}, request)
