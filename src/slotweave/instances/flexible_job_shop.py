"""Flexible job shops (`.fjs`): an operation with modes, one for each machine that can do it.

The first line says jobs, machines and, perhaps, the average number of machines an operation can run
on. Then each job on a line of its own: the number of its operations, and for each of them in their
order the number of its machines and, for each, the machine (from 1) and the time it takes there.
"""

from __future__ import annotations

import re
from itertools import pairwise

from slotweave.instances.tokens import Tokens, sound, words
from slotweave.ir.project import Activity, ActivityMode, Lag, Project, Resource, Use
from slotweave.ir.text.program_values import excerpt

_AVERAGE = re.compile(r"[0-9]{1,9}(?:[.,][0-9]{0,15})?", re.ASCII)


def read_flexible_job_shop(text: str, file: str) -> Project:
    """The job shop that `text` says. Raises InputError."""
    tokens = words(text, file)
    first = tokens.next_line
    jobs = tokens.integer("the number of jobs", 1)
    machines = tokens.integer("the number of machines", 1)
    if tokens.next_line == first and not tokens.is_at_end:
        token = tokens.take("the average number of machines")
        if not _AVERAGE.fullmatch(token.text):
            reason = f"{excerpt(token.text)} is no average number of machines"
            tokens.fail(token.line, reason)
    activities: list[Activity] = []
    lags: list[Lag] = []
    for job in range(1, jobs + 1):
        began, line = len(activities), tokens.next_line
        activities += _job(tokens, job, jobs, machines)
        if not tokens.is_at_end and tokens.next_line == line:
            token = tokens.take("")
            tokens.fail(line, f"{excerpt(token.text)} stands after the last operation of job {job}")
        places = range(began, len(activities))
        lags += [Lag(a, b, 0, from_end=True) for a, b in pairwise(places)]
    tokens.expect_end(f"the last of {jobs} jobs")
    resources = tuple(Resource(f"M{k + 1}", 1) for k in range(machines))
    return sound(Project(resources, tuple(activities), tuple(lags)), file)


def _job(tokens: Tokens, job: int, jobs: int, machines: int) -> list[Activity]:
    whose = f"of job {job} of {jobs}"
    count = tokens.integer(f"the number of operations {whose}")
    return [
        _operation(tokens, f"{job}.{number}", f"of operation {number} of {count} {whose}", machines)
        for number in range(1, count + 1)
    ]


def _operation(tokens: Tokens, name: str, whose: str, machines: int) -> Activity:
    count = tokens.integer(f"the number of machines {whose}", 1)
    modes = []
    for number in range(1, count + 1):
        machine = tokens.integer(f"machine {number} of {count} {whose}", 1, machines) - 1
        duration = tokens.integer(f"the time on machine {number} of {count} {whose}")
        uses = (Use(machine, 1, 0, duration),) if duration else ()
        modes.append(ActivityMode(duration, uses))
    return Activity(name, tuple(modes))
