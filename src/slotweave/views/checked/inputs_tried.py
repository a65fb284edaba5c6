"""What is said of the inputs on which a program was verified."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from slotweave.base.wording import plural

if TYPE_CHECKING:
    from slotweave.check.runs.execution import Verified

#: Most sides named that no input reached.
_NAMED = 8


def inputs_tried(verified: Verified) -> str:
    """`20 random inputs`, or `20 random and 8 directed inputs` (made for the program).

    Directed ones that are not tried are counted: those for which no result is defined, and those
    whose runs are too long to be followed. One that takes longer than all random ones is told of.
    """
    text = plural(verified.instances, "random input")
    if verified.directed:
        directed = plural(verified.directed, "directed input")
        text = f"{verified.instances:,} random and {directed}"
    if verified.directed_cycles > verified.cycles:
        text += f", of which one takes {plural(verified.directed_cycles, 'cycle')}"
    told = []
    if verified.left_out:
        told.append(f"{verified.left_out:,} more left out, for which no result is defined")
    if verified.too_long:
        told.append(f"{verified.too_long:,} more not tried, as runs take too long to be followed")
    return f"{text} ({'; '.join(told)})" if told else text


def unreached_lines(verified: Verified) -> Iterator[str]:
    """The sides of branches that no input reached; nothing if there are none."""
    missing, sides = verified.coverage.unreached, verified.coverage.sides
    if missing and verified.coverage.followed:
        yield f"{len(missing):,} of the {sides:,} sides of branches were not reached by any input:"
    elif missing:
        yield (
            f"{len(missing):,} of the {sides:,} sides of branches were not seen to be reached "
            "(long runs are followed only for a while):"
        )
    yield from (f"  {place}" for place in missing[:_NAMED])
    if len(missing) > _NAMED:
        yield f"  and {len(missing) - _NAMED:,} more (see --json)"
