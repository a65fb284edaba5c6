"""A block as a project: operations that share a packet are one activity, and its cycle its packet.

A reader of a new value has two modes: with `.new`, in the packet of the producer, and without, in a
later one. With `fixed` modes each new value stays as it is in the input, for schedulers that choose
none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from slotweave.hexagon.assembly.grammar import Instruction
from slotweave.hexagon.dependence.edges import (
    Dependences,
    NewValue,
    Operation,
)
from slotweave.hexagon.dependence.forms import new_form, old_form
from slotweave.hexagon.machine.opcodes import MACHINE, opcode
from slotweave.instances.packets import PacketActivity, packet_project
from slotweave.ir.project import Lag, Project, ProjectSchedule
from slotweave.machine.packets import PacketNeeds

#: New values of one activity among which its modes choose; more stay as they are.
_MOST_CHOICES = 3


@dataclass(frozen=True)
class PacketProblem:
    """The project of a block, and what its activities and modes mean.

    `members` are the operations of each activity; `forms` the instruction of each of them in each
    mode; `waits` the modelled latencies as (activity, activity, cycles).
    """

    project: Project
    operations: tuple[Operation, ...]
    members: tuple[tuple[int, ...], ...]
    forms: tuple[tuple[tuple[Instruction, ...], ...], ...]
    waits: tuple[tuple[int, int, int], ...]

    @property
    def activity_of(self) -> dict[int, int]:
        return {one: number for number, row in enumerate(self.members) for one in row}

    def packets_of(self, schedule: ProjectSchedule) -> list[list[tuple[Operation, Instruction]]]:
        """The operations of each packet, with their instructions, in the order of the input."""
        rows: list[list[tuple[Operation, Instruction]]] = [
            [] for _ in range(schedule.makespan(self.project))
        ]
        for activity, (start, mode) in enumerate(zip(schedule.starts, schedule.modes, strict=True)):
            forms = self.forms[activity][mode]
            for number, instruction in zip(self.members[activity], forms, strict=True):
                rows[start].append((self.operations[number], instruction))
        for row in rows:
            row.sort(key=lambda one: one[0].number)
        return rows


def packet_problem(found: Dependences, *, fixed: bool = False) -> PacketProblem:
    """The problem of a block with these dependences."""
    choices = [] if fixed else _choices(found)
    ties = [*found.ties]
    ties += [(one.producer, one.reader) for one in found.new_values
             if one.is_new and one not in choices]  # fmt: skip
    members = _groups(len(found.operations), ties)
    of = {one: number for number, row in enumerate(members) for one in row}
    if rings := _rings(members, found, _lags(found, of, choices)):
        members = _groups(len(found.operations), [*ties, *rings])
        of = {one: number for number, row in enumerate(members) for one in row}
    choices = [one for one in choices if of[one.producer] != of[one.reader]]
    by_reader: defaultdict[int, list[NewValue]] = defaultdict(list)
    for one in choices:
        by_reader[of[one.reader]].append(one)
    ways = [_ways(found, row, by_reader[number]) for number, row in enumerate(members)]
    lags = _lags(found, of, choices) + _choice_lags(of, by_reader, ways)
    lags += _mark_lags(found, members, of, ways)
    names = [_name(found, row) for row in members]
    activities = [
        PacketActivity(name, tuple(_needs(found, row, forms) for _, forms in each))
        for name, row, each in zip(names, members, ways, strict=True)
    ]
    waits = [(of[e.before], of[e.after], e.latency) for e in found.edges if e.latency]
    waits += [(of[n.producer], of[n.reader], n.latency) for n in found.new_values if n.latency]
    return PacketProblem(
        packet_project(MACHINE, activities, lags),
        found.operations,
        tuple(members),
        tuple(tuple(forms for _, forms in each) for each in ways),
        tuple(dict.fromkeys(wait for wait in waits if wait[0] != wait[1])),
    )


def input_schedule(problem: PacketProblem) -> ProjectSchedule:
    """The schedule that the input is; packets of nops alone are left out."""
    used = sorted({one.packet for one in problem.operations})
    place = {packet: number for number, packet in enumerate(used)}
    packets = [place[one.packet] for one in problem.operations]
    return schedule_of(problem, packets)


def schedule_of(problem: PacketProblem, packets: Sequence[int]) -> ProjectSchedule:
    """The schedule with these packets of the operations: readers beside their producer take its
    new value."""
    starts = [packets[row[0]] for row in problem.members]
    modes = []
    for number, row in enumerate(problem.members):
        fits = [
            place
            for place in range(len(problem.forms[number]))
            if _mode_fits(problem, number, place, starts)
        ]
        assert fits, f"no mode of {row} fits"
        modes.append(fits[0])
    return ProjectSchedule(tuple(starts), tuple(modes))


def _mode_fits(problem: PacketProblem, activity: int, mode: int, starts: Sequence[int]) -> bool:
    lags = (lag for lag in problem.project.lags if lag.only == (activity, mode))
    return all(starts[lag.before] + lag.lag <= starts[lag.after] for lag in lags)


def _choices(found: Dependences) -> list[NewValue]:
    """The new values that may be read in either way."""
    counts: defaultdict[int, int] = defaultdict(int)
    chosen = []
    for one in sorted(found.new_values, key=lambda each: not each.is_new):
        counts[one.reader] += 1
        if counts[one.reader] <= _MOST_CHOICES:
            chosen.append(one)
    return chosen


def _groups(size: int, ties: Iterable[tuple[int, int]]) -> list[tuple[int, ...]]:
    """The operations in groups that the ties join, each in order, by their first."""
    parent = list(range(size))

    def root(one: int) -> int:
        while parent[one] != one:
            one = parent[one]
        return one

    for one, other in ties:
        low, high = sorted((root(one), root(other)))
        parent[high] = low
    rows: defaultdict[int, list[int]] = defaultdict(list)
    for one in range(size):
        rows[root(one)].append(one)
    return [tuple(row) for _, row in sorted(rows.items())]


def _rings(
    members: Sequence[tuple[int, ...]], found: Dependences, lags: Iterable[Lag]
) -> list[tuple[int, int]]:
    """Operations that wait for each other by lags of 0, in pairs: no schedule parts them, and list
    scheduling takes no lags in a ring. All of a ring share a packet of the input."""
    packet = [found.operations[row[0]].packet for row in members]
    after: defaultdict[int, set[int]] = defaultdict(set)
    for lag in lags:
        if lag.lag == 0 and packet[lag.before] == packet[lag.after]:
            after[lag.before].add(lag.after)
    reached = {one: _reached(after, one) for one in sorted(after)}
    return [
        (members[one][0], members[other][0])
        for one, others in reached.items()
        for other in sorted(others)
        if one < other and one in reached.get(other, ())
    ]


def _reached(after: Mapping[int, set[int]], first: int) -> set[int]:
    """What follows `first`, at once or later."""
    found: set[int] = set()
    rest = [first]
    while rest:
        new = after.get(rest.pop(), set()) - found
        found |= new
        rest += new
    return found


Way = tuple[tuple[bool, ...], tuple[Instruction, ...]]


def _ways(found: Dependences, row: tuple[int, ...], values: list[NewValue]) -> list[Way]:
    """The modes of an activity: which of its new values it reads as such, and its instructions."""
    ways = []
    for chosen in product((True, False), repeat=len(values)):
        forms = {one: found.operations[one].instruction for one in row}
        known = True
        for value, is_new in zip(values, chosen, strict=True):
            form: Instruction | None = forms[value.reader]
            if form is not None and is_new != _reads_new(form, value.register):
                form = (new_form if is_new else old_form)(form, value.register)
            if form is None:
                known = False
                break
            forms[value.reader] = form
        if known:
            ways.append((chosen, tuple(forms[one] for one in row)))
    return ways


def _reads_new(instruction: Instruction, register: str) -> bool:
    return f"{register}.new" in instruction.text


def _needs(
    found: Dependences, row: tuple[int, ...], forms: Sequence[Instruction]
) -> tuple[PacketNeeds, ...]:
    pairs = [(number, opcode(form)) for number, form in zip(row, forms, strict=True)]
    return tuple(
        one.needs(found.version, is_far=number in found.far)
        for number, one in pairs
        if one is not None
    )


def _lags(found: Dependences, of: dict[int, int], choices: list[NewValue]) -> list[Lag]:
    """What holds in all modes, the longest of each pair."""
    longest: dict[tuple[int, int], int] = {}
    rows = [(edge.before, edge.after, edge.lag) for edge in found.edges]
    chosen = set(choices)
    for value in found.new_values:
        joined = of[value.producer] == of[value.reader]
        lag = 0 if value in chosen or joined else 1
        rows.append((value.producer, value.reader, lag))
    rows += [(store, load, 0) for store, load in found.unshuffled]
    for before, after, lag in rows:
        pair = of[before], of[after]
        if pair[0] != pair[1]:
            longest[pair] = max(lag, longest.get(pair, 0))
    return [Lag(before, after, lag) for (before, after), lag in sorted(longest.items())]


def _choice_lags(
    of: dict[int, int], by_reader: dict[int, list[NewValue]], ways: Sequence[list[Way]]
) -> list[Lag]:
    """What holds in one mode: a new value is read in its packet, another one after it."""
    lags = []
    for reader, values in sorted(by_reader.items()):
        for mode, (chosen, _) in enumerate(ways[reader]):
            for value, is_new in zip(values, chosen, strict=True):
                maker = of[value.producer]
                if is_new:
                    lags.append(Lag(reader, maker, 0, only=(reader, mode)))
                else:
                    lags.append(Lag(maker, reader, 1, only=(reader, mode)))
    return lags


def _mark_lags(
    found: Dependences,
    members: Sequence[tuple[int, ...]],
    of: dict[int, int],
    ways: Sequence[list[Way]],
) -> list[Lag]:
    """A store of a new value takes slot 0, and so shares no packet with a load after it."""
    lags = []
    for store, load in found.unshuffled:
        activity = of[store]
        for mode, (_, forms) in enumerate(ways[activity]):
            known = opcode(forms[members[activity].index(store)])
            assert known is not None
            if known.bars_stores and activity != of[load]:
                lags.append(Lag(activity, of[load], 1, only=(activity, mode)))
    return lags


def _name(found: Dependences, row: tuple[int, ...]) -> str:
    return " & ".join(f"{one}: {found.operations[one].instruction.text}" for one in row)
