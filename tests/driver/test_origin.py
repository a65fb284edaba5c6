"""What a program says of the plan that made it, and what is proved by that."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import slotweave as sw
from slotweave.base.diagnostics import InputError
from slotweave.driver.origin import plan_of
from slotweave.extensions import kernels
from slotweave.ir.lineage import MADE_BY
from slotweave.ir.plan import Plan, ScheduleOptions
from slotweave.ir.program import Program

OWN = Plan("mine", "saxpy", schedule=ScheduleOptions(zeros=True, derived=2, seed=5))


def compiled(plan: Plan | str) -> Program:
    return sw.compile("saxpy", n=64, plan=plan).program


def test_a_plan_of_the_kernel_is_named() -> None:
    program = compiled("unrolled")
    assert program.meta["plan"] == "unrolled"
    assert MADE_BY not in program.meta


def test_another_plan_is_held_and_read_back_from_a_file(tmp_path: Path) -> None:
    kernel, file = kernels()["saxpy"], tmp_path / "program.json"
    sw.save(compiled(OWN), file)
    read = sw.load(file)
    contract = kernel.contracts[0]
    assert plan_of(read, kernel, {"n": 64}, contract) == OWN
    assert plan_of(read, kernel, {"n": 32}, contract) is None


def test_a_program_that_was_made_shorter_holds_no_plan() -> None:
    given = compiled(OWN)
    needless = {"load": (("const", 700, 1),)}
    slower = replace(given, bundles=(*[needless] * 30, *given.bundles))
    shorter = sw.repack(slower, sw.show_facts("saxpy", n=64).facts).program
    assert len(shorter.bundles) < len(slower.bundles)
    assert MADE_BY not in shorter.meta


def test_it_is_proved_and_tested_without_being_told_the_plan() -> None:
    program = compiled(OWN)
    assert sw.verify(program, prove=True).proved.proved
    assert sw.self_test(program, mutants=20).missed == 0


def test_what_is_no_plan_is_refused_by_name() -> None:
    program = compiled(OWN)
    broken = replace(program, meta={**program.meta, MADE_BY: {"name": "mine", "kernel": 3}})
    with pytest.raises(InputError, match=r"SW209 the program: meta\.made_by: key 'kernel'"):
        sw.verify(broken, prove=True)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"kernel": "dot"}, "the program: meta.made_by: the plan is for the kernel 'dot'"),
        ({"choices": {"levels": 3}}, "saxpy has no choices of its own, so no levels"),
    ],
)
def test_a_plan_of_something_else_is_refused(changed: dict[str, object], words: str) -> None:
    program = compiled(OWN)
    meta = {**program.meta, MADE_BY: {**program.meta[MADE_BY], **changed}}
    with pytest.raises(InputError) as refused:
        sw.verify(replace(program, meta=meta), prove=True)
    assert words in str(refused.value)
