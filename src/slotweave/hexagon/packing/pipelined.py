"""A hardware loop of one block written so that its passes overlap, or why it is not.

Guarantees: what is written was run on symbols against the passes of the input, for any number of
them (`judges.loops`); a pass takes fewer packets than it did, and what the caller names
(`NoWorse`) gets no worse; and the loop as it was is run where the passes are too few for the other
to be shorter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from slotweave.base.verdict import Verdict
from slotweave.driver.solving.solve import Limits
from slotweave.hexagon.assembly.grammar import parse_instruction
from slotweave.hexagon.assembly.listing import Block, Listing, Packet
from slotweave.hexagon.dependence.edges import Dependences
from slotweave.hexagon.judges.liveness import live_before
from slotweave.hexagon.judges.loops import loop_difference, loop_meaning
from slotweave.hexagon.no_worse import NoWorse
from slotweave.hexagon.packing.loop_code import LoopCode, loop_code, setup_code
from slotweave.hexagon.packing.loop_entry import LoopEntry, loop_entry
from slotweave.hexagon.packing.loop_text import after_label, kernel_label, without_jump
from slotweave.hexagon.packing.pipelining import (
    Found,
    LoopProblem,
    LoopSchedule,
    input_stalls,
    loop_bound,
    loop_problem,
    schedule_loop,
)
from slotweave.hexagon.packing.repack import Repacked, repack_block

#: Packets before the prologue where the number of passes is in a register, and the greatest number
#: of the kernel's passes that is compared with.
_SETUP, _MOST = 2, 31


#: Why a loop is left that its judge does not take.
NOT_CONFIRMED = "the run on symbols does not confirm it"


@dataclass(frozen=True)
class Pipelined:
    """What is known of a loop: packets and modelled stalls of a pass, as it is written without
    overlap (`before`) and with it (`period`, None if nothing is written: `kept` says why).

    `bound` is below the packets of no schedule with these registers, `why` its reason; `least` the
    passes from which on the overlapping loop runs; `renamed` the instructions in other registers.
    """

    block: Block
    before: int
    bound: int
    why: str
    stalls_before: int
    kept: str = ""
    period: int | None = None
    stages: int = 0
    stalls: int = 0
    renamed: int = 0
    least: int = 0
    entry: LoopEntry | None = None
    code: LoopCode | None = None
    live: frozenset[str] | None = None
    same: Verdict[None] | None = None

    @property
    def parts(self) -> tuple[tuple[Packet, ...], tuple[Packet, ...], tuple[Packet, ...]] | None:
        """The packets before the kernel, of it and after it, None if the loop is left."""
        if self.code is None:
            return None
        return self.code.prologue, self.code.kernel, without_jump(self.code.epilogue)

    @property
    def is_proved(self) -> bool:
        """Whether no schedule has fewer packets."""
        return self.period == self.bound

    def to_json(self) -> dict[str, Any]:
        same = self.same
        return {
            "function": self.block.function,
            "block": self.block.name,
            "line": self.block.packets[0].first + 1,
            "before": self.before,
            "period": self.period,
            "bound": {"packets": self.bound, "why": self.why},
            "proved": self.is_proved,
            "stages": self.stages,
            "renamed": self.renamed,
            "from_passes": self.least,
            "stalls": {"before": self.stalls_before, "after": self.stalls, "modelled": True},
            "kept": self.kept,
            "same": None if same is None else {"program": same.answer, "why": same.why},
        }


def pipeline_loop(
    listing: Listing,
    number: int,
    plain: Repacked,
    live: frozenset[str],
    limits: Limits,
    *,
    rename: bool = False,
    facts: tuple[str, ...] = (),
    no_worse: NoWorse = NoWorse.STALLS,
) -> Pipelined:
    """The loop of block `number` with overlapping passes; `plain` is the block packed again, and
    `live` the registers that may be read after it."""
    block = listing.blocks[number]
    problems = [loop_problem(block, each, version=listing.version, facts=facts)
                for each in (None, *([live] if rename else []))]  # fmt: skip
    known = [problem for problem in problems if problem is not None]
    if not known:
        return Pipelined(block, plain.after, 0, "", 0, "an instruction is not known, or branches")
    stalls = input_stalls(known[0], plain.before)
    most = None
    if no_worse is not NoWorse.PACKETS:
        most = partial(no_worse.most_stalls, before=plain.before, stalls_before=stalls)
    problem, found = _best(known, plain.after, limits, most)
    done = Pipelined(block, plain.after, found.least, found.why, stalls)
    if found.schedule is None:
        return replace(done, kept=_not_found(found, plain.after, no_worse))
    entry = loop_entry(listing, number)
    if isinstance(entry, str):
        return replace(done, kept=entry)
    return _written(done, problem, found.schedule, entry, live, limits)


def _best(
    problems: Sequence[LoopProblem], before: int, limits: Limits, most: Callable[[int], int] | None
) -> tuple[LoopProblem, Found]:
    """The last of these problems, in which most registers may change, and what is found of it; an
    earlier one where a heuristic finds as much of that."""
    last = problems[-1]
    least, why = loop_bound(last)
    for problem in problems[:-1]:
        found = schedule_loop(problem, before, limits, most_stalls=most, is_exact=False)
        if found.schedule is not None and found.schedule.period == least:
            return problem, replace(found, least=least, why=why)
    return last, schedule_loop(last, before, limits, most_stalls=most)


def _not_found(found: Found, before: int, no_worse: NoWorse) -> str:
    if found.least >= before:
        return "no fewer packets"
    reason = "no schedule of fewer packets found"
    more = f", without more modelled {no_worse.value}"
    return reason + ("" if no_worse is NoWorse.PACKETS else more)


def _written(
    done: Pipelined,
    problem: LoopProblem,
    schedule: LoopSchedule,
    entry: LoopEntry,
    live: frozenset[str],
    limits: Limits,
) -> Pipelined:
    """`done` with the packets to write, if they are fewer for some number of passes."""
    code = _packed(done.block, loop_code(problem.found, schedule), entry, problem.found, limits)
    gain = done.before - len(code.kernel)
    if gain <= 0 or code.stages < 2:
        return replace(done, kept="no fewer packets")
    pairs = zip(problem.packets.operations, schedule.forms, strict=True)
    done = replace(
        done, entry=entry, stages=code.stages, stalls=schedule.stalls, live=live,
        renamed=sum(one.instruction.text != form.text for one, form in pairs),
    )  # fmt: skip
    beside = len(code.prologue) + len(code.epilogue) + (_SETUP if entry.register else 0)
    lost = max(0, (beside - (code.stages - 1) * done.before) // gain)
    done = replace(done, least=code.stages + lost)
    free = free_register(live_before(done.block.packets, live))
    if (entry.count is not None and entry.count < done.least) or lost > _MOST:
        return replace(done, kept=f"it pays from {done.least} passes on")
    if entry.register and free is None:
        return replace(done, kept="no register is free before it")
    if free is not None and entry.register:
        label, original = kernel_label(done.block), done.block.label
        code = replace(code, setup=setup_code(entry.register, free, code.stages, lost, label,
                                              original))  # fmt: skip
    return _judged(replace(done, period=len(code.kernel), code=code), problem)


def _judged(done: Pipelined, problem: LoopProblem) -> Pipelined:
    """`done` with what its judges say of its packets: without them if one finds a difference."""
    parts, facts = done.parts, problem.found.facts
    assert parts is not None
    live = None if problem.webs is None else done.live
    differs = loop_difference(done.block.packets, parts, done.stages, live, facts)
    if differs:
        return replace(done, period=None, code=None, kept=f"{NOT_CONFIRMED}: {differs}")
    same = loop_meaning(done.block.packets, parts, done.stages, live, facts)
    return replace(done, same=same, live=live)


def free_register(live: frozenset[str]) -> str | None:
    """A register that nothing reads where `live` may be."""
    return next((f"r{k}" for k in (*range(16), 28) if f"r{k}" not in live), None)


def _packed(
    block: Block, code: LoopCode, entry: LoopEntry, found: Dependences, limits: Limits
) -> LoopCode:
    """The code with the packets before and after the kernel packed again, and where the loop as it
    was follows, a jump past it at the end."""
    jump = parse_instruction(f"jump {after_label(block)}")
    rows = [code.prologue, code.epilogue + ((Packet(0, 0, (jump,)),) if entry.register else ())]
    packed = []
    for row in rows:
        one = None
        if row:
            block = replace(block, packets=row)
            one = repack_block(
                block, limits, version=found.version, no_worse=NoWorse.PACKETS
            ).written
        packed.append(one or row)
    return replace(code, prologue=packed[0], epilogue=packed[1])
