"""What is asked of the processes that score plans, and what they answer: data that any can read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from types import MappingProxyType

from slotweave.base.diagnostics import NoSchedule
from slotweave.ir.plan import Plan
from slotweave.ir.text.plan_json import plan_from_json, plan_to_json
from slotweave.tuning.carried import Carried
from slotweave.tuning.score import Score, Task, score


def text_of(plan: Plan) -> str:
    """The plan as text, which any process can read."""
    return plan_to_json(replace(plan, origin=MappingProxyType({})), indent=None)


@dataclass(frozen=True)
class Asked:
    """A plan as text, and the cycles from which it may be given up (None: not at all).

    With `before`, another plan, it is to have the schedule of that one after `steps` more steps.
    """

    plan: str
    limit: int | None = None
    before: str = ""
    steps: int = 0


@dataclass(frozen=True)
class Answer:
    """The score of a plan, None if too much is in flight for it to fit; and the plan as text, if
    its schedule was carried over."""

    score: Score | None
    plan: str = ""


#: Plans that one process looks at. Those to which one schedule is carried come in order of steps.
Unit = tuple[Asked, ...]


def evaluated(task: Task, unit: Unit) -> tuple[Answer, ...]:
    """The answer for each plan in `unit`."""
    answers: list[Answer] = []
    for (plan, before), asked in groupby(unit, lambda each: (each.plan, each.before)):
        if before:
            answers += _carried(task, plan, before, [each.steps for each in asked])
        else:
            answers += [Answer(_score_in(task, each.plan, each.limit)) for each in asked]
    return tuple(answers)


def _carried(task: Task, plan: str, before: str, steps: Sequence[int]) -> list[Answer]:
    """The answers after each number of steps, in order."""
    answers: list[Answer] = []
    try:
        chain = Carried(task, plan_from_json(before), plan_from_json(plan))
    except NoSchedule:
        return [Answer(None)] * len(steps)
    for count in steps:
        try:
            found, made = chain.after(count)
        except NoSchedule:
            answers.append(Answer(None))
        else:
            answers.append(Answer(found, text_of(made)))
    return answers


def _score_in(task: Task, text: str, limit: int | None) -> Score | None:
    try:
        return score(task, plan_from_json(text), limit)
    except NoSchedule:
        return None
