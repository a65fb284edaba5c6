"""Variants of a machine: slots of engines and words of scratch, each set to some values.

A setting is written `load=2..4` or `valu=4,6,8`; all combinations make the grid.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.extensions.lookup import unknown
from slotweave.machine import Machine
from slotweave.machine.model import MAX_SCRATCH_WORDS, MAX_SLOTS

#: What is set beside engines: the words of scratch.
SCRATCH = "scratch"

#: More machines than this are not compiled for at a time.
MOST_MACHINES = 10_000

_RANGE = re.compile(r"(\d{1,9})\.\.(\d{1,9})")
_NUMBER = re.compile(r"\d{1,9}")

#: What is set to what, in the order given.
Change = Mapping[str, int]


@dataclass(frozen=True)
class Variant:
    """A machine, and in what it was changed."""

    change: Change
    machine: Machine


def settings_of(machine: Machine, given: object) -> dict[str, list[int]]:
    """The values of each setting, checked. Raises InputError (SW212)."""
    found: dict[str, list[int]] = {}
    for name, values in _named(machine, given, "settings").items():
        if not isinstance(values, Iterable):
            raise _bad(f"{name} is set to a list of numbers, not {values!r}")
        numbers = _listed(name, values) if isinstance(values, str) else list(values)
        least, most = _range_of(machine, name)
        for number in numbers:
            if isinstance(number, bool) or not isinstance(number, int):
                raise _bad(f"{name} is set to whole numbers, not {number!r}")
            if not least <= number <= most:
                raise _bad(f"{name} must be from {least:,} to {most:,}, not {number:,}")
        if not numbers:
            raise _bad(f"{name} is set to nothing")
        found[name] = list(dict.fromkeys(numbers))
    return found


def costs_of(machine: Machine, given: object) -> dict[str, float] | None:
    """What a slot of each engine, and a word of scratch, costs. Raises InputError (SW212)."""
    if given is None:
        return None
    found: dict[str, float] = {}
    for name, cost in _named(machine, given, "costs").items():
        if isinstance(cost, bool) or not isinstance(cost, int | float) or not 0 <= cost < 1e12:
            raise _bad(f"the cost of {name} must be a number from 0 on, not {cost!r}")
        found[name] = float(cost)
    return found


def _named(machine: Machine, given: object, what: str) -> Mapping[str, Any]:
    """`given`, if it says something of engines and scratch alone."""
    if not isinstance(given, Mapping):
        raise _bad(f"{what} are given by engine, such as {{'load': 2}}, not as {given!r:.40}")
    for name in given:
        if name not in machine.slots and name != SCRATCH:
            raise unknown("SW212", "setting", str(name), [*machine.slots, SCRATCH])
    return given


def machines_of(
    machine: Machine, settings: Mapping[str, Sequence[int]], sample: int | None, seed: int
) -> list[Variant]:
    """All combinations of `settings`, or a `sample` of them drawn with `seed`, in their order."""
    count = 1
    for values in settings.values():
        count *= len(values)
    wanted = count if sample is None else min(sample, count)
    if wanted > MOST_MACHINES:
        reason = f"{wanted:,} machines are more than {MOST_MACHINES:,}; take a --sample of them"
        raise _bad(reason)
    if wanted < count:
        drawn = np.random.default_rng(seed).choice(count, wanted, replace=False)
        numbers = sorted(int(number) for number in drawn)
        changes = [_numbered(settings, number) for number in numbers]
    else:
        names = list(settings)
        changes = [dict(zip(names, row, strict=True)) for row in product(*settings.values())]
    return [Variant(change, _changed(machine, change)) for change in changes]


def _numbered(settings: Mapping[str, Sequence[int]], number: int) -> dict[str, int]:
    """The combination of that number, the last setting changing fastest."""
    change: dict[str, int] = {}
    for name in reversed(list(settings)):
        number, at = divmod(number, len(settings[name]))
        change[name] = settings[name][at]
    return {name: change[name] for name in settings}


def _changed(machine: Machine, change: Change) -> Machine:
    engines = tuple((name, change.get(name, slots)) for name, slots in machine.engines)
    words = change.get(SCRATCH, machine.scratch_words)
    changed = replace(machine, engines=engines, scratch_words=words)
    if changed == machine:
        return machine
    told = " ".join(f"{name}={value}" for name, value in change.items())
    return replace(changed, name=f"{machine.name} ({told})")


def _listed(name: str, text: str) -> list[int]:
    """`2..4` or `4,6,8`, or both."""
    numbers: list[int] = []
    for part in text.split(","):
        part = part.strip()
        if span := _RANGE.fullmatch(part):
            first, last = int(span[1]), int(span[2])
            if first > last or last - first >= MOST_MACHINES:
                raise _bad(f"{name}={text}: the range {part} is empty or too long")
            numbers += range(first, last + 1)
        elif _NUMBER.fullmatch(part):
            numbers.append(int(part))
        else:
            raise _bad(f"{name}={text}: write {name}=2..4 or {name}=2,3,4, not {part!r}")
    return numbers


def _range_of(machine: Machine, name: str) -> tuple[int, int]:
    return (machine.vector_length, MAX_SCRATCH_WORDS) if name == SCRATCH else (0, MAX_SLOTS)


def _bad(reason: str) -> InputError:
    return InputError(Diagnostic("SW212", reason))
