"""Blocks packed again: the fewest packets found, the bound, and which of the two is written.

Guarantees: a block is replaced only if it has fewer packets than it had, and what the caller names
(`NoWorse`) gets no worse; every schedule and bound was checked by what does not know how it came
about (`driver.solving.solve`); and the packets written do on symbols what the input does
(`judges.symbols`), which is checked here before they are returned. Whether that is proved by the
meaning of the instructions, too (`judges.meanings`), the result says.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from slotweave.analysis.idle_cycles import idle_cycles
from slotweave.base.diagnostics import CheckFailed, Diagnostic, InputError
from slotweave.base.verdict import Verdict
from slotweave.bounds.projects import makespan_bounds
from slotweave.check.legality.project_bounds import bound_faults
from slotweave.check.legality.project_legality import project_violations
from slotweave.driver.solving.solve import BOUND, Limits, Method, Solution, solve
from slotweave.hexagon.assembly.listing import Block, Packet
from slotweave.hexagon.assembly.reach import crowded
from slotweave.hexagon.dependence.edges import Dependences, dependences, unknown_instructions
from slotweave.hexagon.judges.meanings import same_meaning
from slotweave.hexagon.judges.symbols import difference
from slotweave.hexagon.machine.opcodes import VERSION
from slotweave.hexagon.no_worse import NoWorse
from slotweave.hexagon.packing.problem import (
    PacketProblem,
    input_schedule,
    packet_problem,
)
from slotweave.hexagon.packing.stalls import stall_cycles
from slotweave.hexagon.packing.within_rule import fewest_stalls, within_rule
from slotweave.instances.packets import all_slots
from slotweave.ir.project import ProjectSchedule
from slotweave.ir.project_bound import MAKESPAN

UNKNOWN = "unknown instruction"
CROWDED = "a target may be too far, and its packet has no room for another word"
#: The share of the limits for the fewest packets; the rest is for what is written.
_SHARE = 0.8
#: Schedules that list scheduling makes of a block.
_SCHEDULES = 300


@dataclass(frozen=True)
class Repacked:
    """What is known of a block: its packets and modelled stalls, now and as they could be.

    `packets` is the least number found, whether it is written or not; `written` are the packets to
    put in place of the block's own, None where these stay, and `kept` says why they do, or why more
    packets are written than were found. `stalls` are those of what is written, else of what was
    found. `same` is what the meanings of the instructions prove of
    those that are written, and `live` the registers that these leave as the input does, None for
    all of them. `spent` is what the searches took of their limits: seconds, and units of the
    solver's count.
    """

    block: Block
    before: int
    packets: int
    bound: int
    why: str
    by: str
    stalls_before: int
    stalls: int
    written: tuple[Packet, ...] | None = None
    kept: str = ""
    idle: tuple[tuple[str, int], ...] = ()
    same: Verdict[None] | None = None
    live: frozenset[str] | None = None
    spent: tuple[float, float] = (0.0, 0.0)

    @property
    def is_unknown(self) -> bool:
        """Whether the block holds an instruction of which nothing is known."""
        return self.kept.startswith(UNKNOWN)

    @property
    def is_proved(self) -> bool:
        return self.packets == self.bound

    @property
    def after(self) -> int:
        """The packets of the block as it is written."""
        return self.before if self.written is None else len(self.written)

    @property
    def stalls_after(self) -> int:
        """The modelled stalls of the block as it is written."""
        return self.stalls_before if self.written is None else self.stalls


def bound_block(block: Block, *, version: int = VERSION) -> Repacked:
    """The block as it is, with the best bound that needs no search."""
    found = dependences(block, version=version)
    if found is None or not found.operations:
        return _untouched(block, found)
    problem = packet_problem(found)
    now = input_schedule(problem)
    if broken := rule_broken(problem, now, version):
        return _kept(block, broken)
    bounds = makespan_bounds(problem.project)
    for bound in bounds:
        for fault in bound_faults(bound, problem.project):
            raise CheckFailed(fault)
    best = max(bounds, key=lambda one: one.value or 0)
    stalls = stall_cycles(now.starts, problem.waits)
    before = len(block.packets)
    return Repacked(block, before, before, best.value or 0, best.why, BOUND, stalls, stalls,
                    idle=idle_slots(problem, now))  # fmt: skip


def rule_broken(problem: PacketProblem, now: ProjectSchedule, version: int) -> str:
    """The rule of its version that the input does not keep; "" if it keeps them all."""
    for violation in project_violations(now, problem.project):
        return (
            f"its own packets break a rule of v{version}, which `.attribute 4, N` would change: "
            f"{violation.message}"
        )
    return ""


def _untouched(block: Block, found: Dependences | None) -> Repacked:
    """A block of which nothing is known, or in which nothing is done."""
    if found is None:
        return _kept(block, f"{UNKNOWN}: {unknown_instructions(block)[0].text}")
    return replace(_kept(block, "nops alone"), why="nops alone", by=BOUND)


def _kept(block: Block, reason: str) -> Repacked:
    """A block that stays as it is, and of which no bound is known."""
    before = len(block.packets)
    return Repacked(block, before, before, 0, "", "", 0, 0, kept=reason)


def idle_slots(problem: PacketProblem, schedule: ProjectSchedule) -> tuple[tuple[str, int], ...]:
    """Empty slots of a schedule's packets by cause."""
    causes: Counter[str] = Counter()
    for one in idle_cycles(problem.project, schedule, all_slots(problem.project)):
        causes[one.cause] += one.units
    return tuple(sorted(causes.items()))


