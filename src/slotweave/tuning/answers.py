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
from slotweave.tuning.posed import Score
from slotweave.tuning.score import Task, score


def stepped(plan: Plan, seed: int) -> Plan:
    """`plan` after one more step, of that seed."""
    steps = (*plan.schedule.steps, seed)
    return replace(plan, schedule=replace(plan.schedule, steps=steps))


def text_of(plan: Plan) -> str:
    """The plan as text, which any process can read."""
    return plan_to_json(replace(plan, origin=MappingProxyType({})), indent=None)


@dataclass(frozen=True)
class Asked:
    """A plan as text, and the cycles from which it may be given up (None: not at all).

    With `before`, another plan, it is to have the schedule of that one after `steps` more steps;
    with `step` it is to take one more step, of that seed.
    """

    plan: str
    limit: int | None = None
    before: str = ""
    steps: int = 0
    step: int | None = None


@dataclass(frozen=True)
class Answer:
    """The score of a plan, None if too much is in flight for it to fit; and the plan as text, if
    its schedule was carried over."""

    score: Score | None
    plan: str = ""


#: Plans that one process looks at. Those to which one schedule is carried come in order of steps;
#: what is asked of one plan is best asked together: it is read once.
Unit = tuple[Asked, ...]


def evaluated(task: Task, unit: Unit) -> tuple[Answer, ...]:
    """The answer for each plan in `unit`."""
    answers: list[Answer] = []
    for (text, before), asked in groupby(unit, lambda each: (each.plan, each.before)):
        plan = plan_from_json(text)
        if before:
            answers += _carried(task, plan, before, [each.steps for each in asked])
        else:
            answers += [_scored(task, plan, each) for each in asked]
    return tuple(answers)


def _carried(task: Task, plan: Plan, before: str, steps: Sequence[int]) -> list[Answer]:
    """The answers after each number of steps, in order."""
    answers: list[Answer] = []
    try:
        chain = Carried(task, plan_from_json(before), plan)
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


def _scored(task: Task, plan: Plan, asked: Asked) -> Answer:
    if asked.step is not None:
        plan = stepped(plan, asked.step)
    try:
        return Answer(score(task, plan, asked.limit))
    except NoSchedule:
        return Answer(None)
