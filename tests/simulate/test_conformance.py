"""Both simulators agree with the challenge's own one on every recorded case."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from slotweave.base.diagnostics import CheckFailed
from slotweave.ir.program import Program
from slotweave.ir.text.program_files import program_from_json
from slotweave.machine import CHALLENGE
from slotweave.simulate.compiled import encode, run_compiled
from slotweave.simulate.reference import run
from slotweave.simulate.run import Run

CASES = Path(__file__).parents[1] / "data" / "conformance" / "machine.jsonl.gz"
CODES = {
    "slots": "SW101",
    "unknown_engine": "SW102",
    "unknown_op": "SW103",
    "oob_scratch": "SW105",
    "oob_load": "SW106",
    "oob_store": "SW107",
    "div0": "SW108",
}

Simulator = Callable[[Program, list[int], int], Run]


def by_reference(program: Program, memory: list[int], runs: int) -> Run:
    return run(
        program,
        CHALLENGE,
        memory,
        strict=False,
        runs=runs,
        enable_pause=True,
        enable_debug=True,
    )


def by_compiled(program: Program, memory: list[int], runs: int) -> Run:
    encoded = encode(program, CHALLENGE)
    return run_compiled(encoded, memory, strict=False, runs=runs, enable_pause=True)


def outcome(case: dict[str, Any], simulate: Simulator) -> dict[str, Any]:
    """The end of a case in the form in which it was recorded."""
    program = program_from_json(json.dumps(case["program"]))
    try:
        end = simulate(program, case["mem"], case["runs"])
    except CheckFailed as error:
        return {"error": error.diagnostic.code}
    scratch = end.scratch.tolist()
    while scratch and scratch[-1] == 0:
        scratch.pop()
    return {
        "cycles": end.cycles,
        "mem": end.memory.tolist(),
        "scratch": scratch,
        "trace": list(end.trace),
        "state": str(end.state),
        "pc": end.pc,
    }


def expected(case: dict[str, Any]) -> dict[str, Any]:
    wanted = dict(case["expect"])
    if "error" in wanted:
        return {"error": CODES[wanted["error"]]}
    # Past the end any number may be recorded; ours is the number of bundles.
    wanted["pc"] = min(wanted["pc"], len(case["program"]))
    return wanted


@pytest.mark.parametrize("simulate", [by_reference, by_compiled])
def test_every_recorded_case_ends_as_on_the_challenge_machine(simulate: Simulator) -> None:
    with gzip.open(CASES, "rt", encoding="utf-8") as lines:
        cases = [json.loads(line) for line in lines]
    wrong = [case["name"] for case in cases if outcome(case, simulate) != expected(case)]
    assert len(cases) == 500
    assert wrong == []
