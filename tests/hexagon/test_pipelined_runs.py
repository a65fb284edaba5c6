"""Pipelined loops run on numbers, beside the loops that they were: a slow twin of the judges."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.driver.solving.solve import Limits
from slotweave.hexagon.judges.liveness import live_before
from slotweave.hexagon.judges.loops import loop_difference, loop_meaning, whole_run
from slotweave.hexagon.packing.loop_code import loop_code
from slotweave.hexagon.packing.pipelining import loop_problem, schedule_loop
from support.examples import examples
from support.hexagon.listings import block_of

pytest.importorskip("ortools", reason="packing with a proof needs ortools")

WORD = (1 << 32) - 1
VALUES = ("r4", "r5", "r6", "r7")
LIVE = frozenset({"r1", "r2", "r3", "r4", "r29", "r31"})

values = st.sampled_from(VALUES)
offsets = st.sampled_from((-8, -4, 0, 4, 8))
operations = st.one_of(
    st.builds("{} = add({},{})".format, values, values, values),
    st.builds("{} = xor({},{})".format, values, values, values),
    st.builds("{} += mpyi({},{})".format, values, values, st.just("r1")),
    st.builds("{} = memw(r2+#{})".format, values, offsets),
    st.builds("memw(r2+#{}) = {}".format, offsets, values),
    st.builds("memw(r3+#{}) = {}".format, offsets, values),
)
STEPS = ("r2 = add(r2,#4)", "r3 = add(r3,#-8)", "memw(r2++#4) = r5", "r6 = memw(r3++#-8)")
steps = st.lists(st.sampled_from(STEPS), unique_by=lambda one: "r2" in one, min_size=1)
bodies = st.builds(lambda row, last, more: [[one] for one in (*row, *last, *more)],
                   st.lists(operations, min_size=3, max_size=8), steps,
                   st.lists(operations, max_size=2))  # fmt: skip


def number(text, registers):
    return registers[text] if text.startswith("r") else int(text.removeprefix("#"))


def run(packets):
    """The memory and the registers that packets leave, all told by their texts."""
    registers = {f"r{k}": 0x1000 * k * k + 7 * k for k in range(32)}
    memory = {}
    for packet in packets:
        old, loads = dict(registers), dict(memory)
        for one in packet.instructions:
            head, _, rest = one.text.partition(" = ") if " += " not in one.text else (
                one.text.partition(" += "))  # fmt: skip
            place = re.search(r"memw\((r\d+)(\+\+?)#(-?\d+)\)", one.text)
            stepped = 0 if place is None or place[2] == "+" else int(place[3])
            address = 0 if place is None else old[place[1]] + int(place[3]) - stepped & WORD
            if stepped:
                registers[place[1]] = old[place[1]] + stepped & WORD
            if head.startswith("memw"):
                memory[address] = old[rest]
            elif place is not None:
                registers[head] = loads.get(address, address * 31 & WORD)
            else:
                name, first, second = re.match(r"(\w+)\((.+),(.+)\)", rest).groups()
                a, b = number(first, old), number(second, old)
                made = {"add": a + b, "xor": a ^ b, "mpyi": a * b}[name]
                registers[head] = (old[head] if " += " in one.text else 0) + made & WORD
    return memory, registers


@examples(60)
@given(bodies, st.booleans())
def test_a_pipelined_loop_does_what_the_loop_did(body, rename):
    block = block_of(*body, flags=["endloop0"])
    live = LIVE | live_before(block.packets, LIVE) if rename else None
    problem = loop_problem(block, live)
    found = schedule_loop(problem, len(body) + 1, Limits(workers=1, work=0.05), is_exact=False)
    if found.schedule is None:
        return
    code = loop_code(problem.found, found.schedule)
    parts = code.prologue, code.kernel, code.epilogue
    for kernels in range(4):
        before, after = map(run, whole_run(block.packets, parts, code.stages, kernels))
        assert before[0] == after[0]
        assert all(before[1][name] == after[1][name] for name in live or before[1])
    assert loop_difference(block.packets, parts, code.stages, live) == ""
    assert loop_meaning(block.packets, parts, code.stages, live).proved
