"""A block packed again with other registers for values that are made and used up within it.

Guarantees: what is live after the block is in the registers that it was in, as the liveness of the
whole function says (`judges.liveness`), and the packets written do on symbols what the input does,
as far as that is live. Scheduling comes first, without the dependences that other registers remove;
then registers are allocated for its schedule. Where there are too few, the block keeps its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from slotweave.backend.schedule.exact import Status, has_solver, run_model, stall_model
from slotweave.base.diagnostics import CheckFailed
from slotweave.bounds.projects.chains import chains
from slotweave.check.legality.project_legality import project_violations
from slotweave.driver.solving.solve import SOLVER, Limits, Method
from slotweave.hexagon.assembly.listing import Block
from slotweave.hexagon.assembly.reach import crowded
from slotweave.hexagon.dependence.edges import dependences
from slotweave.hexagon.machine.opcodes import VERSION
from slotweave.hexagon.no_worse import NoWorse
from slotweave.hexagon.packing.problem import PacketProblem, input_schedule, packet_problem
from slotweave.hexagon.packing.repack import (
    Repacked,
    idle_slots,
    repack_block,
    rule_broken,
    solved,
    with_written,
)
from slotweave.hexagon.packing.stalls import stall_cycles
from slotweave.hexagon.packing.webs import Webs, renamed, value_spans, webs_of, without_renamed
from slotweave.hexagon.packing.within_rule import step_after
from slotweave.ir.project import ProjectSchedule
from slotweave.ir.project_bound import MAKESPAN

#: The share of what is left of the limits that a search takes where others follow.
_SHARE = 0.5
#: Registers that schedules may use at once, in turn, 0 for any number: fewer leave more room for
#: pairs.
_REGISTERS = (0, 29, 28, 26)


def repack_renamed(
    block: Block,
    live: frozenset[str],
    limits: Limits,
    method: Method = Method.AUTO,
    *,
    version: int = VERSION,
    facts: tuple[str, ...] = (),
    no_worse: NoWorse = NoWorse.STALLS,
) -> Repacked:
    """The block packed as well as is found, with its registers or others.

    `live` are the registers that may be read after it; the other arguments are those of
    `repack_block`. The bound holds for any registers.
    """
    half = limits.share(_SHARE)
    plain = repack_block(block, half, method, version=version, facts=facts, no_worse=no_worse)
    limits = limits.after(*plain.spent)
    found = dependences(block, version=version, facts=facts)
    if found is None or not found.operations or crowded(block):
        return plain
    webs = webs_of(found, live)
    free = without_renamed(found, webs)
    if len(free.edges) == len(found.edges):
        return plain
    problem = packet_problem(free)
    now = input_schedule(problem)
    if rule_broken(problem, now, version):
        return plain
    solution = solved(problem, now, limits.share(_SHARE), method)
    limits = limits.after(*solution.spent)
    bound = solution.best(MAKESPAN)
    assert solution.schedule is not None
    assert bound is not None
    of_any = replace(plain, bound=bound.value or 0, why=bound.why, by=bound.by)
    if solution.schedule.makespan(problem.project) >= plain.after:
        return of_any
    fitted = _fitted(of_any, problem, webs, solution.schedule, limits, no_worse)
    if fitted.schedule is None:
        return replace(of_any, packets=fitted.packets, kept=fitted.kept or plain.kept)
    schedule, forms = fitted.schedule
    done = replace(of_any, packets=fitted.packets, kept=fitted.kept,
                   idle=idle_slots(problem, schedule))  # fmt: skip
    return with_written(done, forms, free, schedule, live)


#: A schedule, and the problem with the instructions of it in the registers allocated for it.
_Allocated = tuple[ProjectSchedule, PacketProblem]


@dataclass(frozen=True)
class _Fitted:
    """What is written, None if nothing is that is shorter than the block with its registers; the
    fewest packets found for which there are registers, and why those are not written."""

    schedule: _Allocated | None
    packets: int
    kept: str = ""


def _fitted(
    plain: Repacked,
    problem: PacketProblem,
    webs: Webs,
    best: ProjectSchedule,
    limits: Limits,
    no_worse: NoWorse,
) -> _Fitted:
    """The shortest schedule found, which has registers and in which `no_worse` gets no worse."""
    most = partial(no_worse.most_stalls, before=plain.before, stalls_before=plain.stalls_before)
    least = best.makespan(problem.project)
    forms = _with_registers(problem, webs, best)
    if forms is not None and stall_cycles(best.starts, problem.waits) <= most(least):
        return _Fitted((best, forms), min(least, plain.packets))
    found, proved, left = _schedule_in_registers(problem, webs, best, plain.after, most, limits)
    if forms is not None:
        packets = least
    elif found is None and no_worse is not NoWorse.PACKETS:
        any_stalls = partial(NoWorse.PACKETS.most_stalls, before=plain.before, stalls_before=0)
        longer, _, _ = _schedule_in_registers(problem, webs, best, plain.packets, any_stalls, left)
        packets = plain.packets if longer is None else longer[0].makespan(problem.project)
    else:
        packets = plain.packets if found is None else found[0].makespan(problem.project)
    packets = min(packets, plain.packets)
    after = plain.after if found is None else found[0].makespan(problem.project)
    kept = no_worse.broken(SOLVER if proved else "") if packets < after else ""
    return _Fitted(found, packets, kept)


def _schedule_in_registers(
    problem: PacketProblem,
    webs: Webs,
    best: ProjectSchedule,
    before: int,
    most_stalls: Callable[[int], int],
    limits: Limits,
) -> tuple[_Allocated | None, bool, Limits]:
    """The shortest schedule found below `before` packets that stalls no longer than `most_stalls`
    of its packets and for which there are registers, with them; whether all shorter ones are
    proved to stall longer; and what is left of `limits`, of which each search may take a half."""
    longest = chains(problem.project)
    assert longest is not None
    if not has_solver():
        return None, False, limits
    values = value_spans(webs, problem.activity_of)
    hint = best
    packets, undecided, proved = best.makespan(problem.project), 0, True
    while packets < before:
        stalls = min(most_stalls(packets), 8 * packets)
        for registers in _REGISTERS:
            search = stall_model(
                problem.project, longest, packets, problem.waits, stalls, hint,
                limits.workers, values if registers else (), registers,
            )  # fmt: skip
            half = limits.share(_SHARE)
            outcome = run_model(search, half.seconds, work=half.work)
            limits = limits.after(outcome.seconds, outcome.work)
            undecided += outcome.status is Status.UNKNOWN
            schedule = outcome.schedule
            if schedule is None:
                proved = proved and not registers and outcome.status is Status.INFEASIBLE
                break
            for fault in project_violations(schedule, problem.project):
                raise CheckFailed(fault)
            fits = _with_registers(problem, webs, schedule)
            if fits is not None:
                return (schedule, fits), proved, limits
            hint = schedule
        else:
            proved = False
        packets += step_after(undecided)
    return None, proved, limits


def _with_registers(
    problem: PacketProblem, webs: Webs, schedule: ProjectSchedule
) -> PacketProblem | None:
    """The problem with the instructions of a schedule in the registers allocated for it."""
    rows = problem.packets_of(schedule)
    placed = [(packet, one, form) for packet, row in enumerate(rows) for one, form in row]
    names = renamed(webs, placed, len(rows))
    if names is None:
        return None
    form_of = {one.number: form for (_, one, _), form in zip(placed, names, strict=True)}
    forms = tuple(
        tuple(
            tuple(form_of[one] for one in members) if mode == chosen else way
            for mode, way in enumerate(ways)
        )
        for members, ways, chosen in zip(
            problem.members, problem.forms, schedule.modes, strict=True
        )
    )
    return replace(problem, forms=forms)
