"""Schedules of several blocks, each looked for by itself, ever shorter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from slotweave.backend.fit import Effort
from slotweave.backend.fitted import Fitted
from slotweave.backend.lower import Lowered
from slotweave.backend.spill import search_lowered
from slotweave.base.diagnostics import Diagnostic, NoSchedule
from slotweave.ir.flow import Flow
from slotweave.ir.plan import ScheduleOptions
from slotweave.isa import Effect
from slotweave.machine import Machine


def search_blocks(
    searches: Sequence[Iterator[Fitted | None]],
) -> Iterator[tuple[Fitted, ...] | None]:
    """The best so far of all blocks, after each attempt at one; None before there is one for each.

    First each block gets its first schedule, then each is searched to the end.
    """
    best: list[Fitted | None] = [None] * len(searches)
    for is_first in (True, False):
        for at, search in enumerate(searches):
            for block in search:
                best[at] = block
                found = tuple(each for each in best if each is not None)
                yield found if len(found) == len(best) else None
                if is_first and block is not None:
                    break


def search_block(
    lowered: Lowered, flow: Flow, machine: Machine, options: ScheduleOptions, effort: Effort
) -> Iterator[Fitted | None]:
    """A block of `flow`, its own storages placed after those of the variables: best so far.

    Raises NoSchedule if the block does not fit beside the variables.
    """
    first_words, scratch = flow.first_words, machine.scratch_words
    room = scratch - first_words[-1]
    if room < 1:
        reason = f"the variables take {first_words[-1]} of {scratch} scratch words"
        raise NoSchedule(Diagnostic("SW301", f"{reason}; keep fewer of them"))
    left = replace(machine, scratch_words=room)
    kept = accessed_regions(flow) if len(flow.blocks) > 1 else frozenset()
    for found in search_lowered(lowered, options, left, effort, kept):
        yield found and found.after_variables(first_words, scratch)


def accessed_regions(flow: Flow) -> frozenset[str]:
    """The regions of memory that some block loads from or stores to."""
    return frozenset(
        node.region
        for block in flow.blocks
        for node in block.graph.nodes
        if node.effect in (Effect.LOAD, Effect.STORE)
    )
