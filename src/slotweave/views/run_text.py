"""The end of a run, as lines for a reader."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from slotweave.base.wording import plural
from slotweave.simulate.run import Memory, RunState, Words

#: As many words of a changed span are shown, and as many spans.
_WORDS_SHOWN = 8
_SPANS_SHOWN = 4


def run_lines(
    cycles: int, state: RunState, bundle: int, trace: Sequence[int], before: Memory, after: Words
) -> Iterator[str]:
    """How a run ended, what it traced, and which words of memory are no longer as `before` it."""
    yield f"{plural(cycles, 'cycle')}, {state.value.lower()} at bundle {bundle:,}"
    if trace:
        yield f"trace: {' '.join(map(str, trace))}"
    changed = np.flatnonzero(np.asarray(before, dtype=np.uint32) != after)
    if not len(changed):
        return
    spans = np.split(changed, np.flatnonzero(np.diff(changed) > 1) + 1)
    yield f"{plural(len(changed), 'word')} of memory changed:"
    for span in spans[:_SPANS_SHOWN]:
        words = " ".join(map(str, after[span[:_WORDS_SHOWN]]))
        more = " ..." if len(span) > _WORDS_SHOWN else ""
        place = str(span[0]) if len(span) == 1 else f"{span[0]}..{span[-1]}"
        yield f"  {place}: {words}{more}"
    if len(spans) > _SPANS_SHOWN:
        yield f"  and {plural(len(spans) - _SPANS_SHOWN, 'more span')}"
