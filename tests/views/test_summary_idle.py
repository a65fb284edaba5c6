"""Idle slots of a program are the same whether it was compiled or is inspected."""

from __future__ import annotations

import pytest

from slotweave.analysis.idle import idle_slots
from slotweave.anatomy.causes.idle_causes import idle_causes
from slotweave.anatomy.causes.placements import placements
from slotweave.anatomy.unrolled import unrolled
from slotweave.driver.compile import compile_job
from slotweave.driver.compiled import Compiled
from slotweave.driver.job import Job
from slotweave.frontend.load import kernel_of_function
from slotweave.frontend.tracer import Tracer
from slotweave.ir.facts import NOTHING_KNOWN
from slotweave.machine import CHALLENGE
from support.tree_hash import compiled


def saxpy(k: Tracer) -> None:
    x = k.region("x", 0, 64, read_only=True)
    y = k.region("y", 64, 64, output=True)
    for first in range(0, 64, 8):
        y.vstore(first, 3 * x.vload(first) + y.vload(first))


def gathers_and_scatters(k: Tracer) -> None:
    a = k.region("a", 0, 64, read_only=True)
    b = k.region("b", 64, 64, output=True)
    for first in range(0, 32, 8):
        found = a.gather(a.vload(first) & 63)
        b.store(k.pack([first + lane for lane in range(8)]), found * 3 + 1)


def made(function) -> Compiled:
    kernel = kernel_of_function(function, "k.py:f")
    plan = kernel.plan("default", {}, "graph")
    return compile_job(Job(kernel, {}, "graph", plan, CHALLENGE, instances=1))


@pytest.mark.parametrize(
    "result",
    [
        lambda: made(saxpy),
        lambda: made(gathers_and_scatters),
        lambda: compiled((3, 4, 32), instances=1),
        lambda: compiled((5, 6, 64), "full", instances=1),
    ],
)
def test_no_work_and_all_that_idles_are_the_same_in_both(result):
    found: Compiled = result()
    program, machine = found.program, found.job.machine
    facts = found.job.kernel.facts(found.job.parameters, found.job.contract)
    for known in (facts, NOTHING_KNOWN):
        run = unrolled(program, machine, known)
        placed = placements(run.program, machine, run.known)
        inspected = idle_causes(run.program, machine, placed)
        scheduled = idle_slots(found.block.fitted.problem, found.block.fitted.schedule)
        for engine in machine.slots:
            mine, theirs = scheduled[engine], inspected[engine]
            assert mine.get("nothing", 0) == theirs.get("nothing", 0), engine
            assert sum(mine.values()) == sum(theirs.values()), engine
