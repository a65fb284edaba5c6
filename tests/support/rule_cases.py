"""Words for the variables of a rule, for which it may fire."""

from __future__ import annotations

from random import Random

from slotweave.rules import Rule
from slotweave.rules.term import compute, variables

#: Words on which rules are likely to differ if they are wrong.
SPECIAL = (0, 1, 2, 3, 4, 7, 8, 16, 31, 32, 33, 255, 2**16, 2**31, 2**32 - 2, 2**32 - 1)


def random_word(random: Random) -> int:
    kind = random.random()
    if kind < 0.4:
        return random.choice(SPECIAL)
    return random.randrange(32) if kind < 0.5 else random.getrandbits(32)


def cases(tested: Rule, wanted: int) -> list[dict[str, int]]:
    """Values of its variables for which the rule may fire and both sides are defined."""
    random = Random(tested.name)
    names = sorted({x.name for x in variables(tested.pattern)})
    found: list[dict[str, int]] = []
    for _ in range(100 * wanted):
        values = {name: random_word(random) for name in names}
        try:
            compute(tested.pattern, values)
        except ZeroDivisionError:
            continue
        if tested.condition is None or compute(tested.condition, values):
            found.append(values)
        if len(found) == wanted:
            break
    return found
