"""Bounds of the blocks of a program whose jumps depend on data: no verb comes below them."""

from __future__ import annotations

import pytest

from slotweave.anatomy.timing.block_bounds import bounded_blocks, once_because
from slotweave.anatomy.timing.what_if import what_if
from slotweave.backend.fit import Effort
from slotweave.base.budget import Budget
from slotweave.base.diagnostics import InputError, SlotweaveError
from slotweave.ir.facts import NOTHING_KNOWN
from slotweave.ir.program import Bundle, Program
from slotweave.lift import lift_counting
from slotweave.machine import CHALLENGE, MINIMAL, Machine
from slotweave.repacking import RepackOptions
from slotweave.repacking.blocks.whole import repack_blocks
from slotweave.simulate.legality import costs_a_cycle
from strategies.jumping_programs import jumping_tangle
from strategies.odd_latencies import slow
from support.examples import a_share

SAME = RepackOptions(rewrite=False, effort=Effort.FAST, instances=1)


def least(*bundles: Bundle) -> list[int | None]:
    """The best bound of each block; memory decides all words that nothing writes before."""
    blocks = bounded_blocks(Program("challenge", bundles), CHALLENGE, NOTHING_KNOWN)
    return [None if block.bound is None else block.bound.cycles for block in blocks]


LOAD: Bundle = {"load": (("load", 1, 0),)}
LEAVE: Bundle = {"flow": (("cond_jump", 1, 9),)}


def test_a_jump_waits_for_what_it_reads() -> None:
    chain: Bundle = {"alu": (("+", 1, 1, 1),)}
    assert least(LOAD, chain, chain, LEAVE) == [4]


def test_a_chain_is_named_by_its_place_in_the_program() -> None:
    chain: Bundle = {"alu": (("+", 1, 1, 1),)}
    leap: Bundle = {"flow": (("cond_jump", 1, 2),)}
    program = Program("challenge", (LOAD, leap, LOAD, chain, chain, LEAVE))
    blocks = bounded_blocks(program, CHALLENGE, NOTHING_KNOWN)
    assert blocks[1].bound is not None
    assert "through 2:load:0 " in blocks[1].bound.why
    assert least(LOAD, {"flow": (("cond_jump", 7, 9),)}, {"store": (("store", 0, 1),)}) == [1, 1]


def test_a_block_keeps_its_jump_and_what_others_read() -> None:
    """Word 3 is read in the second block, words 4 and 5 are not."""
    busy: Bundle = {"alu": (("+", 3, 2, 2), ("+", 4, 2, 2)), "flow": (("add_imm", 5, 2, 1),)}
    assert least(busy, LEAVE, {"store": (("store", 0, 3),)}) == [1, 1]
    busy = {"flow": (("add_imm", 3, 2, 1),)}
    told: Bundle = {"store": (("store", 3, 3),)}
    assert least(busy, LEAVE, told) == [2, 1]  # a slot on flow for each
    assert least({}, {"flow": (("jump", 2),)}, told) == [1, 1]


def test_scratch_before_a_block_may_be_anything() -> None:
    """A word that only an earlier block writes is no known word, here as in `repack`."""
    kept: Bundle = {"load": (("const", 2, 5),)}
    sums: Bundle = {"alu": (("+", 3, 2, 2),)}
    assert least({**kept, **LOAD}, LEAVE) == [2]
    assert least({**kept, "load": (*kept["load"], *LOAD["load"])}, LEAVE, sums,
                 {"store": (("store", 3, 3),)}) == [2, 2]  # fmt: skip


def test_a_block_that_asks_for_its_core_or_is_in_flight_has_no_bound() -> None:
    asks: Bundle = {"flow": (("coreid", 3),)}
    assert least(asks, {"store": (("store", 3, 3),)}, LOAD, LEAVE) == [None]


def test_a_run_that_is_too_long_is_not_said_to_depend_on_data() -> None:
    forever = Program("challenge", ({"store": (("store", 0, 1),)}, {"flow": (("jump", 0),)}))
    with pytest.raises(InputError) as caught:
        lift_counting(forever, CHALLENGE, NOTHING_KNOWN, 5)
    once = "each bundle counted once, because its run is too long to be followed"
    assert once_because(caught.value) == once


def expect_kept(machine: Machine, seed: int) -> int:
    """How many blocks have a bound that is reached, by `repack` or by `what-if`."""
    tangle = jumping_tangle(machine, seed)
    fast = all(mode.latency == 1 for mode in machine.modes)
    program, facts = tangle.program, tangle.facts
    try:
        made = repack_blocks(
            program, machine, facts, SAME, lambda _what, _cycles, _evaluations: None,
            Budget(evaluations=30),
        )  # fmt: skip
    except SlotweaveError:  # it fails on a random memory
        return 0
    parts = {part.start: part for part in what_if(program, machine, {}, facts).parts}
    reached = 0
    for done, block in zip(made.blocks, bounded_blocks(program, machine, facts), strict=True):
        assert (done.start, done.stop) == (block.start, block.start + block.bundles)
        passed = map(costs_a_cycle, program.bundles[done.start : done.stop])
        if block.bound is not None and (fast or all(passed)):
            assert block.bound.cycles <= done.cycles, (seed, block, done)
            part = parts.get(block.start)  # none of those that never run
            again = done.cycles if part is None else part.retimed
            assert block.bound.cycles <= again, (seed, block, part)
            reached += block.bound.cycles == min(done.cycles, again)
    return reached


@pytest.mark.parametrize("machine", a_share([CHALLENGE, MINIMAL, slow("load")], 2))
def test_neither_repack_nor_what_if_comes_below(machine: Machine) -> None:
    assert sum(expect_kept(machine, seed) for seed in range(10)) > 3
