"""A compiled program, every value on the way to it, and what the checks found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from slotweave.analysis.liveness import LiveRanges, live_ranges, live_words
from slotweave.analysis.promises import Promised
from slotweave.backend.fitted import Fitted
from slotweave.base.verdict import Verdict
from slotweave.bounds import Bound
from slotweave.check.runs.execution import Verified
from slotweave.check.symbolic.equivalence import Equivalence
from slotweave.driver.job import Job
from slotweave.ir.flow import Flow
from slotweave.ir.graph import Graph
from slotweave.ir.program import Program
from slotweave.rewrite import Rewritten

if TYPE_CHECKING:
    from slotweave.backend.emit.pipelined import PipelinedCode
    from slotweave.ir.loop_problem import LoopReport


@dataclass(frozen=True)
class CompiledBlock:
    """A block on its way: as it was traced, what the rules made of it, and what was fitted.

    `bounds` are of the block by itself: no schedule of its operations is shorter. In the program it
    begins at bundle `start`, and the next block at bundle `stop`; between them there may be bundles
    after its schedule, for what it wrote to land and for its jump. A loop that is pipelined begins
    with the code of that; `fitted` and `bounds` are of its plain form, which begins at bundle
    `plain`, and takes no bundle where no iteration is left for it.
    """

    traced: Graph
    rewritten: Rewritten
    fitted: Fitted
    bounds: tuple[Bound, ...]
    start: int
    stop: int
    plain: int
    pipelined: PipelinedCode | None = None


@dataclass(frozen=True)
class Compiled:
    """A checked program; a kernel without jumps is the case of one block.

    `traced` are the blocks as the kernel wrote them, with their jumps; `flow` what the rules made
    of them, with constants shared between blocks. `promises` are what the kernel rests on and
    nothing shows, `definition` says whether a recorded proof shows that it is what its workload is
    defined as. `evaluations` attempts at a schedule were made, for all blocks. `equivalence` says
    whether the program is proved to do what the rewritten blocks say. `seconds` says how long each
    pass took.
    """

    job: Job
    traced: Flow
    promises: tuple[Promised, ...]
    definition: Verdict[object]
    flow: Flow
    blocks: tuple[CompiledBlock, ...]
    evaluations: int
    program: Program
    equivalence: Equivalence
    verified: Verified
    seconds: Mapping[str, float] = field(default_factory=dict)
    loops: tuple[LoopReport, ...] = ()

    @property
    def jumps(self) -> bool:
        """Whether there are several blocks, so that cycles may depend on the input."""
        return len(self.blocks) > 1

    @property
    def cycles(self) -> int:
        """The length of the schedule; of a program that jumps, that of its longest run on random
        inputs."""
        return self.verified.cycles if self.jumps else self.block.fitted.cycles

    @property
    def block(self) -> CompiledBlock:
        """The only block. Raises ValueError if there are several."""
        (block,) = self.blocks
        return block

    @property
    def scratch_peak(self) -> int:
        """The words of all variables, and the most that a block or a pipelined loop needs beside
        them."""
        beside = [_beside_variables(block.fitted) for block in self.blocks]
        beside += [loop.schedule.peak for loop in self.loops if loop.schedule is not None]
        return self.flow.first_words[-1] + max(beside)


def _beside_variables(fitted: Fitted) -> int:
    """The most words live at once in storages that are not a variable's."""
    if not fitted.lowered.pinned:
        return fitted.allocation.peak
    ranges = live_ranges(fitted.problem, fitted.schedule)
    first, last = ranges.first.copy(), ranges.last.copy()
    own = list(fitted.lowered.pinned)
    first[own] = last[own] = -1
    own_words = live_words(fitted.problem, LiveRanges(first, last), fitted.cycles)
    return int(own_words.max(initial=0))
