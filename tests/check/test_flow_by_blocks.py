"""Block by block: what is proved is the same, and each way to be another program is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from slotweave.check.symbolic.flow_by_blocks import flow_by_blocks
from slotweave.driver.compile import draft_after
from slotweave.driver.job import Job
from slotweave.driver.lasting_facts import lasting_facts
from slotweave.driver.passes import Draft
from slotweave.frontend.kernel import Kernel
from slotweave.frontend.load import kernel_of_function
from slotweave.frontend.tracer import Tracer
from slotweave.ir.flow import Flow, Jump
from slotweave.ir.plan import Plan, ScheduleOptions
from slotweave.ir.program import Program
from slotweave.machine import MINIMAL, Machine
from slotweave.simulate.reference import run

#: MINIMAL with results that land three bundles later.
SLOW = replace(
    MINIMAL, name="slow", modes=tuple(replace(mode, latency=3) for mode in MINIMAL.modes)
)


def counting(k: Tracer) -> None:
    """As many rounds as a word says, each of which takes one of two ways."""
    x = k.region("x", 0, 8, read_only=True)
    y = k.region("y", 8, 8, output=True)
    total, place = k.variable(0), k.variable(0)

    def odd() -> None:
        total.value = total.value + 1000 * x[place.value]

    def even() -> None:
        total.value = total.value * 3 + 12345

    with k.loop(x[7] & 7):
        k.branch(x[place.value] & 1, odd, even)
        y.store(place.value, total.value)
        place.value = place.value + 1


COUNTING = kernel_of_function(counting, "counting", MINIMAL.vector_length)


def draft_of(machine: Machine, kernel: Kernel = COUNTING) -> Draft:
    plan = Plan("default", kernel.name, schedule=ScheduleOptions(pipeline=False))
    return draft_after(Job(kernel, {}, "graph", plan, machine), "link")


def flow_of(draft: Draft) -> Flow:
    return draft.traced.with_graphs([done.graph for done in draft.rewritten])


def verdict(draft: Draft, program: Program | None = None, flow: Flow | None = None):
    return flow_by_blocks(
        flow or flow_of(draft), program or draft.program, draft.starts, draft.job.machine,
        lasting_facts(draft.job.facts),
    )  # fmt: skip


@pytest.mark.parametrize("machine", [MINIMAL, SLOW], ids=lambda machine: machine.name)
def test_jumps_may_depend_on_data(machine: Machine) -> None:
    found = verdict(draft_of(machine))
    assert found.proved
    assert any("region 'x'" in each for each in found.assumptions)


def test_constants_of_the_first_block_are_known_in_the_others() -> None:
    draft = draft_of(MINIMAL)
    stop = draft.starts[1]
    loads = [
        (at, slot) for at, bundle in enumerate(draft.program.bundles[:stop])
        for slot in bundle.get("scalar", ()) if slot[0] == "const" and slot[2] in (1000, 12345)
    ]  # fmt: skip
    assert len(loads) == 2
    for at, slot in loads:
        other = changed(draft.program, at, "scalar", slot, (*slot[:2], slot[2] + 1))
        assert not verdict(draft, other).proved


def changed(program: Program, at: int, engine: str, old: tuple, new: tuple | None) -> Program:
    """`program` with another slot for `old`, or none."""
    bundles = list(program.bundles)
    slots = [new if slot == old else slot for slot in bundles[at][engine]]
    bundles[at] = {**bundles[at], engine: tuple(slot for slot in slots if slot is not None)}
    return replace(program, bundles=tuple(bundles))


def test_a_jump_elsewhere_or_by_another_word_is_refused() -> None:
    draft = draft_of(MINIMAL)
    jumps = [
        (at, slot) for at, bundle in enumerate(draft.program.bundles)
        for slot in bundle.get("control", ()) if "jump" in slot[0]
    ]  # fmt: skip
    assert {slot[0] for _at, slot in jumps} == {"jump", "cond_jump"}
    for at, slot in jumps:
        others = [None, (*slot[:-1], slot[-1] + 1)]
        others += [(slot[0], slot[1] + 1, slot[2])] if slot[0] == "cond_jump" else []
        for other in others:
            found = verdict(draft, changed(draft.program, at, "control", slot, other))
            assert "has other jumps than the flow" in found.why


def test_a_flow_of_other_jumps_or_other_blocks_is_another_one() -> None:
    draft, flow = draft_of(MINIMAL), flow_of(draft_of(MINIMAL))
    number, jump = next(
        (number, block.jump) for number, block in enumerate(flow.blocks)
        if block.jump is not None and block.jump.condition
    )  # fmt: skip
    blocks = list(flow.blocks)
    blocks[number] = replace(blocks[number], jump=Jump(jump.target, 0))
    assert "other jumps" in verdict(draft, flow=replace(flow, blocks=tuple(blocks))).why
    blocks[number] = replace(blocks[number], jump=None)
    assert "other jumps" in verdict(draft, flow=replace(flow, blocks=tuple(blocks))).why
    graphs = [block.graph for block in flow.blocks]
    assert not verdict(draft, flow=flow.with_graphs([graphs[0], *graphs[:0:-1]])).proved


def test_wrong_starts_prove_nothing() -> None:
    draft = draft_of(MINIMAL)
    for starts in ((), draft.starts[:-1], (*draft.starts[:-1], draft.starts[-1] + 1),
                   (0, draft.starts[1] - 1, *draft.starts[2:])):  # fmt: skip
        found = verdict(replace(draft, starts=tuple(starts)))
        assert found.undecided


def test_a_block_that_ends_before_its_results_land_is_refused() -> None:
    draft = draft_of(SLOW)
    hasty = replace(draft.job.machine, modes=tuple(
        replace(mode, latency=9) if mode.operation == "add" else mode for mode in SLOW.modes
    ))  # fmt: skip
    found = verdict(replace(draft, job=replace(draft.job, machine=hasty)))
    assert "before all that it writes has landed" in found.why


def test_whatever_is_changed_and_still_proved_does_the_same() -> None:
    """Each operand of each slot one higher, and each slot left out."""
    draft = draft_of(MINIMAL)
    rng = np.random.default_rng(1)
    memories = [rng.integers(0, 2**32, 16, dtype=np.uint32) for _ in range(6)]
    wanted = [run(draft.program, MINIMAL, memory.tolist()).memory for memory in memories]
    proved = tried = 0
    for at, bundle in enumerate(draft.program.bundles):
        for engine, slots in bundle.items():
            for slot in slots:
                variants = [None] + [
                    (*slot[:k], slot[k] + 1, *slot[k + 1 :]) for k in range(1, len(slot))
                ]
                for variant in variants:
                    other = changed(draft.program, at, engine, slot, variant)
                    tried += 1
                    if verdict(draft, other).proved:
                        proved += 1
                        got = [run(other, MINIMAL, memory.tolist()).memory for memory in memories]
                        assert got == wanted
    assert tried > 60
    assert proved < tried / 10