def repack_block(
    block: Block,
    limits: Limits,
    method: Method = Method.AUTO,
    *,
    version: int = VERSION,
    facts: tuple[str, ...] = (),
    no_worse: NoWorse = NoWorse.STALLS,
) -> Repacked:
    """The block packed as well as is found within `limits`, which all searches share. It is
    replaced by fewer packets if what `no_worse` names gets no worse; `version` and `facts` as in
    `dependences`."""
    found = dependences(block, version=version, facts=facts)
    if found is None or not found.operations:
        return _untouched(block, found)
    if crowded(block):
        return replace(bound_block(block, version=version), kept=CROWDED)
    before = len(block.packets)
    problem = packet_problem(found)
    now = input_schedule(problem)
    if broken := rule_broken(problem, now, version):
        return _kept(block, broken)
    stalls_before = stall_cycles(now.starts, problem.waits)
    solution = solved(problem, now, limits.share(_SHARE), method)
    limits = limits.after(*solution.spent)
    assert solution.schedule is not None
    bound = solution.best(MAKESPAN)
    assert bound is not None
    least = solution.schedule.makespan(problem.project)
    stalls = stall_cycles(solution.schedule.starts, problem.waits)
    done = Repacked(
        block, before, least, bound.value or 0, bound.why, bound.by, stalls_before, stalls,
        idle=idle_slots(problem, solution.schedule), spent=solution.spent,
    )  # fmt: skip
    if least >= before:
        return replace(done, kept="no fewer packets")
    schedule = solution.schedule
    if stalls > no_worse.most_stalls(least, before, stalls_before):
        limits = replace(limits, evaluations=_SCHEDULES)
        obeying = within_rule(problem, (now, schedule), before, limits, method, no_worse)
        seconds, work = (one + more for one, more in zip(done.spent, obeying.spent, strict=True))
        done = replace(done, spent=(seconds, work))
        if obeying.schedule is None:
            return replace(done, kept=no_worse.broken(obeying.by))
        if obeying.schedule.makespan(problem.project) > least:
            done = replace(done, kept=no_worse.broken(obeying.by))
        schedule = obeying.schedule
    elif stalls > stalls_before:  # which is allowed, but none is there for nothing
        limits = replace(limits, evaluations=_SCHEDULES)
        fewer = fewest_stalls(problem, schedule, limits, method)
        schedule = fewer.schedule or schedule
        seconds, work = (one + more for one, more in zip(done.spent, fewer.spent, strict=True))
        done = replace(done, spent=(seconds, work))
    return with_written(done, problem, found, schedule)


def solved(
    problem: PacketProblem, now: ProjectSchedule, limits: Limits, method: Method
) -> Solution:
    """The fewest packets found, from the input on."""
    return solve(problem.project, method, replace(limits, evaluations=_SCHEDULES), known=[now])


def with_written(
    done: Repacked,
    problem: PacketProblem,
    found: Dependences,
    schedule: ProjectSchedule,
    live: frozenset[str] | None = None,
) -> Repacked:
    """`done` with the packets to write, which were run on symbols; of the registers that they
    leave those that are `live` have to be the input's, all of them without it."""
    stalls = stall_cycles(schedule.starts, problem.waits)
    written = packets_of(done.block, problem, found, schedule)
    differs = difference(done.block.packets, written, facts=found.facts, live=live)
    if differs:
        if fault := difference(done.block.packets, done.block.packets, facts=found.facts):
            reason = f"block {done.block.name}, as it is given: {fault}"
            raise InputError(Diagnostic("SW213", reason))
        raise CheckFailed(Diagnostic("SW406", f"block {done.block.name}: {differs}"))
    same = same_meaning(done.block.packets, written, live)
    if found.facts and not same.proved:
        same = replace(same, why=f"{same.why}, as far as {', '.join(found.facts)} is not known")
    packets = min(done.packets, len(written))
    return replace(done, packets=packets, stalls=stalls, written=written, same=same, live=live)


def packets_of(
    block: Block, problem: PacketProblem, found: Dependences, schedule: ProjectSchedule
) -> tuple[Packet, ...]:
    """The packets of a schedule, with the flags and comments of the input."""
    comments = _comments(block)
    made = []
    rows = [row for row in problem.packets_of(schedule) if row]
    for place, row in enumerate(rows):
        flags = [flag for flag in block.packets[-1].flags if place == len(rows) - 1]
        flags = [flag for flag in flags if flag.startswith("endloop")]
        numbers = {one.number for one, _ in row}
        if any(numbers.issuperset(pair) for pair in found.unshuffled):
            flags.append("mem_noshuf")
        texts = [comments.get(one.number, "") for one, _ in row]
        closing = next((closes for one, _ in row if (closes := comments.get(~one.number))), "")
        made.append(Packet(0, 0, tuple(form for _, form in row), tuple(flags), (*texts, closing)))
    return tuple(made)


def _comments(block: Block) -> dict[int, str]:
    """The comment of each operation; under ~number the one at its packet's brace, for its last."""
    found: dict[int, str] = {}
    number = 0
    for packet in block.packets:
        for instruction, comment in zip(packet.instructions, packet.comments, strict=False):
            if instruction.template != "nop":
                found[number] = comment
                number += 1
        found[~(number - 1)] = packet.comments[-1] if packet.comments else ""
    return found
