"""What pipelining a loop came to, as text; its period is the initiation interval (II)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slotweave.base.wording import plural

#: Periods that failed are named up to this number.
_NAMED = 3


def loop_text(loop: Mapping[str, Any]) -> str:
    """The report in a few sentences."""
    trips = "as often as memory says" if loop["trips"] is None else plural(loop["trips"], "time")
    bounds = sorted(loop["bounds"], key=lambda one: -one["cycles"])
    bound = ""
    if bounds:
        first = bounds[0]
        if first["cycles"] > 1:  # all periods have a cycle
            bound = f"; no II below {first['cycles']}: {first['name']}, {first['why']}"
    failed = [f"II {one['ii']}: {one['why']}" for one in loop["tried"] if not one["found"]]
    more = f"; {len(failed) - _NAMED} more" if len(failed) > _NAMED else ""
    tried = f"; tried: {'; '.join(failed[:_NAMED])}{more}" if failed else ""
    if not loop["pipelined"]:
        return f"not pipelined, {loop['why']}{bound}{tried}"
    rounds = loop.get("rounds", 1)
    unrolled = (
        f" of {rounds} iterations, {loop.get('ii_of_one_round')} of one" if rounds > 1 else ""
    )
    return (
        f"II {loop['ii']}{unrolled} ({loop['plain_cycles']} cycles an iteration without "
        f"pipelining), {plural(loop['stages'], 'stage')}, "
        f"kernel of {plural(rounds * loop['unrolled'], 'iteration')}, "
        f"{plural(loop['live_words'], 'word')} of scratch; runs {trips}{bound}{tried}"
    )
