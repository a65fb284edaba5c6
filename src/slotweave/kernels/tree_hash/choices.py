"""What a plan may choose for tree hash, read from the plan and checked.

    {"style": "scalar"}                      one item at a time, everything through memory
    {"style": "vector", "levels": ["select", "select", "gather"],
     "exceptions": [{"groups": [0, 1], "rounds": [3], "way": "gather"}]}

`levels` says how each level is answered, by depth (the last entry goes for all deeper levels);
`exceptions` say it anew for some groups in some rounds, later ones having the last word. Ways:
`select` chooses among all nodes of the level held in registers, `gather` reads the tree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slotweave.diagnostics import Diagnostic, InputError
from slotweave.ir.plan import Plan

WAYS = ("select", "gather")
STYLES = ("scalar", "vector")


@dataclass(frozen=True)
class Choices:
    """The choices of a plan for one shape: a way for each group and round."""

    style: str
    levels: tuple[str, ...]
    exceptions: Mapping[tuple[int, int], str]
    height: int

    def way(self, group: int, number: int) -> str:
        """How `group` answers its level in round `number`."""
        depth = number % (self.height + 1)
        usual = self.levels[min(depth, len(self.levels) - 1)]
        return self.exceptions.get((group, number), usual)


def read_choices(plan: Plan, height: int) -> Choices:
    """The choices in `plan`; raises InputError (SW209) naming what is wrong with them."""
    known = {"style", "levels", "exceptions"}
    for key in plan.choices:
        if key not in known:
            raise _bad(plan, f"unknown choice {key!r} (known: {', '.join(sorted(known))})")
    style = _one_of(plan, "style", plan.choices.get("style", "vector"), STYLES)
    levels = plan.choices.get("levels", ["gather"])
    if not isinstance(levels, list | tuple) or not levels:
        raise _bad(plan, "'levels' must be a list of ways, one a level")
    exceptions: dict[tuple[int, int], str] = {}
    for entry in plan.choices.get("exceptions", ()):
        exceptions.update(_exception(plan, entry))
    ways = tuple(_one_of(plan, "levels", way, WAYS) for way in levels)
    return Choices(style, ways, exceptions, height)


def _exception(plan: Plan, entry: Any) -> dict[tuple[int, int], str]:
    if not isinstance(entry, Mapping) or set(entry) != {"groups", "rounds", "way"}:
        raise _bad(plan, "an exception has the keys 'groups', 'rounds' and 'way'")
    way = _one_of(plan, "way", entry["way"], WAYS)
    for key in ("groups", "rounds"):
        numbers = entry[key]
        if not isinstance(numbers, list | tuple) or not all(type(n) is int for n in numbers):
            raise _bad(plan, f"'{key}' of an exception must be a list of numbers")
    return {(group, number): way for group in entry["groups"] for number in entry["rounds"]}


def _one_of(plan: Plan, key: str, value: Any, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise _bad(plan, f"'{key}' has {value!r}, not one of {', '.join(allowed)}")
    return str(value)


def _bad(plan: Plan, reason: str) -> InputError:
    return InputError(Diagnostic("SW209", f"plan {plan.name!r}: {reason}"))
