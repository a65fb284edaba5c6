"""Annealing over plans: change something, schedule, keep it unless it is much worse.

A candidate is judged by scheduling it as `compile` would, without emitting or checking anything;
the winner goes through the ordinary pipeline like any other plan.

Candidates are proposed in rounds of ROUND, each round from the plan that was current when the round
before the last one had ended, and are told in the order of their numbers: taken or not. Those that
change choices take far longer than the others, so they are proposed AHEAD rounds earlier. So one
round can be under way while the next one begins, nobody waits for a change of choices, and what a
search comes to depends on its seed and on the number of its candidates alone, not on how many
workers there are or which of them is faster. A search can be repeated, and continued from its
state.

Steps, and choices that are changed with the schedule carried over, go on from the *leading* plan:
the one that reaches least far (see `Score`), whether or not it has the fewest cycles yet. A
schedule whose last cycles are nearly empty may be nearer to fewer cycles than a shorter one.

A candidate whose schedule is longer than anything that would be taken is given up (see `score`).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from typing import cast

import numpy as np

from slotweave.backend.fit import Effort
from slotweave.base.recent import keep
from slotweave.ir.plan import Plan
from slotweave.ir.text.plan_json import plan_from_json
from slotweave.parallel import Crew, Serial
from slotweave.tuning.answers import Answer, Asked, evaluated, text_of
from slotweave.tuning.carried import carried_plan
from slotweave.tuning.moves import (
    BLOCK,
    CARRIED,
    CARRIED_STEPS,
    CHOICES,
    STEP,
    Candidate,
    changes_choices,
    proposed,
)
from slotweave.tuning.posed import Score
from slotweave.tuning.score import Task, score

__all__ = ["Score", "State", "Task", "Trial", "score", "search", "search_all", "start"]

#: Candidates that are proposed together.
ROUND = 8

#: Rounds between the plan that a change of choices begins with and the round that it belongs to;
#: other candidates have one.
AHEAD = 15

#: Plans of which a search keeps the text.
TEXTS_KEPT = 8

#: Passes of forward-backward improvement for each candidate.
PASSES = 7

#: So many constants are loaded outright by the plans that a search may begin with, so many
#: operations of any kind make others, and zeros are there or not.
CONSTANTS_TRIED = (
    (0, 2, True), (1, 2, True), (1, 0, False), (2, 0, False), (0, 2, False), (1, 2, False),
    (2, 2, False),
)  # fmt: skip

#: A candidate that costs this many cycles more is taken one time in e; one that takes more than
#: SLACK cycles more is not.
TEMPERATURE, SLACK = 0.4, 1

#: A carried plan that reaches so many cycles further than the leading one leads one time in e, if
#: it is the last of its block: the others are on their way to it.
LEAD_TEMPERATURE = 0.1


@dataclass(frozen=True)
class Base:
    """What a round changes: the plan that was current, and the leading one.

    Candidates of more than `limit` cycles are not taken, unless they come from the leading one.
    """

    current: Plan
    leading: Plan
    limit: int


@dataclass(frozen=True)
class State:
    """A search: its current plan, the leading and the best one, after `evaluations` candidates.

    `bases` are the plans that were current, and the leading ones, when the last AHEAD + 1 rounds
    had ended, the newest last: the candidates of the rounds that are open change these.
    """

    current: Plan
    current_score: Score
    leading: Plan
    leading_score: Score
    best: Plan
    best_score: Score
    evaluations: int
    bases: tuple[Base, ...]

    def base(self, number: int, ahead: int) -> Base:
        """What candidate `number` of an open round changes, which was proposed so early."""
        rounds = number // ROUND - self.evaluations // ROUND
        return self.bases[rounds - ahead - 1]


@dataclass(frozen=True)
class Trial:
    """Candidate `number` of the search with `seed`, and its score: None if it does not fit."""

    seed: int
    number: int
    candidate: Candidate
    score: Score | None


#: Told of each answer, at once and in any order.
Hear = Callable[[Trial], None]


def start(task: Task, plan: Plan, seed: int, before: Plan | None = None) -> State:
    """The state of a search that begins with `plan`, its starting times written out.

    If `plan` was made from a plan `before` by changing choices, the schedule of that one is carried
    over where that is shorter.

    The best plan is at once the one that `compile` would make of `plan`: nothing that the search
    comes to is longer. Starting times that were found before keep the seed they were found with.
    """
    plan = plan_from_json(text_of(plan))  # in the form in which it is kept
    if before is not None:
        plan = carried_plan(task, before, plan, CARRIED_STEPS * BLOCK)
    items, held = _items(task, plan), plan.schedule
    given = (*held.offsets[:items], *_spread(items, held.stagger)[len(held.offsets) :])
    options = replace(held, stagger=0.0, offsets=given, passes=max(held.passes, PASSES),
                      seed=held.seed if held.offsets else seed)  # fmt: skip
    begun, first = _with_constants_in_time(task, replace(plan, schedule=options))
    best, best_score = begun, first
    for stagger, passes in _usual_schedules(plan):
        usual = replace(begun.schedule, offsets=_spread(items, stagger), passes=passes)
        candidate = replace(begun, schedule=usual)
        found = score(task, candidate)
        if found < best_score:
            best, best_score = candidate, found
    base = Base(begun, best, first.cycles + SLACK)
    return State(begun, first, best, best_score, best, best_score, 0, (base,) * (AHEAD + 1))


def _with_constants_in_time(task: Task, plan: Plan) -> tuple[Plan, Score]:
    """`plan`, or one by which constants wait for fewer others, if that takes fewer cycles.

    A constant that may be a sum of others waits for them in any case, even where it is then loaded:
    in a short program of few constants that costs a cycle. The plans of a kernel that leaves
    choices open say themselves which wait for others.
    """
    best, least = plan, score(task, plan)
    held = plan.schedule
    if task.kernel.vary is not None or held.outright or held.derived or held.zeros:
        return best, least
    for outright, derived, zeros in CONSTANTS_TRIED:
        options = replace(plan.schedule, outright=outright, derived=derived, zeros=zeros)
        candidate = replace(plan, schedule=options)
        (answer,) = evaluated(task, (Asked(text_of(candidate)),))
        found = answer.score
        if found is not None and found.cycles < least.cycles:
            best, least = candidate, found
    return best, least


def _usual_schedules(plan: Plan) -> Iterator[tuple[float, int]]:
    """The staggers and passes that `compile` tries for a plan without offsets."""
    if plan.schedule.offsets or not plan.schedule.stagger:
        return
    staggers, passes = Effort.DEFAULT.value
    for factor in staggers:
        yield plan.schedule.stagger * factor, passes


def search(task: Task, state: State, seed: int) -> Iterator[State]:
    """The states after `state`, one for each candidate, without end."""
    for _seed, after in search_all(task, {seed: state}, Serial(partial(evaluated, task))):
        yield after


def search_all(
    task: Task,
    states: Mapping[int, State],
    crew: Crew,
    evaluations: int | None = None,
    known: Mapping[tuple[int, int], Trial] | None = None,
    hear: Hear = lambda _trial: None,
) -> Iterator[tuple[int, State]]:
    """Searches by seed, side by side: the seed and the new state for each candidate told.

    The crew scores plans; each search ends after `evaluations` candidates in all, or never. Trials
    that are `known`, by seed and number, are not scored again.
    """
    searches = [
        _Search(task, seed, state, evaluations, dict(_of_seed(known or {}, seed)))
        for seed, state in states.items()
    ]
    by_seed = {each.seed: each for each in searches}
    while True:
        # Two rounds of each are under way; workers of a cluster may join later.
        share = max(1, -(-crew.workers // (2 * len(searches))))
        for each in searches:
            each.give(crew, share)
        told = False
        for each in searches:
            for state in each.told():
                told = True
                yield each.seed, state
        if told:
            continue
        answers = crew.answers()
        if not answers:
            return
        for key, found in answers:
            seed, numbers = cast("tuple[int, tuple[int, ...]]", key)  # of `give`
            for number, each in zip(numbers, found, strict=True):
                hear(by_seed[seed].heard(number, each))


def _of_seed(known: Mapping[tuple[int, int], Trial], seed: int) -> Iterator[tuple[int, Trial]]:
    return ((number, trial) for (of, number), trial in known.items() if of == seed)


class _Search:
    """The search with one seed: its state, what was given out, and trials that are not yet told."""

    def __init__(
        self, task: Task, seed: int, state: State, evaluations: int | None, known: dict[int, Trial]
    ) -> None:
        self.task, self.seed, self.state = task, seed, state
        self.evaluations, self.known = evaluations, known
        self.trials: dict[int, Trial] = {}
        self._given: dict[int, Candidate] = {}
        self._texts: OrderedDict[int, tuple[Plan, str, Plan]] = OrderedDict()
        #: The next number that may be given out, by how many rounds ahead that is done.
        self._next = {1: state.evaluations, AHEAD: state.evaluations}

    def give(self, crew: Crew, share: int) -> None:
        """Give out what may be proposed by now: this round and the next one, and what changes
        choices of later ones.

        Candidates of one problem that is new are one unit: nobody else has to pose it. Those of a
        round are `share` units: most take hardly longer than it takes to give out a unit.
        """
        for ahead in self._next:
            for numbers in self._blocks(ahead):
                asked = {number: self._proposed(number, ahead) for number in numbers}
                wanted = {number: each for number, each in asked.items() if each is not None}
                for unit in _units(wanted, 1 if ahead == AHEAD else share):
                    crew.give((self.seed, tuple(unit)), tuple(unit.values()))

    def _blocks(self, ahead: int) -> Iterator[list[int]]:
        """The numbers that may be given out by now and were not, block by block."""
        end = (self.state.evaluations // ROUND + ahead + 1) * ROUND
        if self.evaluations is not None:
            end = min(end, self.evaluations)
        begin, self._next[ahead] = self._next[ahead], max(self._next[ahead], end)
        for block, numbers in groupby(range(begin, end), lambda number: number // BLOCK):
            if changes_choices(self.task, self.seed, block) == (ahead == AHEAD):
                yield list(numbers)

    def _proposed(self, number: int, ahead: int) -> Asked | None:
        """What is asked of candidate `number`; None if that is known."""
        base = self.state.base(number, ahead)
        made = proposed(self.task, base.current, base.leading, self.seed, number)
        text, plan = self._written(base.leading if made.move == STEP else made.plan)
        # Other moves leave plans in the form in which they are kept.
        candidate = replace(made, plan=plan) if made.move in (CHOICES, CARRIED) else made
        known = self.known.pop(number, None)
        if known is not None and _is_answer(known.candidate, candidate):
            self.trials[number] = known
            return None
        self._given[number] = candidate
        if made.before is not None:
            return Asked(text, None, self._written(made.before)[0], made.steps)
        if made.move == STEP:
            return Asked(text, step=made.plan.schedule.steps[-1])
        return Asked(text, base.limit)

    def _written(self, plan: Plan) -> tuple[str, Plan]:
        """The text of `plan`, and the plan as it is read from that; those of the last few plans are
        kept, for most are asked for several times."""
        held = self._texts.get(id(plan))
        if held is None or held[0] is not plan:
            text = text_of(plan)
            held = plan, text, plan_from_json(text)
        keep(self._texts, id(plan), held, TEXTS_KEPT)
        return held[1:]

    def heard(self, number: int, answer: Answer) -> Trial:
        """Keep an answer until its turn comes."""
        asked = self._given.pop(number)
        plan = plan_from_json(answer.plan) if answer.plan else asked.plan
        trial = Trial(self.seed, number, Candidate(plan, asked.move), answer.score)
        self.trials[number] = trial
        return trial

    def told(self) -> Iterator[State]:
        """The states after the trials whose turn has come."""
        while (trial := self.trials.pop(self.state.evaluations, None)) is not None:
            self.state = _after(self.state, trial)
            yield self.state


def _units(wanted: Mapping[int, Asked], share: int) -> list[dict[int, Asked]]:
    """What is wanted of a round in `share` units of about the same work, or fewer."""
    by_work = sorted(wanted.items(), key=lambda each: each[1].step is not None)  # steps are short
    return [dict(by_work[part::share]) for part in range(min(share, len(by_work)))]


def _is_answer(known: Candidate, asked: Candidate) -> bool:
    """Whether a candidate that was kept is what is asked for; its schedule may be carried since."""
    if asked.move != CARRIED or known.move != CARRIED:
        return known.plan == asked.plan
    schedule = replace(known.plan.schedule, due="", steps=())
    return replace(known.plan, schedule=schedule) == asked.plan


def _after(state: State, trial: Trial) -> State:
    """`state` after one more trial."""
    found, plan, move = trial.score, trial.candidate.plan, trial.candidate.move
    rng = np.random.default_rng([trial.seed, trial.number, 1])
    if found is not None:
        if move in (STEP, CARRIED):
            last = move == CARRIED and (trial.number + 1) % BLOCK == 0
            leads = _leads(found, state.leading_score, LEAD_TEMPERATURE if last else 0.0, rng)
        else:
            limit = state.base(trial.number, AHEAD if move == CHOICES else 1).limit
            if _taken(found, state.current_score, limit, rng):
                state = replace(state, current=plan, current_score=found)
            leads = found.reach < state.leading_score.reach
        if leads:
            state = replace(state, leading=plan, leading_score=found)
        if found < state.best_score:
            state = replace(state, best=plan, best_score=found)
    evaluations = trial.number + 1
    bases = state.bases
    if evaluations % ROUND == 0:
        base = Base(state.current, state.leading, state.current_score.cycles + SLACK)
        bases = (*bases[1:], base)
    return replace(state, evaluations=evaluations, bases=bases)


def _leads(found: Score, leading: Score, temperature: float, rng: np.random.Generator) -> bool:
    """Whether what comes from the leading plan leads from now on."""
    further, drawn = found.reach - leading.reach, rng.random()
    return further <= 0 or (temperature > 0 and bool(drawn < np.exp(-further / temperature)))


def _taken(found: Score, current: Score, limit: int, rng: np.random.Generator) -> bool:
    """Whether a candidate becomes current. What was given up has more than `limit` cycles."""
    worse, drawn = found.cost - current.cost, rng.random()
    return found.cycles <= limit and (worse <= 0 or bool(drawn < np.exp(-worse / TEMPERATURE)))


def _items(task: Task, plan: Plan) -> int:
    return 1 + int(task.posed(plan).problem.items.max(initial=-1))


def _spread(items: int, stagger: float) -> tuple[float, ...]:
    """Starting times `stagger` cycles apart."""
    return tuple(round(item * stagger, 1) for item in range(items))
