"""What other slots and other scratch would save, line by line."""

from __future__ import annotations

from collections.abc import Iterator

from slotweave.anatomy.timing.scratch_prices import ScratchPrices
from slotweave.anatomy.timing.what_if import WhatIf
from slotweave.base.wording import EVERY_RUN, bundles, plural

#: What is changed and what is not, in lines of 80 columns.
_HELD_FIXED = (
    "The program is timed again, not compiled again: its operations keep their",
    "engines, their order and their words of scratch, and each starts in the first",
    "cycle with a free slot once its operands are there and its words are free.",
    "`slotweave compile --machine FILE.toml` compiles a kernel for other slots.",
)

#: The same where `scratch` is set.
_ALLOCATED_AGAIN = (
    "The program is timed again, not compiled again: its operations keep their",
    "engines and their order, its values get words of scratch again, and each starts",
    "in the first cycle with a free slot once its operands and a word are there.",
    _HELD_FIXED[-1],
)


def what_if_lines(answer: WhatIf, facts: str) -> Iterator[str]:
    """`answer`, found under `facts`."""
    yield from _ALLOCATED_AGAIN if answer.allocated_again else _HELD_FIXED
    yield f"facts: {facts}"
    of = "" if answer.cycles_of == EVERY_RUN else f" ({answer.cycles_of})"
    yield f"{plural(answer.before, 'cycle')} as it is, {answer.retimed:,} timed again{of}"
    slots = ", ".join(f"{engine} {count}" for engine, count in answer.slots.items())
    scratch = ""
    if answer.allocated_again:
        scratch = f" and {plural(answer.words, 'word')} of scratch, values allocated again"
    yield f"{plural(answer.cycles, 'cycle')} with {slots}{scratch}"
    for engine, saved in answer.prices.items():
        yield f"{saved:6,} fewer with one more slot for {engine}"
    yield f"{answer.scratch:6,} fewer with a word of scratch of its own for each value"
    prices = answer.scratch_words
    if prices is not None and answer.allocated_again:  # as the cycles and the slots above
        yield from _step_lines(prices)
    elif prices is not None:
        yield from _scratch_lines(prices)
    yield from _part_lines(answer)


def _part_lines(answer: WhatIf) -> Iterator[str]:
    """The straight parts of a program that jumps."""
    known = answer.cycles_of == EVERY_RUN
    if answer.parts:
        counted = "as often as it runs" if known else "and counted once"
        yield f"The program jumps: each straight part is timed by itself, {counted}."
    for part in answer.parts:
        times = f"{plural(part.cycles, 'cycle')} instead of {part.before:,}"
        often = f", {plural(part.runs, 'time')}" if known else ""
        yield f"{bundles(part.start, part.stop - 1)}{often}: {times}"


def _scratch_lines(prices: ScratchPrices) -> Iterator[str]:
    """The prices of scratch words and of slots, where each value is allocated again."""
    if prices.now is None:
        yield prices.why_not()
        return
    allocated = f"all {prices.words:,} words of scratch allocated again, each in its turn"
    yield f"{plural(prices.now, 'cycle')} with {allocated}"
    yield from _step_lines(prices)
    for engine, saved in prices.prices.items():
        yield f"{saved:6,} fewer with these words and one more slot for {engine}"


def _step_lines(prices: ScratchPrices) -> Iterator[str]:
    """The prices of more words, and of fewer."""
    step, words = prices.step, prices.words
    if prices.saved is not None:
        yield f"{prices.saved:6,} fewer with {step} more words"
    if prices.lost is not None:
        yield f"{prices.lost:6,} more with {step} fewer words"
    else:
        reason = f"{prices.needed:,} are needed"
        if prices.needed <= words - step:
            reason = "operations that cannot be parted then need more slots"
        yield f"       not with {step} fewer words: {reason}"
