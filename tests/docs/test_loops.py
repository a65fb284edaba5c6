"""docs/loops.md: its kernel runs, and its figures are those of the plans."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from slotweave.challenge.ladder.ladder_flow import measured_runs
from slotweave.challenge.tree_hash import TREE_HASH
from slotweave.driver.compile import compile_job
from slotweave.driver.compiled import Compiled
from slotweave.driver.job import Job
from slotweave.frontend.kernel import Kernel, Parameters, Words
from slotweave.ir.facts import Facts
from slotweave.ir.graph import Region
from slotweave.ir.plan import Plan
from slotweave.machine import CHALLENGE, MINIMAL
from support.command_line import slotweave

PAGE = (Path(__file__).parents[2] / "docs" / "loops.md").read_text(encoding="utf-8")
JUDGED = {"height": 10, "rounds": 16, "batch": 256}


def collatz_of(memory: Words, _parameters: Parameters, _contract: str) -> Words:
    after = memory.copy()
    for place in range(8):
        word = int(memory[place])
        for _ in range(20):
            word = (3 * word + 1) % 2**32 if word & 1 else word >> 1
        after[8 + place] = word
    return after


def test_the_kernel_on_the_page_does_what_it_says() -> None:
    found = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    names: dict[str, object] = {}
    exec(found[1], names)
    build = names["collatz"]
    assert callable(build)
    regions = (Region("x", 0, 8, read_only=True), Region("y", 8, 8, output=True))
    kernel = Kernel(
        name="collatz", text="", parameters={}, contracts=("plain",),
        build=lambda k, _parameters, _contract, _plan: build(k),
        memory=lambda _p, _c, rng: rng.integers(0, 2**32, 16, dtype=np.uint32),
        reference=collatz_of,
        facts=lambda _p, _c: Facts(16, {}, regions, {}),
        plan=lambda name, _p, _c: Plan(name, "collatz"),
    )  # fmt: skip
    plan = Plan("default", "collatz")
    result = compile_job(Job(kernel, {}, "plain", plan, MINIMAL, instances=3))
    assert result.verified.mismatches == 0


def compiled(name: str) -> Compiled:
    plan = TREE_HASH.plan(name, JUDGED, "values")
    return compile_job(Job(TREE_HASH, JUDGED, "values", plan, CHALLENGE, instances=1))


@pytest.mark.long
def test_the_figures_on_the_page_are_measured() -> None:
    for name in ("dedup-runtime", "hybrid-unroll"):
        runs = measured_runs(compiled(name))
        assert f"| `{name}` | {runs['random_median']:,} | {runs['one_path']:,} |" in PAGE
    bundles = len(compiled("hybrid-unroll").program.bundles)
    assert f"{bundles} bundles for\n" in PAGE


def test_the_loop_on_the_page_is_what_compile_prints() -> None:
    found = re.search(r"```\n\$ slotweave (compile iir --plan loop)\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    printed = " ".join(slotweave(*found[1].split()).out.split())
    assert " ".join(found[2].split()) in printed


@pytest.mark.long
@pytest.mark.parametrize(("batch", "proved"), [(2048, True), (65_536, "unknown")])
def test_the_pipelined_tree_hash_takes_what_the_page_says(batch: int, proved: object) -> None:
    arguments = ("tree-hash", "--plan", "pipelined", "-p", f"batch={batch}", "--json")
    found = slotweave("compile", *arguments).json
    row = f"| batch {batch:,} | {found['cycles']:,} | {found['cycles'] / batch:.2f} "
    assert f"{row}| {found['bundles']:,} |" in PAGE
    assert found["proved"]["program"] == proved
    assert found["bundles"] < 4000
