"""Lower bounds of a hardware loop of one block, if its passes overlapped: packets for each pass.

A pass and the next one are walked through as one block, so that addresses that are stepped are
followed from one to the other; what holds between them is a lag over one pass. No registers are
kept: of the dependences of registers only those of values that are read count. So the bounds hold
for a pipelined loop with any registers; nothing is pipelined here.
"""

from __future__ import annotations

from dataclasses import replace

from slotweave.base.diagnostics import CheckFailed
from slotweave.bounds.projects import period_bounds
from slotweave.check.legality.project_bounds import bound_faults
from slotweave.hexagon.assembly.listing import Block, Listing
from slotweave.hexagon.dependence.edges import Dependences, Edge, dependences
from slotweave.hexagon.machine.opcodes import VERSION
from slotweave.hexagon.packing.problem import packet_problem
from slotweave.ir.project import Lag
from slotweave.ir.project_bound import ProjectBound

_MEMORY = "memory"


def is_loop_of_one_block(listing: Listing, block: Block) -> bool:
    """Whether a hardware loop begins and ends with `block`."""
    starts = f"({block.label},"
    texts = (
        one.text
        for each in listing.blocks
        if each.function == block.function
        for packet in each.packets
        for one in packet.instructions
        if one.template.startswith("loop")
    )
    return block.is_loop and not block.number and any(starts in text for text in texts)


def overlapped_bounds(block: Block, *, version: int = VERSION) -> tuple[ProjectBound, ...]:
    """Bounds of the packets between the starts of two passes, none where an instruction is not
    known or branches."""
    twice = replace(block, packets=(*block.packets, *block.packets))
    found = dependences(twice, version=version)
    if found is None or not found.operations or any(
        one.effects.is_branch for one in found.operations
    ):  # fmt: skip
        return ()
    size = len(found.operations) // 2
    problem = packet_problem(_first_pass(found, size))
    of = problem.activity_of
    rows = {(edge.before, edge.after - size, edge.lag) for edge in _values(found)
            if edge.before < size <= edge.after}  # fmt: skip
    rows |= {
        (before, after - size, 0)
        for before, after in (
            *found.unshuffled, *((one.producer, one.reader) for one in found.new_values)
        )
        if before < size <= after
    }  # fmt: skip
    lags = [Lag(of[before], of[after], lag, 1) for before, after, lag in sorted(rows)]
    project = replace(problem.project, lags=(*problem.project.lags, *lags), is_modulo=True)
    bounds = period_bounds(project)
    for bound in bounds:
        for fault in bound_faults(bound, project):
            raise CheckFailed(fault)
    return bounds


def _values(found: Dependences) -> list[Edge]:
    """The edges of memory, and of values that are read."""
    kept = []
    for edge in found.edges:
        before, after = found.operations[edge.before], found.operations[edge.after]
        reads = {read.register for read in after.effects.reads if not read.is_new}
        is_value = edge.lag and edge.why in before.effects.written and edge.why in reads
        if edge.why == _MEMORY or is_value:
            kept.append(edge)
    return kept


def _first_pass(found: Dependences, size: int) -> Dependences:
    """What holds within one pass."""
    return replace(
        found,
        operations=found.operations[:size],
        edges=tuple(edge for edge in _values(found) if edge.after < size),
        new_values=tuple(one for one in found.new_values if one.reader < size),
        ties=tuple(tie for tie in found.ties if max(tie) < size),
        unshuffled=tuple(pair for pair in found.unshuffled if max(pair) < size),
    )
