"""Stalls of a row of packets, as LLVM's itineraries model them, and schedules with stalls in them.

Packets issue in order, one a cycle, and wait until what they read is there. Measured nowhere;
caches and branches are not in it.

A block with at most so many stalls is a project of cycles in place of packets: latencies are lags,
and each stall is an activity that fills a cycle. Its makespan less these cycles is the number of
packets, so what schedules and bounds projects knows the fewest packets with no more stalls.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from slotweave.hexagon.packing.problem import PacketProblem
from slotweave.instances.packets import all_slots
from slotweave.ir.project import Activity, ActivityMode, Lag, Project, ProjectSchedule, Use

Wait = tuple[int, int, int]


def stall_cycles(packet_of: Sequence[int], waits: Iterable[Wait]) -> int:
    """Cycles in which no packet issues, between the first and the last.

    `packet_of` has the packet of each activity; each wait (before, after, latency) asks for that
    many cycles from the packet of one to the packet of the other.
    """
    issue = issue_cycles(packet_of, waits)
    return issue[-1] + 1 - len(issue) if issue else 0


def issue_cycles(packet_of: Sequence[int], waits: Iterable[Wait]) -> list[int]:
    """The cycle in which each packet issues; the arguments are those of `stall_cycles`."""
    packets = max(packet_of, default=-1) + 1
    into: list[list[tuple[int, int]]] = [[] for _ in range(packets)]
    for before, after, latency in waits:
        if packet_of[before] < packet_of[after]:
            into[packet_of[after]].append((packet_of[before], latency))
    issue: list[int] = []
    for packet in range(packets):
        earliest = issue[-1] + 1 if issue else 0
        issue.append(max((issue[k] + latency for k, latency in into[packet]), default=0))
        issue[-1] = max(issue[-1], earliest)
    return issue


def project_with_stalls(problem: PacketProblem, stalls: int) -> Project:
    """The project in which the block takes cycles, `stalls` of which hold no packet."""
    project = problem.project
    slots = all_slots(project)
    idle = ActivityMode(1, (Use(slots, project.resources[slots].capacity, 0, 1),))
    fillers = tuple(Activity(f"stall {number}", (idle,)) for number in range(stalls))
    return replace(project, activities=(*project.activities, *fillers), lags=_lags(problem))


def _lags(problem: PacketProblem) -> tuple[Lag, ...]:
    """Those of the project, and latencies."""
    waits = (wait for wait in problem.waits if wait[2] > 1)
    made = [lag for wait in waits for lag in _wait_lags(problem, wait)]
    return (*problem.project.lags, *made)


def _wait_lags(problem: PacketProblem, wait: Wait) -> list[Lag]:
    """A wait as lags: in the modes in which the reader does not share the packet of the other."""
    before, after, latency = wait
    shared = {
        lag.only[1]
        for lag in problem.project.lags
        if lag.only is not None and lag.only[0] == after
        and (lag.before, lag.after, lag.lag) == (after, before, 0)
    }  # fmt: skip
    if not shared:
        return [Lag(before, after, latency)]
    modes = range(len(problem.project.activities[after].modes))
    return [Lag(before, after, latency, only=(after, m)) for m in modes if m not in shared]


def with_stalls(problem: PacketProblem, schedule: ProjectSchedule, stalls: int) -> ProjectSchedule:
    """A schedule of packets as one of `project_with_stalls`: the stalls are where packets wait, and
    those that are left after the last packet."""
    issue = issue_cycles(schedule.starts, problem.waits)
    used, last = set(issue), issue[-1] + 1 if issue else 0
    idle = [cycle for cycle in range(last + stalls) if cycle not in used][:stalls]
    starts = (*(issue[packet] for packet in schedule.starts), *idle)
    return ProjectSchedule(starts, (*schedule.modes, *(0,) * stalls))


def without_stalls(
    problem: PacketProblem, schedule: ProjectSchedule, stalls: int
) -> ProjectSchedule:
    """A schedule of `project_with_stalls` as packets: cycles that hold none are left out. Where
    there are more than `stalls` of these, instructions are moved to them as far as that goes."""
    size = problem.project.size
    starts, modes = list(schedule.starts[:size]), list(schedule.modes[:size])
    used = set(starts)
    idle = [cycle for cycle in range(max(starts, default=0)) if cycle not in used]
    if len(idle) > stalls:
        touching: list[list[Lag]] = [[] for _ in range(size)]
        for lag in _lags(problem):
            touching[lag.before].append(lag)
            touching[lag.after].append(lag)
        for cycle in idle[: len(idle) - stalls]:
            _fill(problem, cycle, (starts, modes), touching)
    packet = {cycle: number for number, cycle in enumerate(sorted(set(starts)))}
    return ProjectSchedule(tuple(packet[cycle] for cycle in starts), tuple(modes))


def _fill(
    problem: PacketProblem,
    cycle: int,
    schedule: tuple[list[int], list[int]],
    touching: Sequence[Sequence[Lag]],
) -> None:
    """Move an activity that shares its cycle with others to one that is empty, if one can."""
    starts, modes = schedule
    beside = Counter(starts)
    for number, activity in enumerate(problem.project.activities):
        if beside[starts[number]] < 2:
            continue
        was = starts[number], modes[number]
        for mode in range(len(activity.modes)):
            starts[number], modes[number] = cycle, mode
            held = (lag for lag in touching[number] if lag.holds(modes))
            if all(starts[lag.before] + lag.lag <= starts[lag.after] for lag in held):
                return
        starts[number], modes[number] = was
