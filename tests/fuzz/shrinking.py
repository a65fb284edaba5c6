"""Statements made fewer: the smallest kernel that still fails, by leaving things out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from fuzz.statements import Statements


def smallest(statements: Statements, fails: Callable[[Statements], bool]) -> Statements:
    """`statements` with all left out, unwrapped or set to 0 without which it still `fails`."""
    tried = {statements}
    improved = True
    while improved:
        improved = False
        for simpler in _simpler(statements):
            if simpler not in tried:
                tried.add(simpler)
                if fails(simpler):
                    statements, improved = simpler, True
                    break
    return statements


def _simpler(statements: Statements) -> Iterator[Statements]:
    """One step simpler, the largest steps first."""
    count = len(statements)
    for half in (count // 2, count // 4):
        if half > 1:
            yield from (statements[:at] + statements[at + half :] for at in range(0, count, half))
    for at in range(count - 1, -1, -1):
        yield statements[:at] + statements[at + 1 :]
    for at, one in enumerate(statements):
        before, after = statements[:at], statements[at + 1 :]
        for body in one.bodies:
            yield before + body + after
        for which, body in enumerate(one.bodies):
            for simpler in _simpler(body):
                bodies = (*one.bodies[:which], simpler, *one.bodies[which + 1 :])
                yield (*before, replace(one, bodies=bodies), *after)
        for place, number in enumerate(one.numbers):
            for less in {0, -1, number // 2, number - 1} - {number}:
                if abs(less) <= abs(number) and less != number:
                    changed = (*one.numbers[:place], less, *one.numbers[place + 1 :])
                    yield (*before, replace(one, numbers=changed), *after)
