"""docs/how-low.md is true: each lever switched off alone costs what the page says.

`pytest --long --update-golden` writes the figures again.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from slotweave.backend.fit import Effort
from slotweave.bounds import best_bound
from slotweave.bounds.plans import plans_bound
from slotweave.challenge.tree_hash import TREE_HASH
from slotweave.challenge.tree_hash.plans.alternatives import tree_hash_alternatives
from slotweave.driver.compile import compile_job, lowered_of
from slotweave.driver.compiled import Compiled
from slotweave.driver.job import Job
from slotweave.ir.certificate import PriceCertificate
from slotweave.ir.plan import Plan
from slotweave.machine import CHALLENGE
from support.command_line import slotweave

PAGE = Path(__file__).parents[2] / "docs" / "how-low.md"
JUDGED = {"height": 10, "rounds": 16, "batch": 256}
DEFAULT = TREE_HASH.plan("default", JUDGED, "values")
TUNED = TREE_HASH.plan("tuned", JUDGED, "values")

#: The judged passes with records from level 4 on, with none, and without windows.
FROM_FOUR = ["select"] * 4 + ["record"] * 4 + ["gather"] * 3
NO_RECORDS = ["select"] * 4 + ["gather"] * 7
NO_WINDOW = ["select"] * 3 + ["record"] * 6 + ["gather"] * 2

#: How addresses are chosen where all vectors do as most do.
ALIKE = [entry for entry in DEFAULT.choices["bias_but"] if "groups" not in entry]


def chosen(**choices: Any) -> Plan:
    return replace(DEFAULT, choices={**DEFAULT.choices, **choices})


def scheduled(**options: Any) -> Plan:
    return replace(DEFAULT, schedule=replace(DEFAULT.schedule, **options))


#: What is switched off -> the plan without it, and how hard the scheduler tries.
LEVERS = {
    "nothing: the plan `default`": (DEFAULT, Effort.DEFAULT),
    "tables over the words of the values: records of levels 4/5, 6/7 and, at the end, 3/4": (
        chosen(levels=FROM_FOUR, tables=[3, 4, 6], bias_but=[], constant_but=[],
               levels_but=[{"rounds": [14], "way": "record"}]),
        Effort.DEFAULT,
    ),
    "all records": (
        chosen(levels=NO_RECORDS, tables=[], levels_but=[], bias_but=[], constant_but=[]),
        Effort.DEFAULT,
    ),
    "selects below level 1, and all records": (
        chosen(levels=["select", "select", "gather"], tables=[], levels_but=[], bias_but=[],
               constant_but=[]),
        Effort.DEFAULT,
    ),
    "a window before the last level, so that its address needs no constant": (
        chosen(levels=NO_WINDOW, constant_but=[],
               bias_but=[entry for entry in ALIKE if entry["way"] != "arithmetic"]),
        Effort.DEFAULT,
    ),
    "addresses computed in two ways in turn": (chosen(bias_but=ALIKE), Effort.DEFAULT),
    "two bits of an address selected at once": (
        chosen(bias_but=[entry for entry in ALIKE if entry["way"] != "select-two"]),
        Effort.DEFAULT,
    ),
    "any selection of address biases": (
        chosen(bias="arithmetic", bias_but=[]), Effort.DEFAULT,
    ),
    "both children mixed in: eight selects instead": (
        chosen(children="scalar"), Effort.DEFAULT,
    ),
    "rewriting": (replace(DEFAULT, rewrite=False), Effort.DEFAULT),
    "a choice of engine: each operation in its first mode": (
        scheduled(modes="first"), Effort.DEFAULT,
    ),
    "staggering of items": (scheduled(stagger=0.0), Effort.DEFAULT),
    "forward-backward passes and other staggers": (DEFAULT, Effort.FAST),
    "nothing: the plan `tuned`": (TUNED, Effort.FAST),
    "in the plan `tuned`, children stored over the first nodes": (
        replace(TUNED, choices={**TUNED.choices, "children_but": []}), Effort.FAST,
    ),
}  # fmt: skip

ROW = re.compile(r"^\| (?P<lever>[^|]+?) \| [\d,]+ \| [\d,]+ \|$", re.MULTILINE)


def compiled(lever: str) -> Compiled:
    plan, effort = LEVERS[lever]
    return compile_job(
        Job(TREE_HASH, JUDGED, "values", plan, CHALLENGE, instances=1, effort=effort)
    )


def row_as_measured(row: re.Match[str]) -> str:
    result = compiled(row["lever"])
    bound = best_bound(result.block.bounds).cycles
    return f"| {row['lever']} | {result.cycles:,} | {bound:,} |"


@pytest.mark.long
def test_each_lever_costs_what_the_page_says(request: pytest.FixtureRequest) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [row["lever"] for row in ROW.finditer(page)] == list(LEVERS)
    as_measured = ROW.sub(row_as_measured, page)
    if request.config.getoption("--update-golden"):
        PAGE.write_text(as_measured, encoding="utf-8")
    assert as_measured == PAGE.read_text(encoding="utf-8")


@pytest.mark.long
def test_plans_that_end_as_the_tuned_one_does_take_what_the_page_says() -> None:
    job = Job(TREE_HASH, JUDGED, "values", TUNED, CHALLENGE)
    lowered = lowered_of(job)
    best = best_bound(lowered.ladder)
    assert isinstance(best.certificate, PriceCertificate)
    ends = zip(best.certificate.first, best.certificate.last, strict=True)
    idle = dict(zip(lowered.problem.engines, map(sum, ends), strict=True))
    alternatives = tree_hash_alternatives(JUDGED, "values", CHALLENGE)
    assert alternatives is not None
    least = plans_bound(alternatives, CHALLENGE.slots, idle).cycles
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    assert f"{idle['alu']} on `alu` and `valu`, {idle['load']} on `load`" in text
    assert f"and {idle['flow']} on `flow`" in text
    assert f"(`plans_bound` with `idle`) needs {least} cycles" in text


def test_the_page_lists_the_levers_of_this_test() -> None:
    rows = [row["lever"] for row in ROW.finditer(PAGE.read_text(encoding="utf-8"))]
    assert rows == list(LEVERS)


@pytest.mark.parametrize(
    "parts",
    [
        ("stage-5", "stage-5-carried", "parity-into-address", "parity-before-stage-5"),
        pytest.param((), marks=pytest.mark.long),
    ],
)
def test_the_search_for_shorter_forms_says_what_the_page_says(parts: tuple[str, ...]) -> None:
    pytest.importorskip("z3")
    page = PAGE.read_text(encoding="utf-8").splitlines()
    lines = slotweave("rules", "search", *parts, "-q").out.splitlines()
    assert len(lines) > len(parts)
    assert [line for line in lines if line not in page] == []
