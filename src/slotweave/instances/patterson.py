"""Projects in Patterson's form (`.rcp`).

Numbers between blanks: activities and resources; the capacity of each resource; for each activity
its duration, its demand of each resource, the number of its successors, and these, counted from 1.
An activity holds its resources while it lasts; a successor starts after its end.
"""

from __future__ import annotations

from slotweave.instances.shared import held, numbered_resources
from slotweave.instances.tokens import Tokens, sound, words
from slotweave.ir.project import Activity, ActivityMode, Lag, Project


def read_patterson(text: str, file: str) -> Project:
    """The project that `text` says. Raises InputError."""
    tokens = words(text, file)
    size = tokens.integer("the number of activities", 1)
    resources = tokens.integer("the number of resources")
    capacities = [tokens.integer(f"capacity {k + 1} of {resources}") for k in range(resources)]
    activities, lags = [], []
    for number in range(size):
        activity, successors = _activity(tokens, number, size, resources)
        activities.append(activity)
        lags += [Lag(number, follower, 0, from_end=True) for follower in successors]
    tokens.expect_end(f"the last of {size} activities")
    return sound(Project(numbered_resources(capacities), tuple(activities), tuple(lags)), file)


def _activity(tokens: Tokens, number: int, size: int, resources: int) -> tuple[Activity, list[int]]:
    whose = f"of activity {number + 1} of {size}"
    duration = tokens.integer(f"the duration {whose}")
    demands = [tokens.integer(f"demand {k + 1} {whose}") for k in range(resources)]
    count = tokens.integer(f"the number of successors {whose}", 0, size)
    successors = [
        tokens.integer(f"successor {k + 1} of {count} {whose}", 1, size) - 1 for k in range(count)
    ]
    mode = ActivityMode(duration, held(demands, duration))
    return Activity(str(number + 1), (mode,)), successors
