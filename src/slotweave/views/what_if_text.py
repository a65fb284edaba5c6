"""What other slots and other scratch would save, line by line."""

from __future__ import annotations

from collections.abc import Iterator

from slotweave.anatomy.timing.what_if import ScratchPrices, WhatIf
from slotweave.base.wording import plural

_HELD_FIXED = (
    "The program stays fixed; nothing is compiled again "
    "(`slotweave compile --machine FILE.toml` does that)."
)


def what_if_lines(answer: WhatIf, facts: str) -> Iterator[str]:
    """`answer`, found under `facts`."""
    yield _HELD_FIXED
    yield f"facts: {facts}"
    yield f"{plural(answer.before, 'cycle')} as it is, {answer.retimed:,} when timed again"
    slots = ", ".join(f"{engine} {count}" for engine, count in answer.slots.items())
    yield f"{plural(answer.cycles, 'cycle')} with {slots}"
    for engine, saved in answer.prices.items():
        yield f"{saved:6,} fewer with one more slot for {engine}"
    yield f"{answer.scratch:6,} fewer if no scratch word were reused"
    if answer.scratch_words is not None:
        yield from _scratch_lines(answer.scratch_words)
    yield from _part_lines(answer)


def _part_lines(answer: WhatIf) -> Iterator[str]:
    """The straight parts of a program that jumps."""
    if answer.parts:
        yield "The program jumps: each straight part is timed by itself, as often as it runs."
    for part in answer.parts:
        times = f"{plural(part.cycles, 'cycle')} instead of {part.before:,}"
        yield f"bundles {part.start:,} to {part.stop - 1:,}, {part.runs:,} times: {times}"


def _scratch_lines(prices: ScratchPrices) -> Iterator[str]:
    """The prices of scratch words and of slots, where each value is allocated again."""
    step, words = prices.step, prices.words
    if prices.now is None:
        yield f"words allocated in turn: {prices.needed:,} are needed, the machine has {words:,}"
        return
    yield f"{plural(prices.now, 'cycle')} with all {words:,} scratch words allocated in turn"
    if prices.saved is not None:
        yield f"{prices.saved:6,} fewer with {step} more words"
    if prices.lost is not None:
        yield f"{prices.lost:6,} more with {step} fewer words"
    else:
        yield f"       not with {step} fewer words: {prices.needed:,} are needed"
    for engine, saved in prices.prices.items():
        yield f"{saved:6,} fewer with these words and one more slot for {engine}"
