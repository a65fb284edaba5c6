"""Projects with minimal and maximal time lags in the form of ProGen/max (`.SCH`).

Numbers between blanks: activities without source and sink, renewable resources, and two zeros (the
counts of other kinds of resources). Then for each activity 0 .. n + 1 its number, its number of
modes, that of its successors, these, and for each the lag from start to start in brackets. Then for
each activity its number, the number of its mode, its duration and its demands. Then the capacities.
A negative lag is a maximal one of the opposite direction.
"""

from __future__ import annotations

import re

from slotweave.instances.shared import held, numbered_resources
from slotweave.instances.tokens import Tokens, sound, words
from slotweave.ir.project import Activity, ActivityMode, Lag, Project
from slotweave.ir.text.program_values import excerpt
from slotweave.ir.verify.project_verify import LARGEST

_LAG = re.compile(r"\[([+-]?[0-9]{1,12})\]", re.ASCII)


def read_progen_max(text: str, file: str) -> Project:
    """The project that `text` says. Raises InputError."""
    tokens = words(text, file)
    size = tokens.integer("the number of activities", 0) + 2
    resources = tokens.integer("the number of renewable resources")
    for kind in ("non-renewable resources", "doubly constrained resources"):
        line = tokens.next_line
        if tokens.integer(f"the number of {kind}"):
            tokens.refuse(line, kind)
    lags = [lag for number in range(size) for lag in _lags(tokens, number, size)]
    # The source is the start of the project: nothing starts before it.
    lags += [Lag(0, number, 0) for number in range(1, size)]
    activities = tuple(_activity(tokens, number, size, resources) for number in range(size))
    capacities = [tokens.integer(f"capacity {k + 1} of {resources}") for k in range(resources)]
    tokens.expect_end(f"the last of {resources} capacities")
    return sound(Project(numbered_resources(capacities), activities, tuple(lags)), file)


def _lags(tokens: Tokens, number: int, size: int) -> list[Lag]:
    whose = f"of activity {number} of 0 to {size - 1}"
    _expect_number(tokens, number, whose)
    line = tokens.next_line
    if tokens.integer(f"the number of modes {whose}", 1) != 1:
        tokens.refuse(line, "several modes of an activity with time lags")
    count = tokens.integer(f"the number of successors {whose}")
    successors = [
        tokens.integer(f"successor {k + 1} of {count} {whose}", 0, size - 1) for k in range(count)
    ]
    return [Lag(number, follower, _lag(tokens, whose)) for follower in successors]


def _lag(tokens: Tokens, whose: str) -> int:
    token = tokens.take(f"a lag in brackets {whose}")
    found = _LAG.fullmatch(token.text)
    if found is None or abs(int(found[1])) > LARGEST:
        tokens.fail(token.line, f"{excerpt(token.text)} is no lag [n] {whose}")
    return int(found[1])


def _activity(tokens: Tokens, number: int, size: int, resources: int) -> Activity:
    whose = f"of activity {number} of 0 to {size - 1}"
    _expect_number(tokens, number, whose)
    tokens.integer(f"the number of the mode {whose}", 1, 1)
    duration = tokens.integer(f"the duration {whose}")
    demands = [tokens.integer(f"demand {k + 1} {whose}") for k in range(resources)]
    return Activity(str(number), (ActivityMode(duration, held(demands, duration)),))


def _expect_number(tokens: Tokens, number: int, whose: str) -> None:
    line = tokens.next_line
    found = tokens.integer(f"the number {whose}")
    if found != number:
        tokens.fail(line, f"{found} stands where the row {whose} should begin")
