"""The bounds of the blocks of what jumps, as a person reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from slotweave.anatomy.timing.block_bounds import BoundedBlock
from slotweave.base.wording import bundles, plural
from slotweave.ir.loop_problem import LoopReport
from slotweave.ir.text.loop_json import loop_json
from slotweave.views.loops import loop_text


def block_lines(blocks: Sequence[BoundedBlock], loops: Sequence[LoopReport]) -> Iterator[str]:
    """The bounds of each block by itself, and what pipelining the loops among them came to."""
    pipelined = {report.block for report in loops if report.schedule is not None}
    for number, block in enumerate(blocks):
        if block.bundles:
            yield _block_line(block, " in its plain form" if number in pipelined else "")
    for report in loops:
        loop = loop_json(report)
        yield f"loop {loop['where']}: {loop_text(loop)}"


def _block_line(block: BoundedBlock, form: str) -> str:
    where = bundles(block.start, block.start + block.bundles - 1)
    if block.entered is not None:
        where += f", entered {plural(block.entered, 'time')}{form}"
    if block.bound is None:
        return f"{where}: no bound ({block.why})"
    least = plural(block.bound.cycles, "cycle")
    return f"{where}: at least {least} ({block.bound.name}: {block.bound.why})"
