"""A block packed again with other registers for values that are made and used up within it.

Guarantees: what is live after the block is in the registers that it was in, as the liveness of the
whole function says (`judges.liveness`), and the packets written do on symbols what the input does,
as far as that is live. Scheduling comes first, without the dependences that other registers remove;
then registers are allocated for its schedule. Where there are too few, the block keeps its own.
"""

from __future__ import annotations

from dataclasses import replace

from slotweave.backend.schedule.exact import Status, has_solver, run_model, stall_model
from slotweave.base.diagnostics import CheckFailed
from slotweave.bounds.projects.chains import chains
from slotweave.check.legality.project_legality import project_violations
from slotweave.driver.solving import Limits, Method
from slotweave.hexagon.assembly.listing import Block
from slotweave.hexagon.assembly.reach import crowded
from slotweave.hexagon.dependence.edges import dependences
from slotweave.hexagon.machine.opcodes import VERSION
from slotweave.hexagon.packing.problem import PacketProblem, input_schedule, packet_problem
from slotweave.hexagon.packing.repack import (
    Repacked,
    idle_slots,
    repack_block,
    rule_broken,
    solved,
    step_after,
    with_written,
)
from slotweave.hexagon.packing.stalls import stall_cycles
from slotweave.hexagon.packing.webs import Webs, renamed, value_spans, webs_of, without_renamed
from slotweave.ir.project import ProjectSchedule
from slotweave.ir.project_bound import MAKESPAN

#: Registers that schedules may use at once, in turn, 0 for any number: fewer leave more room for
#: pairs.
_REGISTERS = (0, 29, 28, 26)
#: Stalls where any number of them is allowed.
_LONGEST = 1 << 20


def repack_renamed(
    block: Block,
    live: frozenset[str],
    limits: Limits,
    method: Method = Method.AUTO,
    *,
    version: int = VERSION,
    facts: tuple[str, ...] = (),
    allow_stalls: bool = False,
) -> Repacked:
    """The block packed as well as is found, with its registers or others.

    `live` are the registers that may be read after it; the other arguments are those of
    `repack_block`. The bound holds for any registers.
    """
    plain = repack_block(
        block, limits, method, version=version, facts=facts, allow_stalls=allow_stalls
    )
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
    solution = solved(free, problem, now, limits, method)
    bound = solution.best(MAKESPAN)
    assert solution.schedule is not None
    assert bound is not None
    of_any = replace(plain, bound=bound.value or 0, why=bound.why, by=bound.by)
    least = solution.schedule.makespan(problem.project)
    if least >= plain.after:
        return of_any
    stalls = _LONGEST if allow_stalls else plain.stalls_before
    fits = _with_registers(problem, webs, solution.schedule)
    schedule = solution.schedule
    if fits is None or stall_cycles(schedule.starts, problem.waits) > stalls:
        found_one = _schedule_in_registers(
            problem, webs, solution.schedule, plain.after, stalls, limits
        )
        if found_one is None and allow_stalls:
            return of_any
        if found_one is None:
            packets = least if fits is not None else _fewest(problem, webs, schedule, plain, limits)
            return _stalling(of_any, packets)
        schedule, fits = found_one
    done = replace(of_any, packets=min(least, plain.packets), kept="",
                   idle=idle_slots(problem, schedule))  # fmt: skip
    return with_written(done, fits, free, schedule, live)


def _stalling(plain: Repacked, packets: int) -> Repacked:
    """The block as it is written with its registers; with others it takes so many packets, and
    stalls longer."""
    if packets >= plain.packets:
        return plain
    kept = plain.kept if plain.written is not None else "more modelled stalls"
    return replace(plain, packets=packets, kept=kept)


def _fewest(
    problem: PacketProblem, webs: Webs, best: ProjectSchedule, plain: Repacked, limits: Limits
) -> int:
    """The fewest packets found for which there are registers, however long they stall."""
    found = _schedule_in_registers(problem, webs, best, plain.packets, _LONGEST, limits)
    return plain.packets if found is None else found[0].makespan(problem.project)


def _schedule_in_registers(
    problem: PacketProblem,
    webs: Webs,
    best: ProjectSchedule,
    before: int,
    stalls: int,
    limits: Limits,
) -> tuple[ProjectSchedule, PacketProblem] | None:
    """The shortest schedule found below `before` packets that stalls no longer than `stalls` and
    for which there are registers, with them."""
    longest = chains(problem.project)
    assert longest is not None
    if not has_solver():
        return None
    values = value_spans(webs, problem.activity_of)
    hint = best
    packets, undecided = best.makespan(problem.project), 0
    while packets < before:
        for registers in _REGISTERS:
            search = stall_model(
                problem.project, longest, packets, problem.waits, min(stalls, 8 * packets), hint,
                limits.workers, values if registers else (), registers,
            )  # fmt: skip
            outcome = run_model(search, limits.seconds, work=limits.work)
            undecided += outcome.status is Status.UNKNOWN
            schedule = outcome.schedule
            if schedule is None:
                break
            for fault in project_violations(schedule, problem.project):
                raise CheckFailed(fault)
            fits = _with_registers(problem, webs, schedule)
            if fits is not None:
                return schedule, fits
            hint = schedule
        packets += step_after(undecided)
    return None


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
