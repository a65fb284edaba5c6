"""What is said of the inputs on which a program was verified."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from slotweave.base.wording import inputs_text

if TYPE_CHECKING:
    from slotweave.check.runs.execution import Verified

#: Most sides named that no input reached.
_NAMED = 8


def inputs_tried(verified: Verified) -> str:
    """`100 random and 8 directed inputs`."""
    return inputs_text(verified.instances, verified.directed, verified.left_out)


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
