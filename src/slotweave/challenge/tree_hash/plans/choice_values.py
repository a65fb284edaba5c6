"""The values that a plan's choices hold, each checked; what is wrong is an InputError (SW209)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.ir.plan import SCHEDULE_CHOICES, Plan


@dataclass(frozen=True)
class Exceptions:
    """Ways by (group, round); None stands for every group, or every round. The last one counts."""

    entries: Mapping[tuple[int | None, int | None], str]

    def way(self, group: int, number: int, usual: str) -> str:
        """The way for `group` in round `number`; `usual` if nothing is said of it."""
        for key in ((group, number), (group, None), (None, number)):
            if key in self.entries:
                return self.entries[key]
        return usual


def exceptions(plan: Plan, key: str, allowed: Sequence[str]) -> Exceptions:
    """What `key` says of some rounds, some groups, or both."""
    entries: dict[tuple[int | None, int | None], str] = {}
    for entry in list_of(plan, key, [], Mapping):
        if not {"way"} < set(entry) <= {"rounds", "groups", "way"}:
            raise bad_plan(plan, f"an entry of '{key}' has 'way' and 'rounds', 'groups' or both")
        way = one_of(plan, key, entry["way"], allowed)
        for group in _numbers(plan, key, entry, "groups"):
            for number in _numbers(plan, key, entry, "rounds"):
                entries[group, number] = way
    return Exceptions(entries)


def _numbers(plan: Plan, key: str, entry: Mapping[str, Any], which: str) -> list[int | None]:
    value = entry.get(which)
    if value is None and which not in entry:
        return [None]
    if not isinstance(value, list | tuple) or any(type(number) is not int for number in value):
        raise bad_plan(plan, f"'{which}' in '{key}' must be a list of numbers")
    return list(value)


def list_of(plan: Plan, key: str, default: list[Any], kind: type) -> list[Any]:
    value = plan.choices.get(key, default)
    if not isinstance(value, list | tuple) or any(
        not isinstance(entry, kind) or isinstance(entry, bool) for entry in value
    ):
        kinds = {int: "integers", str: "words", Mapping: "objects"}
        raise bad_plan(plan, f"'{key}' must be a list of {kinds[kind]}")
    return list(value)


def words_of(plan: Plan, key: str) -> tuple[int, ...]:
    """The words of 32 bits, signed or not, that `key` lists."""
    numbers = list_of(plan, key, [], int)
    if any(not -(2**31) <= number < 2**32 for number in numbers):
        raise bad_plan(plan, f"'{key}' must be a list of words of 32 bits")
    return tuple(numbers)


def one_of(plan: Plan, key: str, value: Any, allowed: Sequence[str]) -> str:
    if value not in allowed:
        raise bad_plan(plan, f"'{key}' has {value!r}, not one of {', '.join(allowed)}")
    return str(value)


def number_from(plan: Plan, key: str, what: str, least: int) -> int:
    value = plan.choices.get(key, least)
    if type(value) is not int or value < least:
        raise bad_plan(plan, f"'{key}' must be {what}, at least {least}")
    return value


def flag(plan: Plan, key: str, default: bool) -> bool:
    value = plan.choices.get(key, default)
    if not isinstance(value, bool):
        raise bad_plan(plan, f"'{key}' must be true or false")
    return value


def bad_plan(plan: Plan, reason: str) -> InputError:
    return InputError(Diagnostic("SW209", f"plan {plan.name!r}: {reason}"))


def unknown_choice(key: str, known: Iterable[str]) -> str:
    """Why a choice is refused that tree hash does not know."""
    scheduled = ", ".join(choice.name for choice in SCHEDULE_CHOICES)
    return f"unknown choice {key!r} (known: {', '.join(known)}; of the schedule: {scheduled})"
