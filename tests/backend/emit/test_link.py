"""Blocks linked: jumps stand in last bundles with room, and wait for what decides them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from slotweave.backend.emit import link
from slotweave.backend.emit.link import EmittedBlock
from slotweave.base.diagnostics import NoSchedule
from slotweave.ir.flow import Block, Flow, Jump
from slotweave.ir.graph import Graph
from slotweave.ir.program import Bundle
from slotweave.machine import MINIMAL

EMPTY = Graph("empty", 4, 0, (), ())
ADD: Bundle = {"scalar": (("+", 1, 1, 1),)}
SELECT: Bundle = {"control": (("select", 1, 2, 3, 4),)}


def linked(jumps: list[Jump | None], blocks: list[EmittedBlock]) -> list[Bundle]:
    flow = Flow("linked", (1, 1), tuple(Block(EMPTY, jump) for jump in jumps))
    return [dict(bundle) for bundle in link(flow, blocks, MINIMAL).bundles]


def block(*bundles: Bundle, landed: int | None = None, assigned: int = 0) -> EmittedBlock:
    return EmittedBlock(bundles, len(bundles) if landed is None else landed, {1: assigned})


def test_a_jump_stands_in_the_last_bundle() -> None:
    bundles = linked([None, Jump(1, 1)], [block(ADD), block(ADD, ADD, assigned=1)])
    assert bundles == [ADD, ADD, {**ADD, "control": (("cond_jump", 1, 1),)}]


def test_a_condition_of_the_last_bundle_is_read_in_one_more() -> None:
    bundles = linked([Jump(0, 1)], [block(ADD, assigned=1)])
    assert bundles == [ADD, {"control": (("cond_jump", 1, 0),)}]


def test_a_full_engine_takes_the_jump_a_bundle_later() -> None:
    bundles = linked([Jump(0)], [block(SELECT)])
    assert bundles == [SELECT, {"control": (("jump", 0),)}]


def test_a_block_waits_until_all_has_landed() -> None:
    bundles = linked([None, None], [block(ADD, landed=3), block(ADD)])
    assert bundles == [ADD, {"scalar": ()}, {"scalar": ()}, ADD]


def test_a_jump_over_nothing_is_left_out() -> None:
    bundles = linked([Jump(2), None, None], [block(ADD), block(), block(ADD)])
    assert bundles == [ADD, ADD]


def test_a_jump_over_a_block_that_only_jumps_is_kept() -> None:
    """The side that does nothing still has to jump over the one that does something."""
    blocks = [block(ADD, assigned=1), block(), block(SELECT), block(ADD)]
    bundles = linked([Jump(2, 1), Jump(3), None, None], blocks)
    assert bundles == [
        ADD, {"control": (("cond_jump", 1, 3),)}, {"control": (("jump", 4),)}, SELECT, ADD
    ]  # fmt: skip


def test_jumps_over_blocks_that_need_no_jump_themselves_are_left_out() -> None:
    blocks = [block(ADD, assigned=1), block(), block(), block(ADD)]
    assert linked([Jump(2, 1), Jump(3), None, None], blocks) == [ADD, ADD]


def test_a_loop_of_nothing_jumps_back() -> None:
    bundles = linked([None, Jump(1, 1), None], [block(ADD, assigned=1), block(), block(ADD)])
    assert bundles == [ADD, {"control": (("cond_jump", 1, 1),)}, ADD]


def test_a_jump_behind_the_last_block_goes_to_the_end() -> None:
    bundles = linked([Jump(2), None], [block(ADD), block(ADD)])
    assert bundles[0]["control"] == (("jump", 2),)


def test_a_machine_that_cannot_jump_is_named() -> None:
    modes = tuple(mode for mode in MINIMAL.modes if mode.operation != "jump")
    flow = Flow("linked", (), (Block(EMPTY, Jump(0)),))
    with pytest.raises(NoSchedule, match="SW302 no engine of machine 'minimal' runs 'jump'"):
        link(flow, [block(ADD)], replace(MINIMAL, modes=modes))
