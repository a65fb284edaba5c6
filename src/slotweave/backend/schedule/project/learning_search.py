"""Search that learns from conflicts, for projects whose activities hold resources while they last.

Lazy clause generation (Schutt, Feydy, Stuckey and Wallace, "Solving RCPSP/max by lazy clause
generation", Journal of Scheduling 16, 2013): bounds of starts are literals, lags and the profiles
of resources propagate and explain, and conflicts become clauses. What is learned within a makespan
holds within a shorter one. Schedules are checked by whoever takes them; that there is none is the
search's own word.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from slotweave.backend.schedule.project import _learning_state as columns
from slotweave.backend.schedule.project._learning_state import LearningState
from slotweave.backend.schedule.project.exclusive_pairs import exclusive_pairs, held_units
from slotweave.bounds.projects.chains import Chains, chains
from slotweave.ir.project import ActivityMode, Project, ProjectSchedule

#: Literals that a search may have: more make it slow.
_MOST_LITERALS = 100_000
#: Clauses, and literals of clauses, that there is room for.
_CLAUSES, _POOL = 1 << 17, 1 << 22
#: Pairs of activities whose orders are literals.
_MOST_PAIRS = 4_000
#: How much more a conflict counts than the one before it.
_GROWTH = 1 / 0.9


class Answer(StrEnum):
    """What a search came to."""

    REFUTED = "refuted"
    FOUND = "found"
    OPEN = "open"


@dataclass(eq=False)
class LearningSearch:
    """A search for a schedule within `makespan`, which may be lowered; it changes as it goes on."""

    project: Project
    state: LearningState
    widest: int  # the makespan that the state was made for
    makespan: int
    seed: int

    @staticmethod
    def is_for(project: Project) -> bool:
        """Whether each activity has one mode, in which it holds resources exactly while it lasts,
        and nothing is repeated."""
        if project.is_modulo or project.has_conditional_lags or not project.size:
            return False
        if any(len(activity.modes) > 1 for activity in project.activities):
            return False
        modes = [activity.modes[0] for activity in project.activities]
        return all(_is_solid(mode) and _fits(mode, project) for mode in modes)

    @staticmethod
    def of(
        project: Project, makespan: int, known: ProjectSchedule | None = None, seed: int = 0
    ) -> LearningSearch | None:
        """A search within `makespan` that begins near the starts of `known`.

        None if it is not for the project, if a chain of lags is longer, or if there would be too
        many literals.
        """
        return _search(project, makespan, known, seed, None)

    def widened(self, makespan: int) -> LearningSearch | None:
        """A search of its own within a longer makespan, which decides first on what this one came
        to decide on first; None as for `of`."""
        return _search(self.project, makespan, None, self.seed, self.state)

    def advance(self, conflicts: int) -> Answer:
        """Go on for so many conflicts; the answers are the same for the same seed."""
        from slotweave.backend.schedule.project import _learning_kernel as kernel

        answer = kernel.search(self.state, conflicts)
        return {kernel.REFUTED: Answer.REFUTED, kernel.FOUND: Answer.FOUND}.get(answer, Answer.OPEN)

    @property
    def conflicts(self) -> int:
        """How many conflicts there have been."""
        return int(self.state.tally[columns.CONFLICTS])

    def schedule(self) -> ProjectSchedule:
        """The schedule that has been found."""
        tops = self.state.bound[::2, columns.TOP] - self.state.activity[:, columns.LOW]
        starts = tops[: self.project.size].tolist()
        return ProjectSchedule(tuple(starts), (0,) * self.project.size)

    def shorten(self, makespan: int) -> bool:
        """Look for schedules within `makespan` from now on; False if there are none."""
        from slotweave.backend.schedule.project import _learning_kernel as kernel

        self.makespan = min(makespan, self.makespan)
        return bool(kernel.lower_ends(self.state, self.widest - self.makespan))


def _search(
    project: Project,
    makespan: int,
    known: ProjectSchedule | None,
    seed: int,
    former: LearningState | None,
) -> LearningSearch | None:
    longest = chains(project)
    if longest is None or longest.longest > makespan or not LearningSearch.is_for(project):
        return None
    pairs = exclusive_pairs(project)[:_MOST_PAIRS]
    widths = makespan - longest.tails - longest.heads
    if 2 * int((widths + 2).sum()) + 6 * len(pairs) > _MOST_LITERALS:
        return None
    from slotweave.backend.schedule.project import _learning_kernel as kernel

    state = _state(project, longest, pairs, makespan, seed)
    starts = longest.heads if known is None else np.array(known.starts, np.int64)
    first, second = np.array(pairs, np.int64).reshape(-1, 2).T
    state.activity[: project.size, columns.PHASE] = starts
    state.activity[project.size :, columns.PHASE] = starts[first] < starts[second]
    if former is not None:
        _inherit(state, former)
    kernel.begin(state)
    return LearningSearch(project, state, makespan, makespan, seed)


def _inherit(state: LearningState, former: LearningState) -> None:
    """Give literals the scores, and activities the starts, that they had within another makespan:
    those of a lower bound begin with the same ones."""
    score = former.score / former.scale[columns.BUMP]
    state.activity[:, columns.PHASE] = former.activity[:, columns.PHASE]
    first, last = (state.bound[side::2, columns.FIRST] for side in (0, 1))
    at, end = (former.bound[side::2, columns.FIRST] for side in (0, 1))
    common = np.minimum(last - first, end - at).tolist()
    for to, of, size in zip(first.tolist(), at.tolist(), common, strict=True):
        state.score[to : to + size] = score[of : of + size]


def _is_solid(mode: ActivityMode) -> bool:
    return all((use.first, use.cycles) == (0, mode.duration) for use in mode.uses)


def _fits(mode: ActivityMode, project: Project) -> bool:
    return all(much <= project.resources[r].capacity for r, much in held_units(mode).items())


def _state(
    project: Project, longest: Chains, pairs: list[tuple[int, int]], makespan: int, seed: int
) -> LearningState:
    resources = len(project.resources)
    size = project.size + len(pairs)
    activity, bound = _ints(size, 10), _ints(2 * size, 7)
    bound[:, columns.NEED] = -1
    owners, at = [], 0
    lows = longest.heads.tolist() + [0] * len(pairs)
    highs = (makespan - longest.tails).tolist() + [1] * len(pairs)
    for i, (low, high) in enumerate(zip(lows, highs, strict=True)):
        width = high - low
        other = at + width + 2
        bound[2 * i, columns.FIRST], bound[2 * i + 1, columns.FIRST] = at, other
        bound[2 * i : 2 * i + 2, columns.MIRROR] = at + other + width + 1
        activity[i, columns.LOW] = at - low
        activity[i, columns.HIGH] = other + high
        owners += [2 * i] * (width + 2) + [2 * i + 1] * (width + 2)
        at = other + width + 2
    bound[:, columns.TOP] = bound[:, columns.FIRST]
    durations = [one.modes[0].duration for one in project.activities]
    activity[: project.size, columns.DURATION] = durations
    literal = np.full((at, 3), -1, np.int32)
    literal[:, columns.BOUND] = owners
    truth = np.zeros(at, np.int8)
    truth[bound[:, columns.FIRST]] = 1
    truth[bound[:, columns.MIRROR] - bound[:, columns.FIRST]] = -1
    use, user, resource = _uses(project, activity)
    tally = np.zeros(21, np.int64)
    tally[columns.ACTIVITIES] = project.size
    return LearningState(
        activity=activity,
        bound=bound,
        literal=literal,
        truth=truth,
        trail=_ints(at + 1, 7),
        lag=_lags(project, activity, bound, pairs),
        use=use,
        user=user,
        resource=resource,
        profile=_ints(resources, makespan + 1),
        clause=_ints(_CLAUSES, 4),
        watch=_ints(4 * _CLAUSES),
        pool=_ints(_POOL),
        level=_ints(at + 2, 3),
        buffer=_ints(max(1024, 64 * (4 * size + 2))),
        frame=_ints(64, 3),
        rows=_ints(5, 2 * size + 1),
        marked=_ints(at + 1),
        score=np.random.default_rng(seed).random(at) * 1e-3,
        heap=_ints(at),
        place=np.full(at, -1, np.int32),
        scale=np.array([1.0, _GROWTH]),
        tally=tally,
    )


def _ints(*shape: int) -> columns.Ints:
    return np.zeros(shape, np.int32)


def _table(rows: list[tuple[int, ...]], width: int) -> columns.Ints:
    return np.array(rows, np.int32).reshape(-1, width)


def _uses(
    project: Project, activity: columns.Ints
) -> tuple[columns.Ints, columns.Ints, columns.Ints]:
    """The tables `use`, `user` and `resource`."""
    rows: list[tuple[int, ...]] = []
    users: list[list[tuple[int, int]]] = [[] for _ in project.resources]
    for i, one in enumerate(project.activities):
        activity[i, columns.USES] = len(rows)
        for r, units in held_units(one.modes[0]).items():
            rows.append((r, units, project.resources[r].capacity - units))
            users[r].append((i, units))
        activity[i, columns.USES_END] = len(rows)
    table: list[tuple[int, ...]] = []
    resource = _ints(len(project.resources), 3)
    for r, mine in enumerate(users):
        first = len(table)
        table += sorted(mine, key=lambda row: (-row[1], row[0]))
        resource[r] = first, len(table), project.resources[r].capacity
    return _table(rows, 3), _table(table, 2), resource


def _lags(
    project: Project,
    activity: columns.Ints,
    bound: columns.Ints,
    pairs: list[tuple[int, int]],
) -> columns.Ints:
    """The lags of lower bounds forwards and of upper bounds backwards, by the bound that rises;
    those of an order also by that."""
    out: list[list[tuple[int, ...]]] = [[] for _ in bound]
    low, high = activity[:, columns.LOW].tolist(), activity[:, columns.HIGH].tolist()
    for lag in project.lags:
        i, j = lag.before, lag.after
        length = lag.lag + (project.activities[i].modes[0].duration if lag.from_end else 0)
        if i != j:
            out[2 * i].append((2 * j, length + low[j] - low[i], 2 * i, -1))
            out[2 * j + 1].append((2 * i + 1, length + high[i] - high[j], 2 * j + 1, -1))
    for number, pair in enumerate(pairs, project.size):
        for order, (i, j) in ((2 * number, pair), (2 * number + 1, pair[::-1])):
            length = project.activities[i].modes[0].duration
            to_later = (2 * j, length + low[j] - low[i], 2 * i, order)
            to_earlier = (2 * i + 1, length + high[i] - high[j], 2 * j + 1, order)
            out[2 * i].append(to_later)
            out[2 * j + 1].append(to_earlier)
            out[order] += [to_later, to_earlier]
    rows: list[tuple[int, ...]] = []
    for b, mine in enumerate(out):
        bound[b, columns.LAGS] = len(rows)
        rows += mine
        bound[b, columns.LAGS_END] = len(rows)
    return _table(rows, 4)
