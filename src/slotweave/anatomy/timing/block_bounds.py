"""Bounds of the blocks of a program that jumps, each by itself.

They are bounds of the operations of a block whose results it leaves in memory, or in words of
scratch that may be read after it, and of those that its jumps wait for; with the slots of these
jumps, which it keeps. So neither `repack --no-rewrite`, which makes each block shorter by itself,
nor `what-if`, which times each again, comes below them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from slotweave.analysis.basic_block import BasicBlock
from slotweave.anatomy.json_rows import bound_json
from slotweave.anatomy.timing.dataflow_problem import Control, dataflow_ladder
from slotweave.base.diagnostics import CheckFailed, InputError
from slotweave.base.wording import EACH_BUNDLE_ONCE, EACH_ONCE_OF_LONG
from slotweave.bounds import Bound, best_bound
from slotweave.driver.lasting_facts import facts_throughout
from slotweave.ir.facts import Facts
from slotweave.ir.program import Program
from slotweave.lift import RunTooLongError
from slotweave.lift.block_graph import BlockGraph, block_graph, why_no_graph
from slotweave.lift.blocks import basic_blocks, control_slots
from slotweave.machine import Machine
from slotweave.simulate.slots import slot_kinds


@dataclass(frozen=True)
class BoundedBlock:
    """The `bundles` from bundle `start` on, which run in a row: their `ladder` by themselves.

    The run enters them `entered` times; None if no run is known. Without a ladder `why` says why
    there is none.
    """

    start: int
    bundles: int
    entered: int | None
    ladder: tuple[Bound, ...]
    why: str = ""

    @property
    def bound(self) -> Bound | None:
        """The highest of the ladder; of equals the first."""
        return best_bound(self.ladder) if self.ladder else None

    def to_json(self) -> dict[str, Any]:
        return {
            "bundle": self.start,
            "bundles": self.bundles,
            "entered": self.entered,
            "bound": None if self.bound is None else bound_json(self.bound),
            "ladder": [bound_json(bound) for bound in self.ladder],
            **({"why": self.why} if self.why else {}),
        }


def bounded_blocks(program: Program, machine: Machine, facts: Facts) -> tuple[BoundedBlock, ...]:
    """The bounds of each block of `program`, which must have no static faults but double writes.

    Raises InputError (SW219) if it jumps to computed bundles.
    """
    blocks = basic_blocks(program, machine)
    lasting = facts_throughout(program, machine, facts, blocks)
    return tuple([_bounded(program, machine, lasting, block) for block in blocks])


def sum_of_blocks(blocks: Sequence[BoundedBlock]) -> Bound:
    """What all of them need, each once."""
    bounds = [block.bound.cycles for block in blocks if block.bound is not None]
    some = "" if len(bounds) == len(blocks) else f"{len(bounds):,} of "
    why = f"the sum of the bounds of {some}its {len(blocks):,} blocks, each counted once"
    return Bound("blocks", sum(bounds), why)


def once_because(refusal: InputError) -> str:
    """Of what the cycles of blocks are if the run is not known because of `refusal` (SW219)."""
    return EACH_ONCE_OF_LONG if isinstance(refusal, RunTooLongError) else EACH_BUNDLE_ONCE


def _bounded(program: Program, machine: Machine, facts: Facts, block: BasicBlock) -> BoundedBlock:
    """`facts` are those that hold whenever the block is entered."""
    place = block.start, block.stop - block.start
    if why := why_no_graph(program, machine, block):
        return BoundedBlock(*place, None, (), why)
    try:
        found = block_graph(program, machine, facts, block)
    except CheckFailed as fault:
        why = f"it fails wherever it runs: {fault.diagnostic.message}"
        return BoundedBlock(*place, None, (), why)
    if isinstance(found, str):
        return BoundedBlock(*place, None, (), found)
    ends = tuple(_ends(program, machine, block, found))
    ladder = dataflow_ladder(found, machine, ends, whole=False, first=block.start)
    return BoundedBlock(*place, None, ladder)


def _ends(
    program: Program, machine: Machine, block: BasicBlock, found: BlockGraph
) -> Iterator[Control]:
    """The slots that end the block. Of what they read only words count that no vector holds."""
    kinds, last = slot_kinds(machine), block.stop - 1
    bundle = program.bundles[last]
    variables = {words.start: number for number, words in enumerate(found.variables)
                 if len(words) == 1}  # fmt: skip
    for engine, slot, kind in control_slots(bundle, kinds):
        read = {word for source in kind.words_read(slot) for word in source}
        waits = frozenset(variables[word] for word in read if word in variables)
        yield Control(f"{last}:{engine}:{bundle[engine].index(slot)}", engine, waits)
