"""Projects of the library PSPLIB (`.sm`): sections with titles, each a table of known height.

Renewable resources only; an activity may have several modes. A successor starts after the end of
its predecessor, and resources are held while an activity lasts.
"""

from __future__ import annotations

from collections.abc import Iterator

from slotweave.instances.shared import held, numbered_resources
from slotweave.instances.tokens import Tokens, sound, words
from slotweave.ir.project import Activity, ActivityMode, Lag, Project
from slotweave.ir.text.program_values import last_line

_SECTIONS = ("PRECEDENCE RELATIONS", "REQUESTS/DURATIONS", "RESOURCEAVAILABILITIES")


def read_psplib(text: str, file: str) -> Project:
    """The project that `text` says. Raises InputError."""
    head, *tables = _sections(text, file)
    jobs = _declared(head, "jobs", 1)
    projects = _declared(head, "projects", 0, optional=True)
    if projects > 1:
        head.tokens.refuse(head.line_of["projects"], f"{projects} projects in one file")
    for kind in ("nonrenewable", "doubly constrained"):
        if _declared(head, kind, 0, optional=True):
            head.tokens.refuse(head.line_of[kind], f"{kind} resources")
    resources = _declared(head, "renewable", 0)
    precedence, requests, availabilities = tables
    modes_of, lags = _precedence(precedence, jobs)
    activities = _requests(requests, modes_of, resources)
    for _ in range(resources):  # R 1  R 2 ..., the titles of the columns
        availabilities.expect("R", "a resource's letter")
        availabilities.integer("a resource's number")
    capacities = [availabilities.integer(f"capacity {k + 1}") for k in range(resources)]
    availabilities.expect_end(f"the last of {resources} capacities")
    return sound(Project(numbered_resources(capacities), activities, tuple(lags)), file)


class _Head:
    """The lines `title : number ...` before the first table."""

    def __init__(self, rows: Iterator[tuple[int, str]], tokens: Tokens) -> None:
        self.tokens = tokens
        self.text_of: dict[str, str] = {}
        self.line_of: dict[str, int] = {}
        for line, row in rows:
            title, colon, value = row.partition(":")
            name = title.strip(" -\t").partition("(")[0].strip()
            if colon and name not in self.text_of:
                self.text_of[name], self.line_of[name] = value, line


def _declared(head: _Head, name: str, lowest: int, *, optional: bool = False) -> int:
    """The number that the head gives for `name`."""
    if name not in head.text_of:
        if optional:
            return 0
        head.tokens.fail(1, f"there is no line `{name} : number` before the first table")
    value = words(head.text_of[name], head.tokens.file, head.line_of[name])
    return value.integer(f"the number of {name}", lowest)


def _sections(text: str, file: str) -> tuple[_Head, Tokens, Tokens, Tokens]:
    """The head and the three tables, each without its title and rules."""
    rows = list(enumerate(text.replace("\r", "").split("\n"), 1))
    at = [next((i for i, row in rows if row.strip().startswith(s)), None) for s in _SECTIONS]
    whole = words("", file)
    begins: list[int] = []
    for title, line in zip(_SECTIONS, at, strict=True):
        if line is None or line < max(begins, default=0):
            whole.fail(max(1, last_line(text)), f"there is no section {title} in its place")
        begins.append(line)
    head = _Head(((line, row) for line, row in rows if line < begins[0]), whole)
    ends = [*begins[1:], len(rows) + 1]
    tables = (_table(rows, a, b, file) for a, b in zip(begins, ends, strict=True))
    first, second, third = tables
    return head, first, second, third


def _table(rows: list[tuple[int, str]], begin: int, end: int, file: str) -> Tokens:
    """The words of the rows after the title, up to a rule of stars; other titles are left out."""
    kept = []
    for _, row in rows[begin : end - 1]:
        if row.strip().startswith("***"):
            break
        is_title = row.strip().startswith(("jobnr", "---"))
        kept.append("" if is_title else row)
    return words("\n".join(kept), file, begin + 1)


def _precedence(tokens: Tokens, jobs: int) -> tuple[list[int], list[Lag]]:
    """The number of modes of each job, and the lags to its successors."""
    modes, lags = [], []
    for job in range(1, jobs + 1):
        whose = f"of job {job} of {jobs}"
        _expect_job(tokens, job, whose, "PRECEDENCE RELATIONS")
        modes.append(tokens.integer(f"the number of modes {whose}", 1))
        count = tokens.integer(f"the number of successors {whose}")
        for k in range(count):
            follower = tokens.integer(f"successor {k + 1} of {count} {whose}", 1, jobs)
            lags.append(Lag(job - 1, follower - 1, 0, from_end=True))
    tokens.expect_end(f"the last of {jobs} jobs in PRECEDENCE RELATIONS")
    return modes, lags


def _requests(tokens: Tokens, modes_of: list[int], resources: int) -> tuple[Activity, ...]:
    jobs, activities = len(modes_of), []
    for job, count in enumerate(modes_of, 1):
        _expect_job(tokens, job, f"of job {job} of {jobs}", "REQUESTS/DURATIONS")
        modes = []
        for number in range(1, count + 1):
            whose = f"of mode {number} of {count} of job {job}"
            tokens.integer(f"the number {whose}", number, number)
            duration = tokens.integer(f"the duration {whose}")
            demands = [tokens.integer(f"demand {k + 1} {whose}") for k in range(resources)]
            modes.append(ActivityMode(duration, held(demands, duration)))
        activities.append(Activity(str(job), tuple(modes)))
    tokens.expect_end(f"the last of {jobs} jobs in REQUESTS/DURATIONS")
    return tuple(activities)


def _expect_job(tokens: Tokens, job: int, whose: str, section: str) -> None:
    line = tokens.next_line
    found = tokens.integer(f"the number {whose} in {section}")
    if found != job:
        tokens.fail(line, f"{found} stands where the row {whose} should begin in {section}")
